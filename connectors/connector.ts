import type { Account, AccountId, Entitlement, Grant, Owned } from '../domain/account';
import type { CorrelationKeys, Search } from '../domain/correlation';
import type { TargetType } from '../domain/target';
import type { RememberedRead } from './http/memory';

/**
 * The contract that every vendor keeps. All of it throws `ConnectorError`s and nothing else; "not found" is no error
 * (`undefined` on read, `already` on removal). Nothing retries but one token refresh: Temporal does.
 */
export interface Connector {
  readonly type: TargetType;
  readonly abilities: Abilities;
  /** Proves address, TLS and credentials, and tells what can be seen. Changes nothing. */
  check(call: Call): Promise<CheckReport>;
  /** Every account that one of the keys names exactly (case aside). Never trusts the vendor's own filter. */
  findAccounts(keys: CorrelationKeys, call: Call): Promise<Search>;
  getAccount(id: AccountId, call: Call): Promise<Account | undefined>;
  /** One page; the caller loops, heartbeats and gives up. No `next` means the listing is whole; a listing that cannot be proven whole throws. */
  listAccounts(after: PageToken | undefined, call: Call): Promise<Page<Account>>;
  createAccount(wanted: NewAccount, call: Call): Promise<Account>;
  /**
   * What `updateAccount` would write: fields that read otherwise, or that are not shown. Nothing means that all of it
   * holds. Throws where one of the changes cannot be made here at all. Changes nothing.
   */
  compareAccount(account: Account, changes: AccountChanges, call: Call): Promise<readonly Difference[]>;
  /** What this new account needs for the person to sign in; asks nobody. */
  firstSignIn(wanted: NewAccount): FirstSignIn;
  /** Changes the given fields and nothing else; `after` is read back, never taken from the write's own reply. */
  updateAccount(account: Account, changes: AccountChanges, call: Call): Promise<Written>;
  setAccountEnabled(account: Account, enabled: boolean, call: Call): Promise<Written>;
  deleteAccount(account: Account, call: Call): Promise<Deleted>;
  listEntitlements(after: PageToken | undefined, call: Call): Promise<Page<Entitlement>>;
  /** What the account holds now, of every kind in `abilities.grants`; a kind that cannot be observed for this account throws `Unobservable`. */
  listGrants(account: Account, call: Call): Promise<readonly Grant[]>;
  grant(account: Account, wanted: Entitlement, call: Call): Promise<Change>;
  /**
   * Takes all of `held` away in as few requests as the vendor allows; one result each, in order. A refusal of one does
   * not stop the others. `done` and `already` are said of what reading back no longer shows; what stays although the
   * vendor said yes throws `VendorIgnoredWrite`.
   */
  revoke(account: Account, held: readonly Grant[], call: Call): Promise<readonly Revoked[]>;
  /** Absent means `unsupported`, which evidence shows; it never means "none". */
  readonly sessions?: Drain;
  readonly checkouts?: Drain;
  readonly credentials?: Drain;
  /**
   * What the account may leave behind without an owner; `account.grants` is all that it held before its strip. Absent: the
   * vendor lists nothing of the kind, and the README says so.
   */
  owned?(account: Account, call: Call): Promise<readonly Owned[]>;
  /** Who holds an entitlement. Absent: the vendor does not tell, and nobody can see who is the last administrator. */
  readonly members?: Members;
}

/** What a target can do, fixed once it is configured. */
export interface Abilities {
  /** Kinds of entitlement that can be listed and taken away, such as `group`, `role`. */
  readonly grants: readonly string[];
  /** What the vendor has but this connector cannot reach with this configuration: ability → why, and what a person must do. */
  readonly unsupported: Readonly<Record<string, string>>;
  /** What a delete does: `permanent`, or `disables` where the vendor keeps the record. */
  readonly deletion: 'permanent' | 'disables';
  /** What is lost with a permanent delete, for the approver: safe memberships, recordings' owner… */
  readonly lostOnDelete: string;
  /** ISO 8601 duration: how long a token that lives at the disable can open new sessions. */
  readonly tokenLifetime: string;
  /** Search keys that the vendor can be asked for. */
  readonly searchableBy: readonly ('externalId' | 'username' | 'email')[];
  /** What is kept of a person here; the rest is not sent, and evidence says so. */
  readonly keeps: readonly PersonField[];
  /** Kinds of `grants` whose name is their id, and which this vendor does not list. */
  readonly namedOnly?: readonly string[];
  /** Kinds of `grants` that can be taken away but not given here: kind → what a person must do. */
  readonly notGranted?: Readonly<Record<string, string>>;
  /** Why an account can be given nothing while it is disabled; absent: it can. */
  readonly grantsNeedEnabled?: string;
}

/** Live things that outlive a disable: sessions, checkouts, credentials. */
export interface Drain {
  /** What is live for this account now, all pages, filtered exactly on our side. */
  list(account: Account, call: Call): Promise<readonly Live[]>;
  /** Asks for the end; the vendor may take its time, so only an empty list proves it. */
  end(live: Live, account: Account, call: Call): Promise<Ended>;
}

export interface Live {
  readonly id: string;
  /** The vendor's word: `psm-session`, `passkey`… */
  readonly kind: string;
  readonly since?: string;
  /** False: the vendor says that it cannot be ended by us; a person has to. */
  readonly endable?: boolean;
  readonly detail?: string;
}

/** Who holds an entitlement now. */
export interface Members {
  /** Kinds of entitlement whose holders the vendor tells. */
  readonly kinds: readonly string[];
  /**
   * Accounts that hold it and are not shown as disabled, in the order of reading: who has seen enough stops asking.
   * `enabled` is absent where the vendor does not show it. Read to the end it is everybody, or it throws.
   */
  of(entitlement: Entitlement, call: Call): AsyncIterable<Account>;
}

/** Around every call: how to stop it, what to ask before a write, where to note what was said. */
export interface Call {
  readonly signal: AbortSignal;
  /** Awaited before every request that changes something; the emergency stop holds or refuses here. */
  beforeWrite(operation: string): Promise<void>;
  /** Every exchange with the vendor, for the evidence and the benchmarks. Never holds a secret or a body. */
  noteExchange(exchange: Exchange): void;
  /** Reads of this step that need not be sent twice; any write forgets them. Absent: nothing is remembered. */
  readonly reads?: Map<string, RememberedRead>;
  /** Called while a rate limit makes the call wait, so that the activity can heartbeat. */
  onWait?(milliseconds: number): void;
}

export interface Exchange {
  readonly operation: string;
  readonly method: string;
  /** Path and query below the host. User names stay in it; secrets never are in it. */
  readonly path: string;
  readonly status?: number;
  /** The vendor's own id of the request, when it sends one. */
  readonly requestId?: string;
  readonly milliseconds: number;
}

/** Both are success; evidence tells them apart. */
export type Change = 'done' | 'already';
export interface Written {
  readonly change: Change;
  readonly after: Account;
  /** Fields that were sent and that this system does not show afterwards: it seems not to keep them. */
  readonly notShown?: readonly string[];
}
/** `gone`: proven absent for an id that we held. `only-disabled`: the vendor keeps the record. */
export interface Deleted {
  readonly change: Change;
  readonly proof: 'gone' | 'only-disabled';
}
export type Revoked =
  | { readonly grant: Grant; readonly change: Change }
  | { readonly grant: Grant; readonly change: 'owned-by-directory' | 'refused'; readonly reason: string };
export type Ended = { readonly change: Change } | { readonly change: 'refused'; readonly reason: string };

export type PageToken = string;
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: PageToken;
  /** The vendor's own count, a hint only. */
  readonly total?: number;
}

/** What Tenure knows of a person and a system may keep. */
export interface PersonFields {
  readonly email?: string;
  readonly displayName?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly externalId?: string;
  readonly department?: string;
  readonly title?: string;
  /** The manager's own account on this target: systems point from user to user. */
  readonly manager?: AccountId;
}
export type PersonField = keyof PersonFields;

export interface NewAccount extends PersonFields {
  readonly username: string;
  /** Generated, sent once, never stored. */
  readonly initialPassword?: string;
  /** What policy sets for this vendor: `userType`, `location`, `account_type`, `roles`… */
  readonly attributes?: Readonly<Record<string, unknown>>;
}
export interface AccountChanges extends PersonFields {
  readonly username?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** One field in the vendor's words. `from` is absent where the vendor does not show it. */
export interface Difference {
  readonly name: string;
  readonly from?: unknown;
  readonly to: unknown;
}

export interface FirstSignIn {
  /** Makes the initial password that the vendor wants, by its rules; absent where none is sent. */
  readonly password?: () => string;
  /** What a person must do before the new one can sign in; absent: nothing. */
  readonly handOver?: string;
  /** What a person must do cannot be done to the end while the account is disabled. */
  readonly needsEnabled?: true;
}

export interface CheckReport {
  /** What the vendor's answer proves, one line each: `{ name: 'authentication', state: 'proven', detail: 'token for 3600 s' }`. */
  readonly findings: readonly {
    readonly name: string;
    readonly state: 'proven' | 'declared' | 'unknown' | 'failed';
    readonly detail: string;
  }[];
  /** Milliseconds that the vendor's clock is ahead of ours, from its `Date` header. */
  readonly clockSkewMs?: number;
  /** The API's own account in the target, when it can be told: never to be changed. */
  readonly ownAccount?: { readonly id?: AccountId; readonly username?: string };
  readonly tokenLifetimeSeconds?: number;
}
