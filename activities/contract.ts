import type { Sender } from '../domain/approval';
import type {
  DeleteInput,
  DeleteReport,
  DisableInput,
  DisableReport,
  DrainInput,
  DrainReport,
  StepInput,
  StepReport,
  StripInput,
  StripReport,
  TargetPlan,
} from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { FlowKind, FlowOutcome, FlowState } from '../domain/flow';
import type { HrEvent } from '../domain/event';
import type { HrRecord, PingHint } from '../domain/hr-record';
import type { LeaverPlan, LeaverRequest, LegalHold, Releases, TargetAssignment, TimedEvent } from '../domain/leaver';
import type { NoticeInput, NoticeReport, NoticeSettings } from '../domain/notice';
import type { Person } from '../domain/person';
import type {
  AccessPlan,
  ApprovedGrants,
  ChangeKind,
  ChangeRequest,
  GrantPlan,
  PlannedGrant,
  RestorePlan,
  Superseded,
  SuspensionPlan,
} from '../domain/change';
import type {
  ChangePreview,
  GrantInput,
  GrantReport,
  PreviewInput,
  ProvisionInput,
  ProvisionReport,
  RestoreInput,
  RestoreReport,
  RevokeInput,
  RevokeReport,
  WithdrawInput,
} from '../domain/provisioning';
import type { RemovalPlan, RemovalTarget } from '../domain/removal';

/** The steps on one target, on that target's own task queue. */
export interface TargetActivities extends ProvisioningActivities {
  disableAccounts(input: DisableInput): Promise<DisableReport>;
  stripEntitlements(input: StripInput): Promise<StripReport>;
  drainSessions(input: DrainInput): Promise<DrainReport>;
  deleteAccounts(input: DeleteInput): Promise<DeleteReport>;
  /** Dry run: what a leaver would change here; changes nothing. */
  planTarget(input: StepInput): Promise<TargetPlan>;
  checkTarget(input: { readonly target: string; readonly canary?: string }): Promise<TargetCheck>;
}

/** Joiner, mover and undo on one target. */
export interface ProvisioningActivities {
  /** Finds, adopts, creates, updates and enables what policy wants; each account read back. */
  provisionAccounts(input: ProvisionInput): Promise<ProvisionReport>;
  grantEntitlements(input: GrantInput): Promise<GrantReport>;
  revokeEntitlements(input: RevokeInput): Promise<RevokeReport>;
  /** The undo of a joiner: disables, never deletes. */
  withdrawAccounts(input: WithdrawInput): Promise<StepReport>;
  /** Gives back what a leaver or a suspension took. */
  restoreAccounts(input: RestoreInput): Promise<RestoreReport>;
  /** Dry run of a joiner, a mover or an undo, from live reads; changes nothing. */
  previewChange(input: PreviewInput): Promise<ChangePreview>;
}

export interface TargetCheck {
  readonly target: string;
  readonly type: string;
  readonly ok: boolean;
  readonly findings: readonly {
    readonly name: string;
    readonly state: 'proven' | 'declared' | 'unknown' | 'failed';
    readonly detail: string;
  }[];
}

/** Reading an HR system, on that system's own task queue. */
export interface SourceActivities {
  readHrRecord(input: { readonly recordId: string }): Promise<HrRecordRead>;
  /** Answers the handshake of a webhook subscription, where the system wants that by a request of ours. */
  confirmSource(input: { readonly subscription: string }): Promise<void>;
}

/** A record as it was at one moment; absent when the system no longer has it. */
export interface HrRecordRead {
  readonly readAt: string;
  readonly record?: HrRecord;
}

export interface TakeHrRecordInput {
  /** `/hr/<type>/<id>`. */
  readonly source: string;
  readonly recordId: string;
  readonly read: HrRecordRead;
  readonly hints: readonly PingHint[];
  /** Numbers the evidence of this flow. */
  readonly batch: number;
}

export interface TakenRecord {
  readonly personId?: string;
  readonly told: readonly { readonly id: string; readonly type: string }[];
  /** The system no longer has the record. */
  readonly gone?: boolean;
  /** A day that is worth looking again for until it has passed. */
  readonly awaits?: string;
}

/** Store, evidence, planning and approvals, on the core task queue. */
export interface CoreActivities {
  /** The first step for each event: known for good by (source, id), timed in the person's zone, evidenced. */
  recordEvent(input: {
    readonly event: HrEvent;
    readonly receivedAt: string;
    readonly key: string;
    readonly batch: number;
  }): Promise<RecordedEvent>;
  planLeaver(input: PlanLeaverInput): Promise<LeaverPlan>;
  /** Targets with this person's links, as they are now; reads only. */
  assignTargets(input: AssignTargetsInput): Promise<readonly TargetAssignment[]>;
  /** Writes a batch of evidence and how the flow stands; idempotent by workflow, run and batch number. */
  record(input: RecordInput): Promise<{ readonly count: number; readonly head: string }>;
  planDeletion(
    input: PlanDeletionInput,
  ): Promise<{ readonly plan: RemovalPlan; readonly planHash: string; readonly deadline: string }>;
  /** Who sent a message, as far as the history, a signed token or the message itself can tell. */
  establishSender(input: EstablishInput): Promise<Sender>;
  resolveMoment(input: {
    readonly text: string;
    readonly person: Person;
  }): Promise<{ readonly at?: string; readonly problem?: string; readonly note?: string }>;
  /** What keeps a flow's steps from returning: attempt and last failure of each, or no worker. */
  inspectPending(input: {
    readonly workflowId: string;
    readonly runId: string;
    /** Also what each step has saved so far. */
    readonly withProgress?: boolean;
  }): Promise<readonly PendingStep[]>;
  /** Writes the last evidence and the end, and tells `person` durably. */
  concludeFlow(input: ConcludeInput): Promise<{ readonly count: number; readonly head: string }>;
  /** Gives events back to `person` that came while a flow was closing; `closing`: nothing follows but its end. */
  returnEvents(input: {
    readonly personId: string;
    readonly events: readonly TimedEvent[];
    readonly closing?: true;
  }): Promise<void>;
  /** What became of a flow that ended or was reset from outside. */
  inspectFlow(input: { readonly workflowId: string; readonly runId: string }): Promise<FlowFate>;
  /** Waits until flows that had to give way have ended, and tells where a step of theirs was still running. */
  awaitGivenWay(input: { readonly flows: readonly Superseded[] }): Promise<GivenWay>;
  /** Whoever took over was called off: `person` decides afresh what the flows that gave way were about. */
  resumeGivenWay(input: { readonly personId: string; readonly flows: readonly Superseded[] }): Promise<void>;
  /** What policy gives the person now and gave them before; marks the flow as at work, so that a leaver finds it. */
  planAccess(input: PlanChangeInput): Promise<AccessPlan>;
  /** Targets, policy and budget for a suspension. */
  planSuspension(input: PlanChangeInput): Promise<SuspensionPlan>;
  /** What the last leaver or suspension took, by its evidence; `look` alone changes nothing in the store. */
  planRestore(input: PlanRestoreInput): Promise<RestorePlan>;
  /** The privileged entitlements that people are asked for, and the plan's hash. */
  planGrants(input: {
    readonly personId: string;
    readonly round: number;
    readonly grants: readonly PlannedGrant[];
    readonly window: string;
  }): Promise<{ readonly plan: GrantPlan; readonly planHash: string; readonly deadline: string }>;
  /** How a person stands, for an event that a flow gave back. */
  standingOf(input: { readonly timed: TimedEvent }): Promise<Standing>;
  /** Evidence of an event that starts nothing. */
  answerEvent(input: {
    readonly personId: string;
    readonly batch: number;
    readonly timed: TimedEvent;
    readonly outcome: string;
    readonly detail: string;
  }): Promise<void>;
  /** Records an operator's word on whose an account is. */
  changeLink(input: ChangeLinkInput): Promise<ChangeLinkReport>;
  /** Tells people through their channels; personal tokens are made here and go nowhere else. */
  notify(input: NoticeInput): Promise<NoticeReport>;
  /** Whether anything answers at the channels' addresses; sends no message. */
  checkChannels(): Promise<readonly TargetCheck[]>;
  /** Compares a look at an HR record with the one before and hands what is news to `person`. */
  takeHrRecord(input: TakeHrRecordInput): Promise<TakenRecord>;
}

export interface RecordedEvent {
  readonly verdict: 'new' | 'duplicate' | 'superseded';
  readonly timed: TimedEvent;
  /** Facts that came before this event and are read when a flow starts. */
  readonly hold?: LegalHold;
  readonly cancelledBy?: { readonly eventId: string };
  readonly standing?: Standing;
  /** What anybody wants to be told; absent: nothing. */
  readonly notices?: NoticeSettings;
}

/** How a person stands when an event is decided. */
export interface Standing {
  readonly status: 'active' | 'suspended' | 'leaving' | 'left';
  readonly hold?: LegalHold;
  /** For `tenure.resumed` and `tenure.undo`: what could not be carried through meanwhile, and is now. */
  readonly deferred?: {
    readonly timed: TimedEvent;
    /** A later word, of a day that is still to come. */
    readonly ahead?: TimedEvent;
  };
}

export interface PlanLeaverInput extends Releases {
  readonly request: LeaverRequest;
  readonly accessEndsAt: string;
  readonly urgent: boolean;
}

export interface PlanChangeInput extends Releases {
  readonly kind: ChangeKind;
  readonly request: ChangeRequest;
  /** A dry run: marks nothing, starts no time-box, charges nothing. */
  readonly look?: boolean;
}

export interface PlanRestoreInput {
  readonly person: Person;
  /** Whose doings are taken back. */
  readonly of: 'leaver' | 'suspension';
  /** A dry run: marks nothing. */
  readonly look?: boolean;
  readonly eventTime?: string;
}

export interface AssignTargetsInput {
  readonly person: Person;
  /** By target: user names that the keys of the target may not cover, because policy alone gives them. */
  readonly alsoNamed?: Readonly<Record<string, readonly string[]>>;
}

export interface GivenWay {
  /** Targets where a changing step was still running when the flow was told to stop; `unknown`: it was ended from outside. */
  readonly cutOffAt: readonly string[] | 'unknown';
  readonly detail: string;
}

export interface RecordInput {
  readonly personId: string;
  readonly eventHash: string;
  readonly configHash?: string;
  /** The run that the workflow began with: another one writes after a reset. */
  readonly firstRunId?: string;
  readonly batch: number;
  readonly entries: readonly EvidenceDraft[];
  /** How the flow stands; absent when `person` writes about a flow. */
  readonly flow?: {
    readonly kind: FlowKind;
    readonly state: FlowState;
    readonly outcome?: FlowOutcome;
    readonly dueAt?: string;
    readonly waitingFor?: string;
    readonly held?: string;
    readonly startedAt: string;
  };
  /** Accounts found for this person, to be linked by the vendor's id. */
  readonly links?: readonly {
    readonly target: string;
    readonly system: string;
    readonly accountId: string;
    readonly username: string;
  }[];
  /** Privileged entitlements that people have approved since the last write. */
  readonly approved?: ApprovedGrants;
}

export type ConcludeInput = RecordInput & {
  readonly outcome: FlowOutcome;
  readonly eventTime: string;
  /** The person is looked at again then. */
  readonly reviewAt?: string;
};

export interface PlanDeletionInput {
  readonly personId: string;
  readonly round: number;
  readonly targets: readonly RemovalTarget[];
  readonly notReady: readonly { readonly target: string; readonly why: string }[];
  readonly window: string;
}

export interface EstablishInput {
  readonly name: string;
  readonly via:
    { readonly kind: 'signal'; readonly ordinal: number } | { readonly kind: 'update'; readonly updateId: string };
  /** What the message says of its sender. */
  readonly claimed?: string;
  readonly token?: string;
  readonly planHash?: string;
}

export interface PendingStep {
  readonly target: string;
  readonly step: string;
  readonly attempt: number;
  /** `no-worker`: scheduled and never picked up. */
  readonly state: 'no-worker' | 'retrying' | 'running';
  readonly lastFailure?: string;
  /** What its attempts have saved, when that was asked for. */
  readonly progress?: unknown;
}

export interface FlowFate {
  readonly state: 'running' | 'ended' | 'unknown';
  /** The run that runs or ran last. */
  readonly runId?: string;
  /** The last run came out of a reset. */
  readonly wasReset: boolean;
  readonly status?: string;
  /** When it was looked up, UTC. */
  readonly at?: string;
}

export interface ChangeLinkInput {
  readonly action: 'link' | 'unlink';
  readonly personId: string;
  readonly target: string;
  readonly accountId: string;
  /** Shown to people; the account's id when not known. */
  readonly username?: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

export interface ChangeLinkReport {
  /** False: nothing was changed, and `detail` says why. */
  readonly changed: boolean;
  readonly detail: string;
}
