import type { Account, AccountId, BeforeImage, Grant } from './account';
import type { EvidenceDraft } from './evidence';
import type { StepOutcome } from './flow';
import type { Person } from './person';
import type { RemovalTarget } from './removal';
import type { Mode } from './target';

/** An account as the flow carries it from step to step. */
export interface KnownAccount {
  readonly id: AccountId;
  readonly username: string;
}

/** What every step on a target is told. Inputs and outputs change only by optional fields: workers may be older. */
export interface StepInput {
  readonly target: string;
  readonly person: Person;
  readonly mode: Mode;
  /** Links recorded for this person on this target. */
  readonly links: readonly KnownAccount[];
  /** Accounts that a person declared not to be this person's. */
  readonly notTheirs?: readonly AccountId[];
  /** Accounts with a key of this person that are linked to somebody else. */
  readonly linkedToOthers?: readonly AccountId[];
  /** User names that `safety.protected` names on this target. */
  readonly protectedUsernames: readonly string[];
  /** Two people released the protected accounts. */
  readonly protectionReleased?: boolean;
  /** Two people let the last administrator of a group go. */
  readonly lastAdministratorReleased?: boolean;
  /** Accounts of this person that stay enabled for now, being the last administrators. */
  readonly spared?: readonly KnownAccount[];
  /** An earlier run of this step may have written already (it was cancelled or reset by a person). */
  readonly ranBefore?: boolean;
  /** Only these accounts are meant, by user name or e-mail: the person keeps the others on this target. */
  readonly onlyUsernames?: readonly string[];
  /** A person asked for this attempt: a breaker lets one probe through. */
  readonly askedByPerson?: boolean;
}

export type ParkReason =
  | 'rejected'
  | 'ambiguous'
  | 'protected'
  | 'last-administrator'
  | 'no-account-found'
  | 'not-configured'
  | 'unobservable';

/** Why a step waits for a person, and what that person can do. */
export interface Parked {
  readonly reason: ParkReason;
  readonly detail: string;
  readonly advice: string;
}

export interface StepReport {
  readonly outcome: StepOutcome;
  /** One line in plain words. */
  readonly detail: string;
  readonly parked?: Parked;
  readonly evidence: readonly EvidenceDraft[];
  /** Named hand-overs: what the target does not offer and a person has to do there. */
  readonly handOver?: readonly string[];
}

export interface DisableInput extends StepInput {
  /** Before-images of earlier runs of this step. */
  readonly before?: Readonly<Record<AccountId, BeforeImage>>;
}
export interface DisableReport extends StepReport {
  /** The accounts that the following steps cover: found, unambiguous, not protected. */
  readonly accounts: readonly KnownAccount[];
  /** The last administrators of a group among the person's accounts: left enabled, and no step touches them. */
  readonly spared?: readonly KnownAccount[];
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
  readonly deletion: 'permanent' | 'disables';
  readonly lostOnDelete: string;
  /** Mode observe: what strip and drain would do. */
  readonly wouldStrip?: readonly string[];
  readonly wouldEnd?: readonly string[];
}

export interface StripInput extends StepInput {
  readonly accounts: readonly KnownAccount[];
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
}
export interface StripReport extends StepReport {
  /** What was taken away, by account; what `undo` gives back. */
  readonly removed: Readonly<Record<AccountId, readonly Grant[]>>;
}

export interface DrainInput extends StepInput {
  /** Steps that a person has to resolve or skipped: what they left undone has not come back and is no reason to begin again. */
  readonly undone?: readonly ('disable' | 'strip')[];
  readonly accounts: readonly KnownAccount[];
  /** ISO 8601; `quiet` absent means the token lifetime of the target's type. */
  readonly sessions: { readonly poll: string; readonly quiet?: string; readonly deadline: string };
  /** The deadline has passed and was shown: poll on until clean. */
  readonly pastDeadline?: boolean;
  /** What the run before this one ended (`DrainReport`): it is part of the same drain. */
  readonly endedThings?: Readonly<Record<string, number>>;
}
export interface DrainReport extends StepReport {
  readonly ended: number;
  /** With `residual-sessions`: what was asked to end so far, by kind and id, for the run that polls on. */
  readonly endedThings?: Readonly<Record<string, number>>;
  /** Accounts that appeared, came alive or got grants since: the track starts over. */
  readonly reopened?: readonly string[];
}

export interface DeleteInput extends StepInput {
  readonly plan: RemovalTarget;
  readonly planHash: string;
  /** The run that the approval was given for; a reset makes it another. */
  readonly approvedRunId: string;
  /** What earlier runs of this step had begun when they were cut off. */
  readonly begun?: DeleteProgress;
  /** Nothing may be deleted any more, and why: it is only looked at what earlier runs did. */
  readonly stopped?: string;
}
/** What survives a lost attempt of `deleteAccounts`: which deletions were sent. */
export interface DeleteProgress {
  readonly going: readonly AccountId[];
}
export interface DeleteReport extends StepReport {
  /** The world is not as the approvers saw it: what differs. Nothing was deleted from then on. */
  readonly changed?: readonly string[];
}

/** What a dry run reads on one target: the state now and what a leaver would change. */
export interface TargetPlan {
  readonly target: string;
  readonly outcome: 'would-change' | 'nothing-to-do' | 'no-account-found' | 'needs-person';
  readonly accounts: readonly {
    readonly account: Account;
    readonly grants?: readonly Grant[];
    readonly live: readonly string[];
    readonly would: readonly string[];
  }[];
  readonly parked?: Parked;
  readonly handOver: readonly string[];
}
