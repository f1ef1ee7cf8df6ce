import type { TargetId } from './account';
import type { DesiredAccount, GrantApproval } from './access';
import type { FlowKind, FlowOutcome } from './flow';
import type { HeldBack, TargetAssignment, TimedEvent } from './leaver';
import type { NoticeSettings } from './notice';
import type { Person } from './person';
import type { RestorableAccount } from './provisioning';
import type { LeaverPolicy } from './settings';

/** The flows beside the leaver. A person has at most one of them at a time; a leaver that begins takes over from it. */
export const changeKinds = ['joiner', 'mover', 'suspension', 'restore'] as const satisfies readonly FlowKind[];
export type ChangeKind = (typeof changeKinds)[number];

/** What starts one of them: an HR event, or an operator's word in the shape of one (`tenure.undo`, `tenure.review`). */
export interface ChangeRequest {
  readonly personId: string;
  readonly cause: TimedEvent;
  /** It contradicts what an operator said: it waits for a person's word. */
  readonly contested?: string;
  /** What anybody wanted to be told when the event came; the plan has it as it is then. */
  readonly notices?: NoticeSettings;
  /** It goes by what it is told of the time, as a leaver does. */
  readonly clock?: 'told';
}

/** A target with what policy wants there now, and what it wanted before the move. */
export interface AccessAssignment extends TargetAssignment {
  readonly desired: readonly DesiredAccount[];
  /** Nothing for somebody whom nobody knew; a joiner who was here before must not keep what the old place gave. */
  readonly previously: readonly DesiredAccount[];
  /** Privileged entitlements that nobody approved yet: people are asked for them. */
  readonly privileged?: readonly PlannedGrant[];
}

/** What a joiner or mover is up against when its day comes: read then, not when the event came. */
export interface AccessPlan {
  /** The person as known now; a later event may have changed them since. */
  readonly person: Person;
  /** The flow must not run: the person is leaving or has left. */
  readonly refused?: string;
  readonly held?: HeldBack;
  /** Only targets where policy wants something or wanted something before. */
  readonly targets: readonly AccessAssignment[];
  readonly renamesAccounts: boolean;
  /** What is lost is taken away then; UTC. */
  readonly overlapEndsAt: string;
  /** Who is asked for privileged entitlements. */
  readonly approval: GrantApproval;
  /** What people should know of the plan, such as that no policy is configured. */
  readonly note?: string;
  /** How accounts are contained that nobody's policy gives any more. */
  readonly policy: LeaverPolicy;
  /** Earliest end of a time-boxed grant, UTC: the person is looked at again then. */
  readonly reviewAt?: string;
  /** Time boxes (`timeBoxKey`) of privileged entitlements: they count from the approval. */
  readonly startWhenApproved?: readonly string[];
  readonly madeAt?: string;
  readonly configHash: string;
  readonly version: string;
  /** Absent: nobody wants to be told of anything. */
  readonly notices?: NoticeSettings;
}

/** What a suspension is up against: the targets as they are today, under the same budget as a leaver. */
export interface SuspensionPlan {
  readonly refused?: string;
  readonly held?: HeldBack;
  readonly targets: readonly TargetAssignment[];
  readonly policy: LeaverPolicy;
  readonly madeAt?: string;
  readonly configHash: string;
  readonly version: string;
  /** Absent: nobody wants to be told of anything. */
  readonly notices?: NoticeSettings;
}

/** Flows that take from a person what a restore can give back. */
export type Takers = readonly ('leaver' | 'suspension')[];

/** What a restore gives back: from the before-images in the evidence of the flows that took it. */
export interface RestorePlan {
  readonly person: Person;
  readonly refused?: string;
  readonly targets: readonly RestoreAssignment[];
  /** Whose takings are given back; for the evidence of the end. Absent: an older version planned it. */
  readonly givesBack?: Takers;
  /** The event whose consequences are taken back, so that an undo stands in its place in the order of events. */
  readonly undoes?: TimedEvent;
  readonly madeAt?: string;
  readonly configHash: string;
  readonly version: string;
  /** Absent: nobody wants to be told of anything. */
  readonly notices?: NoticeSettings;
}
export interface RestoreAssignment extends TargetAssignment {
  readonly accounts: readonly RestorableAccount[];
}

/** Exactly what privileged entitlements would be granted; approved by the hash of its RFC 8785 JSON. */
export interface GrantPlan {
  readonly workflowId: string;
  readonly runId: string;
  readonly personId: string;
  readonly round: number;
  readonly madeAt: string;
  readonly grants: readonly PlannedGrant[];
}
export interface PlannedGrant {
  readonly target: TargetId;
  readonly account: string;
  readonly kind: string;
  readonly name: string;
  readonly because: readonly string[];
  readonly until?: string;
}

/** Which entitlement of which account, for whoever keeps what people approved; case aside. */
export function approvalKey({ target, account, kind, name }: Omit<PlannedGrant, 'because' | 'until'>): string {
  return JSON.stringify([target, account.toLowerCase(), kind, name.toLowerCase()]);
}

/** What people approved, to be kept in the store: it is not asked for again while policy gives it. */
export interface ApprovedGrants {
  readonly planHash: string;
  readonly grants: readonly PlannedGrant[];
  /** Time boxes (`timeBoxKey`) that count from the approval. */
  readonly timeBoxes: readonly string[];
}

export interface ChangeReport {
  readonly personId: string;
  readonly outcome: FlowOutcome;
  readonly exceptions: readonly string[];
  readonly evidence: { readonly count: number; readonly head: string };
  readonly reviewAt?: string;
  /** Targets where a changing activity was still running when another flow took over. */
  readonly cutOffAt?: readonly TargetId[];
  /** What a flow that had to give way was about: decided afresh when whoever took over is called off. */
  readonly unfinished?: TimedEvent;
}

/** A flow that had to give way to a leaver or suspension. */
export interface Superseded {
  readonly workflowId: string;
}
