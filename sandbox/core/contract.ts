/**
 * What every stand-in offers to the demo and the tests. Stand-ins are faithful and stateful servers over real HTTP;
 * they know nothing of Tenure.
 */
export interface StandIn {
  /** Same word as the connector type that it stands in for. */
  readonly type: string;
  /** The API root, as a target's `baseUrl` would have it. */
  readonly baseUrl: string;
  /** What `auth` of a target would say, secrets in clear: these are play credentials. */
  readonly auth: Record<string, string>;
  /** Every request in order, for tests: what was called, never the secrets. */
  readonly requests: readonly LoggedRequest[];
  readonly faults: Faults;
  /** Adds people with accounts, groups and live sessions. */
  seed(people: readonly SeedPerson[]): void;
  /** Direct look at one account's state, for assertions. */
  account(username: string): StandInAccount | undefined;
  accounts(): readonly StandInAccount[];
  /** The vendor's state as JSON, and back: how the demo survives a restart. */
  save(): unknown;
  restore(saved: unknown): void;
  /** PEM of the private CA, when the stand-in speaks HTTPS. */
  readonly ca?: string;
  /** Successful log-ons and token requests so far. */
  readonly tokensIssued: number;
  /** Writes what is still unsaved and closes every connection. */
  stop(): Promise<void>;
}

export interface SeedPerson {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly displayName: string;
  /** User names of further accounts in this system, such as `anna-adm`. */
  readonly extraUsernames?: readonly string[];
  readonly groups: readonly string[];
  readonly roles?: readonly string[];
  readonly sessions: number;
  readonly enabled?: boolean;
}

export interface StandInAccount {
  readonly id: string;
  readonly username: string;
  readonly enabled: boolean;
  readonly groups: readonly string[];
  readonly roles: readonly string[];
  /** Sessions, passkeys and other live things by kind. */
  readonly live: Readonly<Record<string, number>>;
  readonly deleted: boolean;
}

export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  /** Below the API root; whole where the request was outside of it (token endpoints). */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** 0 while no answer has left, and for good when the connection was cut instead. */
  readonly status: number;
  /** Changes the vendor's objects (tokens and log-ons do not count). */
  readonly write: boolean;
  /** What its caller saw: the last one, where a listing suffered several. */
  readonly fault?: FaultKind;
  readonly faults?: readonly FaultKind[];
}

export const faultKinds = [
  'throttled', // 429 without Retry-After
  'server-error', // 500 before anything happens
  'error-after-commit', // the change is made, the answer is 500
  'reply-lost', // the change is made, the connection is cut
  'slow', // the change is made, the answer comes after `milliseconds`
  'malformed-json',
  'html', // 200 with an HTML error page
  'expired-token', // the vendor's answer for a token that has died
  'filter-ignored', // a search returns everybody
  'clamped-page', // fewer rows than asked for
  'empty-page', // an empty page with a next token or a total that promises more
  'duplicate-page', // the previous page once more
  'no-effect', // a success answer, and nothing changed
  'missing-field', // `field` is left out of every object in the answer
] as const;
export type FaultKind = (typeof faultKinds)[number];

/**
 * A fault waits for the first request that it fits. Log-ons are hit only by a fault with a `path`; without a `method`
 * `error-after-commit`, `reply-lost`, `slow` and `no-effect` wait for a write.
 */
export interface Fault {
  readonly kind: FaultKind;
  readonly method?: string;
  /** Regular expression on the path below the API root. */
  readonly path?: string;
  /** How often; default once. */
  readonly times?: number;
  /** For `slow`. */
  readonly milliseconds?: number;
  /** For `missing-field`: dotted path inside each object. */
  readonly field?: string;
}

export interface Faults {
  add(fault: Fault): void;
  /** Any of `kinds` at random, but the same every time for the same seed and order of requests. Lasts until `clear`. */
  chaos(wanted: Chaos): void;
  /** Forgets every waiting fault and ends the chaos. A vendor that is down stays down. */
  clear(): void;
  /** The vendor is down: every connection is refused or cut until `up`. */
  down(): void;
  up(): void;
  readonly pending: readonly Fault[];
}

export interface Chaos {
  readonly seed: number;
  /** Share of the requests that go wrong, 0 to 1. */
  readonly rate: number;
  /** Default: every kind but `missing-field` and `no-effect`, which no client can heal by trying again. */
  readonly kinds?: readonly FaultKind[];
  /** For `slow`; default 200. */
  readonly milliseconds?: number;
}
