import type { AdminRule } from '../domain/administrator';
import type { CorrelationRule } from '../domain/correlation';
import type { Secret } from '../domain/secret';
import type { TargetId } from '../domain/account';
import type { Mode, TargetType } from '../domain/target';

/** How Tenure proves itself to a target. */
export type Auth =
  | {
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: Secret;
      readonly scope?: string;
      readonly clientAuth: 'body' | 'basic';
    }
  | { readonly username: string; readonly password: Secret; readonly method: string }
  | { readonly token: Secret };

export interface Tls {
  /** PEM file of the private CA that signed the target's certificate; added to the system's own. */
  readonly caFile?: string;
  /** SHA-256 of the server's certificate in hex (colons allowed) or base64; checked besides the chain, never instead of it. */
  readonly pinSha256?: string;
  readonly serverName?: string;
}

/** A target of `tenure.yaml`, parsed and with its defaults filled in. */
export interface Target {
  readonly id: TargetId;
  readonly type: TargetType;
  /** API root, version included, without a trailing slash. */
  readonly baseUrl: string;
  readonly auth: Auth;
  readonly tls: Tls;
  readonly limits: { readonly requestsPerSecond: number; readonly concurrency: number; readonly timeoutMs: number };
  /** Dialect options, already parsed by the vendor's own schema. */
  readonly options: unknown;
  readonly correlation: CorrelationRule;
  readonly mode: Mode;
  /** Targets of the same system hold the same accounts. */
  readonly system: string;
  /** The API's own account where it cannot be told from `auth`. */
  readonly ownAccount?: string;
  /** Groups and roles that must never be left without enabled administrators. */
  readonly administrators?: AdminRule;
  /** Delinea REST: the tenant's SCIM surface, for group memberships. */
  readonly scim?: { readonly baseUrl: string; readonly auth: Auth };
}
