import type { ZodType } from 'zod';
import type { Call } from '../connector';

/** One target's door to its vendor: keep-alive, TLS, tokens, limits, classification. Built by `openHttp`. */
export interface Http {
  /**
   * Sends one request. A 2xx answer is parsed by `answer`; a status in `expected` comes back as `problem`;
   * everything else throws the `ConnectorError` of its class. Only a refused token is retried, once.
   */
  send<T>(request: HttpRequest<T>, call: Call): Promise<HttpAnswer<T>>;
  /** A token now, for `check`: proves the credential; the lifetime in seconds when the vendor tells it. */
  proveCredential(call: Call): Promise<{ readonly lifetimeSeconds?: number; readonly clockSkewMs?: number }>;
}

export interface HttpRequest<T> {
  /** In plain words, for errors and evidence: `disable account`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `baseUrl`, beginning with `/`, segments already encoded (`pathOf`); or an absolute URL of the same vendor. */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Default `application/json`; SCIM sends `application/scim+json`. */
  readonly contentType?: string;
  /** What a success must look like; `noBody` when nothing is expected of it. */
  readonly answer: ZodType<T>;
  /** Statuses outside 2xx that this call understands, such as 404 on a delete. */
  readonly expected?: readonly number[];
  /** A POST that changes nothing; by default everything but GET passes `call.beforeWrite`. */
  readonly onlyReads?: boolean;
}

export type HttpAnswer<T> =
  | {
      readonly status: number;
      readonly body: T;
      readonly requestId?: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | {
      readonly status: number;
      readonly problem: Problem;
      readonly requestId?: string;
      readonly headers: Readonly<Record<string, string>>;
    };

/** What could be read of an error body, cut and stripped. */
export interface Problem {
  readonly code?: string;
  readonly message?: string;
}

/** What differs between vendors below the level of their objects. */
export interface HttpDialect {
  /** Statuses that may mean an expired token; refreshed once. Default `[401]`. */
  readonly refreshOn?: readonly number[];
  /** `Authorization: <token>` instead of `Bearer <token>`. */
  readonly rawToken?: boolean;
  /** Body codes that mean "try again" whatever the status, such as CyberArk's `ITADM111E`. */
  readonly retryableCodes?: readonly string[];
  readonly accept?: string;
  /** Sent with every request, such as the version of the API that is meant. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly keepAlive?: boolean;
  /** Keep the load balancer's cookies (CyberArk self-hosted: the token lives on one node). */
  readonly cookies?: boolean;
}
