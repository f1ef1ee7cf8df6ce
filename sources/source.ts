import type { ZodType } from 'zod';
import type { Call } from '../connectors/connector';
import type { Tls } from '../connectors/target';
import type { HrRecord } from '../domain/hr-record';
import type { Secret } from '../domain/secret';
import type { Webhook } from './webhook';

/** An HR system of `sources:` in tenure.yaml, parsed and with its defaults filled in. */
export interface Source {
  readonly id: string;
  readonly type: string;
  /** API root, version included, without a trailing slash. */
  readonly baseUrl: string;
  /** Already parsed by the type's own schema. */
  readonly auth: unknown;
  /** What its webhooks may be signed with now. */
  readonly webhookSecrets: readonly Secret[];
  readonly tls: Tls;
  readonly limits: { readonly requestsPerSecond: number; readonly concurrency: number; readonly timeoutMs: number };
  readonly person: PersonRule;
  /** Milliseconds after which a record whose end or start is announced is read again without a ping. */
  readonly lookAgainMs: number;
  /** Options of the type, already parsed by its own schema. */
  readonly options: unknown;
}

/** How records of this source become people. */
export interface PersonRule {
  /** Field of the HR system whose value is `person.id`; the type's own record id by default. */
  readonly idField?: string;
  /** Field whose value is `person.username`. */
  readonly usernameField?: string;
  /** IANA zones by the name of a work location, a country (`NO`) or a state of one (`US-CA`). */
  readonly timeZones: Readonly<Record<string, string>>;
}

/** The API side of an HR system. Free of Temporal; throws `ConnectorError`s and nothing else. */
export interface HrSystem {
  /** The record as it is now; undefined when the system no longer has it. A field that cannot be seen throws `Unobservable`. */
  readRecord(recordId: string, call: Call): Promise<HrRecord | undefined>;
  /** Answers the system's handshake, where it wants that by a request of ours. */
  confirm?(subscription: string, call: Call): Promise<void>;
}

/** What the folder of a system exports: one line in `registry.ts` makes it known. */
export interface SourceType {
  readonly type: string;
  /** Options with a default each; unknown keys are refused. */
  readonly options: ZodType;
  /** How Tenure signs on, made of references to secrets. */
  auth(secret: ZodType): ZodType;
  /** Opens no connection; fails here when the source cannot work. */
  open(source: Source): HrSystem;
  webhook(source: Source): Webhook;
}

/** Name of the source in events: with an event's id it names the event for good. */
export function sourceName({ type, id }: Pick<Source, 'type' | 'id'>): string {
  return `/hr/${type}/${id}`;
}
