/** A target as configured: an instance of a connector type. */
export type TargetId = string;
/** The vendor's immutable id, as text also where the vendor uses integers. */
export type AccountId = string;

/**
 * A person's record inside one target.
 *
 * A field that the vendor's answer did not hold is absent here: unobservable, which is never the same as empty or false.
 */
export interface Account {
  readonly id: AccountId;
  readonly username: string;
  readonly enabled?: boolean;
  /** The vendor's own word or flags behind `enabled`, such as `suspended`; shown, never compared. */
  readonly vendorState?: string;
  readonly email?: string;
  readonly displayName?: string;
  readonly externalId?: string;
  /** `service` for the vendor's component, application and machine accounts: those are never changed. */
  readonly kind?: 'person' | 'service';
  /** The directory that owns the account where the vendor only mirrors it: its fields cannot be changed here. */
  readonly ownedByDirectory?: string;
  /** Grants as the account's own record lists them; absent when the record does not say. */
  readonly grants?: readonly Grant[];
}

/** Something that a target can grant; `kind` keeps the vendor's own word (group, role, safe…). */
export interface Entitlement {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
}

/** One account holding one entitlement. */
export interface Grant {
  readonly entitlement: Entitlement;
  /** Set when a directory owns the membership: the target mirrors it and cannot take it away. */
  readonly ownedByDirectory?: string;
}

/** Something that outlives the account which looked after it, such as a safe: somebody else has to take it over. */
export interface Owned {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** What a person has to see to. */
  readonly advice: string;
}

/** How an account was before Tenure first wrote to it: what `undo` restores and what the evidence shows. */
export interface BeforeImage {
  readonly account: Account;
  /** Absent: could not be read (unobservable). */
  readonly grants?: readonly Grant[];
  /** Kinds of entitlement that the target cannot list for an account. */
  readonly unlistable?: readonly string[];
  /** Fields that were about to change, in the vendor's words; one that the vendor does not show stays away. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** What was to be written in the place of `attributes`, and of those that the vendor does not show. */
  readonly written?: Readonly<Record<string, unknown>>;
  readonly readAt: string;
}
