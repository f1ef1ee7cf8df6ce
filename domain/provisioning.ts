import type { AccountId, BeforeImage, Entitlement, Grant } from './account';
import type { DesiredAccount, DesiredGrant } from './access';
import type { KnownAccount, StepInput, StepReport } from './containment';

/** An account as a joiner or mover carries it from step to step. */
export interface ProvisionedAccount extends KnownAccount {
  /** The user name of the `DesiredAccount` that it serves. */
  readonly serves: string;
  readonly how: 'created' | 'adopted' | 'already';
  /** It was disabled or absent before, and this flow enabled it. */
  readonly enabledHere: boolean;
  /** Only with `ProvisionInput.staysDisabled`: it is not enabled, and has to be on the first day. */
  readonly staysDisabled?: true;
}

export interface ProvisionInput extends StepInput {
  readonly desired: readonly DesiredAccount[];
  /** Whether a changed user name renames an account. */
  readonly renames: boolean;
  /** A mover finds and updates; it creates only where `desired` has an account that the person lacks. Both may create. */
  readonly purpose: 'joiner' | 'mover';
  /** Before-images of earlier runs of this step. */
  readonly before?: Readonly<Record<AccountId, BeforeImage>>;
  /** What earlier runs of this step reported: an account that they created stays created, whoever finds it now. */
  readonly known?: readonly ProvisionedAccount[];
  /** What an earlier run of this step had begun when a person cut it off. */
  readonly begun?: ProvisionCutOff;
  /** A joiner's lead: nothing is enabled, and what this flow makes is disabled at once. Whoever was enabled before stays so. */
  readonly staysDisabled?: true;
}
export interface ProvisionReport extends StepReport {
  readonly accounts: readonly ProvisionedAccount[];
  /** User names that nobody had here when this flow began to create them; `WithdrawInput.absentBefore`. */
  readonly absentBefore?: readonly string[];
  /** How the accounts that were there already were; nothing for created ones. */
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
  /** With `staysDisabled`: why this target gives nothing to an account before it is enabled. Absent: it does. */
  readonly grantsNeedEnabled?: string;
}

/**
 * What `provisionAccounts` had begun when a person cut it off: first of the details of its `CancelledFailure`. What an
 * undo needs besides the accounts that were reported.
 */
export interface ProvisionCutOff {
  /** User names that nobody had, and when their creation began. */
  readonly creating: Readonly<Record<string, string>>;
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
}

/** Grants what is missing of `wanted` and reads back that all of it is held. */
export interface GrantInput extends StepInput {
  readonly accounts: readonly ProvisionedAccount[];
  /** By `ProvisionedAccount.serves`. */
  readonly wanted: Readonly<Record<string, readonly DesiredGrant[]>>;
}
export interface GrantReport extends StepReport {
  /** What this step gave, by account; what an undo takes away again. */
  readonly granted: Readonly<Record<AccountId, readonly Entitlement[]>>;
}

/**
 * Takes away what policy gave and no longer gives, and reads back both sides: nothing of `lost` is held, all of `kept`
 * still is. Whatever else the account holds is left alone and reported.
 */
export interface RevokeInput extends StepInput {
  readonly accounts: readonly ProvisionedAccount[];
  /** By `ProvisionedAccount.serves`. */
  readonly lost: Readonly<Record<string, readonly DesiredGrant[]>>;
  readonly kept: Readonly<Record<string, readonly DesiredGrant[]>>;
}
export interface RevokeReport extends StepReport {
  readonly removed: Readonly<Record<AccountId, readonly Grant[]>>;
  /** Entitlements that nobody's policy gave this person here, as `kind name`: left and reported. */
  readonly unmanaged: readonly string[];
}

/**
 * The undo of a joiner: what it created or enabled is disabled, what it granted is taken away, attributes that it changed
 * are put back. Never deletes.
 */
export interface WithdrawInput extends StepInput {
  /** User names that the joiner was about to create: a lost reply may have made them. */
  readonly intended: readonly string[];
  /**
   * Those of `intended` that a search of this flow found absent before (`ProvisionReport`, `ProvisionCutOff`). Absent
   * altogether in flows of older versions; where it is given, no other name was created.
   */
  readonly absentBefore?: readonly string[];
  readonly accounts: readonly ProvisionedAccount[];
  readonly granted: Readonly<Record<AccountId, readonly Entitlement[]>>;
  /** How accounts that were there before were. Absent, or without `written`: no attribute is put back. */
  readonly before?: Readonly<Record<AccountId, BeforeImage>>;
}

/** Gives back what a leaver or a suspension took, from the before-images. */
export interface RestoreInput extends StepInput {
  readonly accounts: readonly RestorableAccount[];
}
export interface RestorableAccount extends KnownAccount {
  /** Absent: the before-image is unknown; nothing is restored and it is reported. */
  readonly before?: BeforeImage;
  /** What was taken away, by the evidence. */
  readonly removed: readonly Grant[];
  /** Ended sessions, revoked passkeys…: named in the diff, never restored. */
  readonly lost: readonly string[];
}
export interface RestoreReport extends StepReport {
  /** What could not be given back, in words. */
  readonly notRestored: readonly string[];
}

/** What a dry run is asked: the step's own input, so that a plan and what comes after it cannot differ in their question. */
export type PreviewInput = ProvisionPreviewInput | RestorePreviewInput;
export interface ProvisionPreviewInput extends ProvisionInput {
  readonly kind: 'provision';
  /** By `DesiredAccount.username`: what the account is to hold, and what it is to lose. */
  readonly wanted: Readonly<Record<string, readonly DesiredGrant[]>>;
  readonly lost: Readonly<Record<string, readonly DesiredGrant[]>>;
}
export interface RestorePreviewInput extends RestoreInput {
  readonly kind: 'restore';
}

/** A dry run of a restore, a joiner or a mover on one target: what would change, from live reads. */
export interface ChangePreview {
  readonly target: string;
  readonly outcome: 'would-change' | 'nothing-to-do' | 'needs-person';
  /** One line per change: `create aeriksen`, `grant group Admins to aeriksen`… */
  readonly would: readonly string[];
  /** What cannot be given back or done, and what is left alone. */
  readonly remarks: readonly string[];
}
