import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { EvidenceActor, EvidenceDraft } from '../domain/evidence';
import type { FlowOutcome, FlowState, Progress } from '../domain/flow';
import type { HeldBack, LeaverPlan, LeaverRequest, LegalHold } from '../domain/leaver';
import { searchAttributes } from './messages';
import type { RemovalRound } from './removal-round';
import type { Track } from './track';

/** Notes shown in the details; older ones stay in the evidence. */
const notesShown = 8;

/** Everything known of one leaver: what stands where, what is waited for, what people said. */
export class LeaverCase {
  phase: FlowState = 'scheduled';
  outcome: FlowOutcome | undefined;
  accessEndsAt: string;
  urgent: boolean;
  plan: LeaverPlan | undefined;
  held: HeldBack | undefined;
  legalHold: LegalHold | undefined;
  /** Who released the hold-back, each once. */
  readonly releasedBy: string[] = [];
  cancelled: { readonly by: string; readonly reason: string } | undefined;
  /** Why nothing will be deleted any more, when somebody said so. */
  deletionStopped: string | undefined;
  rescheduledBy: string | undefined;
  containmentBegan = false;
  tracks: readonly Track[] = [];
  readonly rounds: RemovalRound[] = [];
  readonly notes: string[] = [];
  /** Leaver events that moved this flow's date; a cancellation may name any of them. */
  readonly eventIds: string[] = [];
  /** The retention is over for everything that has not been deleted. */
  retentionEnded = false;

  constructor(readonly request: LeaverRequest) {
    const { event, moments, receivedAt } = request.leaver;
    this.urgent = event.data.urgent === true;
    this.accessEndsAt = this.urgent ? receivedAt : (moments.accessEndsAt ?? receivedAt);
    this.legalHold = request.hold;
    this.held = request.contested === undefined ? undefined : { why: request.contested, releasesNeeded: 1 };
  }

  /** Held comes first, then blocked, then the phase. */
  get state(): FlowState {
    if (this.outcome !== undefined) return 'done';
    if (this.held !== undefined) return 'held';
    if (this.isHeldByLaw) return 'held';
    if (this.tracks.some((track) => track.isBlocked)) return 'blocked';
    return this.phase;
  }

  /** A legal hold blocks asking and deleting, not containing: it shows once there is something to ask for. */
  private get isHeldByLaw(): boolean {
    return (
      this.legalHold !== undefined &&
      this.retentionEnded &&
      this.tracks.some((track) => track.deletionDue && track.contained)
    );
  }

  get openRounds(): readonly RemovalRound[] {
    return this.rounds.filter((round) => round.state === 'open');
  }

  get dueAt(): string | undefined {
    if (this.outcome !== undefined) return undefined;
    if (this.phase === 'scheduled') return this.accessEndsAt;
    if (this.phase === 'retained') return this.plan?.retentionEndsAt;
    return this.openRounds[0]?.deadline;
  }

  get unfinishedTargets(): readonly string[] {
    return this.tracks.filter((track) => !track.finished).map((track) => track.id);
  }

  /** What the flow waits for, in one line for people. */
  get waitingFor(): string | undefined {
    if (this.outcome !== undefined) return undefined;
    if (this.held !== undefined)
      return `release by ${this.held.releasesNeeded - this.releasedBy.length} more: ${this.held.why}`;
    if (this.legalHold !== undefined && this.isHeldByLaw)
      return `the legal hold ${this.legalHold.eventId} (${this.legalHold.by}) to be lifted`;
    const parked = this.tracks.flatMap((track) =>
      track.parkedSteps().map((step) => `${track.id}: ${step.parked.detail}`),
    );
    if (parked.length > 0) return `a person to resolve ${parked.join('; ')}`;
    if (this.openRounds.length > 0) return 'a decision on the removal plan';
    if (this.phase === 'scheduled') return `the end of access at ${this.accessEndsAt}`;
    if (this.phase === 'retained') return `the end of the retention at ${this.plan?.retentionEndsAt ?? ''}`;
    const open = this.unfinishedTargets;
    return open.length > 0 ? `the steps on ${open.join(', ')}` : undefined;
  }

  get progress(): Progress {
    const approvals = this.openRounds.map((round) => round.progress);
    return {
      state: this.state,
      targets: this.tracks.map((track) => track.progress),
      ...(this.outcome === undefined ? {} : { outcome: this.outcome }),
      ...(this.dueAt === undefined ? {} : { dueAt: this.dueAt }),
      ...(this.waitingFor === undefined ? {} : { waitingFor: this.waitingFor }),
      ...(approvals[0] === undefined ? {} : { approval: approvals[0], approvals }),
      ...(this.notes.length === 0 ? {} : { notes: this.notes }),
    };
  }

  /** The requester and the person concerned: neither may decide. */
  get excluded(): readonly string[] {
    const { person, requestedBy } = this.request.leaver.event.data;
    return [
      person.id,
      person.username,
      person.email,
      requestedBy?.id,
      requestedBy?.username,
      requestedBy?.email,
      ...(person.aliases ?? []),
    ]
      .filter((name) => name !== undefined)
      .map((name) => name.toLowerCase());
  }

  remark(text: string): void {
    this.notes.push(text);
    if (this.notes.length > notesShown) this.notes.shift();
  }

  #shown = '';
  /** Puts state, due date and unfinished targets where the list of workflows shows them; only when they changed. */
  publish(): void {
    const { state, outcome, dueAt } = this;
    const targets = [...this.unfinishedTargets];
    // Unfinished targets alone are not worth an action: they are brought up to date whenever the state changes.
    const key = [state, outcome, dueAt, this.openRounds.length > 0].join('|');
    if (key === this.#shown) return;
    this.#shown = key;
    upsertSearchAttributes([
      { key: searchAttributes.state, value: state },
      { key: searchAttributes.awaitingApproval, value: this.openRounds.length > 0 },
      { key: searchAttributes.dueAt, value: dueAt === undefined ? null : new Date(dueAt) },
      { key: searchAttributes.targets, value: targets },
      ...(outcome === undefined ? [] : [{ key: searchAttributes.outcome, value: outcome }]),
    ]);
  }

  /** A draft about the flow itself; steps on targets bring their own. */
  draft(draft: Omit<EvidenceDraft, 'at' | 'eventHash'> & { readonly actor?: EvidenceActor }): EvidenceDraft {
    return { ...draft, at: new Date().toISOString(), eventHash: this.request.leaver.eventHash };
  }

  get workflowId(): string {
    return workflowInfo().workflowId;
  }
}
