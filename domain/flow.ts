import type { GrantPlan } from './change';
import type { RemovalPlan } from './removal';
import type { Approvers } from './settings';

export const flowKinds = ['joiner', 'mover', 'leaver', 'suspension', 'restore'] as const;
export type FlowKind = (typeof flowKinds)[number];

export const flowStates = [
  'scheduled',
  'changing', // a joiner, mover or restore at work
  'containing',
  'retained',
  'awaiting-approval',
  'deleting',
  'blocked',
  'held',
  'done',
] as const;
export type FlowState = (typeof flowStates)[number];

export type FlowOutcome =
  | 'complete'
  | 'complete-with-exceptions'
  | 'kept-disabled'
  | 'cancelled'
  | 'undone'
  | 'superseded' // another flow of the same person took over
  | 'ended-from-outside';

export const stepNames = ['disableAccounts', 'stripEntitlements', 'drainSessions', 'deleteAccounts'] as const;
/** The steps of a leaver on one target, in the order of the tables. */
export type LeaverStepName = (typeof stepNames)[number];
/** The steps of a joiner or mover on one target, and of an undo. */
export const changeStepNames = [
  'provisionAccounts',
  'grantEntitlements',
  'revokeEntitlements',
  'withdrawAccounts',
  'restoreAccounts',
] as const;
export type StepName = LeaverStepName | (typeof changeStepNames)[number];
/** Of every kind of flow: what a person may name in `resolve`. */
export const allStepNames: readonly StepName[] = [...stepNames, ...changeStepNames];

/**
 * How a step on one target stands or ended. Success is `done` or `already`; what the target does not offer is
 * `unsupported`, never silence.
 */
export type StepOutcome =
  | 'pending'
  | 'running'
  | 'waiting' // has not returned for a while: vendor down, no worker, throttled
  | 'parked' // refused: a person has to resolve it
  | 'done'
  | 'already'
  | 'done-on-retry' // a later attempt found the work done; the before-image is unknown
  | 'observed' // mode observe: planned, nothing changed
  | 'no-account-found'
  | 'clean' // drained: nothing live throughout the quiet period
  | 'residual-sessions'
  | 'unsupported'
  | 'owned-by-directory'
  | 'only-disabled' // the vendor's delete keeps the record
  | 'not-ready'
  | 'skipped'
  | 'rejected'
  | 'expired';

export interface StepProgress {
  readonly name: StepName;
  readonly outcome: StepOutcome;
  readonly at?: string;
  readonly detail?: string;
}
export interface TargetProgress {
  readonly id: string;
  readonly steps: readonly StepProgress[];
}

/** The answer to the query `progress`. */
export interface Progress {
  readonly state: FlowState;
  readonly outcome?: FlowOutcome;
  readonly dueAt?: string;
  readonly targets: readonly TargetProgress[];
  readonly waitingFor?: string;
  /** The first open removal plan; `approvals` has them all. */
  readonly approval?: ApprovalProgress;
  readonly approvals?: readonly ApprovalProgress[];
  /** Messages that could not be used, with what was wrong. */
  readonly notes?: readonly string[];
}
export interface ApprovalProgress {
  readonly planHash: string;
  readonly deadline: string;
  readonly plan: RemovalPlan | GrantPlan;
  readonly decisions: readonly DecisionShown[];
  /** Whose word is asked for; absent in what an older version tells. */
  readonly approvers?: Approvers;
}
export interface DecisionShown {
  readonly by: string;
  readonly strength: Strength;
  readonly approved: boolean;
  readonly counted: boolean;
  readonly reason: string;
  readonly why?: string;
  readonly at: string;
}

/** How sure it is who sent a message; stronger first. */
export const strengths = ['token', 'principal', 'asserted'] as const;
export type Strength = (typeof strengths)[number];

/** The answer to an update: the message is in; what it leads to shows in the details and in `progress`. */
export interface Receipt {
  readonly accepted: true;
  readonly message: string;
}

/** Who ends a flow that may not do what it was started for: nobody has decided that it should not be done. */
export const tenureItself = 'Tenure';

/** How the evidence of a flow says who ended it before its time. */
export function endedByWords({ by, reason }: { readonly by: string; readonly reason: string }): string {
  return `ended by ${by}: ${reason}`;
}

/** The opposite: whether a person or HR has ended it, and not Tenure itself. */
export function wasEndedByWord(detail: string): boolean {
  return detail.startsWith('ended by ') && !detail.startsWith(`ended by ${tenureItself}: `);
}
