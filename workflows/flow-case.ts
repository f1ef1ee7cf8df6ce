import { patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { EvidenceDraft } from '../domain/evidence';
import type { FlowKind, FlowOutcome, FlowState, Progress } from '../domain/flow';
import {
  reasonsOf,
  type HeldBack,
  type HoldReason,
  type LegalHold,
  type Releases,
  type TimedEvent,
} from '../domain/leaver';
import type { NoticeSettings } from '../domain/notice';
import { FlowClock } from './clock';
import { searchAttributes } from './messages';
import type { Round } from './round';
import type { TrackView } from './step-track';

/** Notes shown in the details; older ones stay in the evidence. */
const notesShown = 8;

/** Everything known of one flow: what stands where, what is waited for, what people said. */
export abstract class FlowCase {
  abstract readonly kind: FlowKind;
  /** The event that started it. */
  abstract readonly cause: TimedEvent;
  abstract readonly request: { readonly contested?: string };
  /** What anybody wants to be told: as the plan found it, before that as the event did. */
  notices: NoticeSettings | undefined;
  abstract readonly tracks: readonly TrackView[];
  abstract readonly rounds: readonly Round[];
  /** When it goes on by itself. */
  abstract readonly dueAt: string | undefined;
  phase: FlowState = 'scheduled';
  outcome: FlowOutcome | undefined;
  held: HeldBack | undefined;
  /** Who released what holds it back now, each once. */
  readonly releasedBy: string[] = [];
  readonly #releasedFor: Partial<Record<HoldReason, string[]>> = {};
  /** Called off before anything was changed. */
  cancelled: { readonly by: string; readonly reason: string } | undefined;
  /** The plan that counts is made: the first step follows in this workflow task. */
  planned = false;
  rescheduledBy: string | undefined;
  readonly notes: string[] = [];
  /** What people have to do that belongs to no target. */
  readonly handOver: string[] = [];

  readonly personId: string;
  readonly clock: FlowClock;

  constructor({ personId, clock }: { readonly personId: string; readonly clock?: 'told' }) {
    this.personId = personId;
    this.clock = new FlowClock(clock);
  }

  /** People release what they are shown: what was said of an earlier hold counts for this one no more. */
  holdBack(held: HeldBack): void {
    this.held = held;
    if (patched('words-by-hold')) this.releasedBy.length = 0;
  }

  release(by: string): void {
    this.releasedBy.push(by);
    for (const reason of this.held === undefined ? [] : reasonsOf(this.held)) {
      const names = (this.#releasedFor[reason] ??= []);
      if (!names.includes(by)) names.push(by);
    }
  }

  /** What a plan has to know of people's words. */
  get releases(): Releases {
    const releasedFor = this.#releasedFor;
    const releasedBy = [...new Set(Object.values(releasedFor).flat())];
    return releasedBy.length === 0 ? { releasedBy } : { releasedBy, releasedFor };
  }

  /** What it waits for when nobody has to release, lift or resolve anything. */
  protected abstract get waitsFor(): string | undefined;
  /** A hold that shows as `held` besides the hold-backs of safety rules; what it is waited for. */
  get heldBesides(): string | undefined {
    return undefined;
  }

  /** A legal hold that somebody has to review one day. */
  get standingHold(): LegalHold | undefined {
    return undefined;
  }
  /** Another flow waits for the end of this one. */
  get isMakingWay(): boolean {
    return false;
  }

  /** Held comes first, then blocked, then the phase. */
  get state(): FlowState {
    if (this.outcome !== undefined) return 'done';
    if (this.held !== undefined || this.heldBesides !== undefined) return 'held';
    if (this.tracks.some((track) => track.isBlocked)) return 'blocked';
    return this.phase;
  }

  /** Something may have been changed. */
  protected abstract get began(): boolean;
  /** Nothing more is to be changed by this flow. */
  abstract get isOver(): boolean;

  /** Too late for another day or another cause: the plan is made. */
  get hasBegun(): boolean {
    return this.began || (this.planned && heedsWordsAfterPlan());
  }

  /** Called off between the plan and the first step: nothing is begun. */
  get calledOff(): boolean {
    return this.isOver && heedsWordsAfterPlan();
  }

  /** Nothing runs: it waits for people, a date or a vendor. */
  get rests(): boolean {
    return !this.tracks.some((track) => track.allSteps.some((step) => step.isRunning));
  }

  get openRounds(): readonly Round[] {
    return this.rounds.filter((round) => round.state === 'open');
  }

  get unfinishedTargets(): readonly string[] {
    return [...new Set(this.tracks.filter((track) => !track.finished).map((track) => track.id))];
  }

  /** What the flow waits for, in one line for people. */
  get waitingFor(): string | undefined {
    if (this.outcome !== undefined) return undefined;
    if (this.held !== undefined)
      return `release by ${this.held.releasesNeeded - this.releasedBy.length} more: ${this.held.why}`;
    if (this.heldBesides !== undefined) return this.heldBesides;
    const parked = this.tracks.flatMap((track) =>
      track.parkedSteps().map((step) => `${track.id}: ${step.parked.detail}`),
    );
    if (parked.length > 0) return `a person to resolve ${parked.join('; ')}`;
    return this.waitsFor ?? this.waitsForTargets;
  }

  private get waitsForTargets(): string | undefined {
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
    const { person, requestedBy } = this.cause.event.data;
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

  /** Puts state, due date and unfinished targets where the list of workflows shows them; only when they changed. */
  publish(): void {
    const { state, outcome } = this;
    const dueAt = this.dueAt === undefined ? undefined : new Date(this.dueAt);
    const isAwaitingApproval = this.openRounds.length > 0;
    const { typedSearchAttributes: shown } = workflowInfo();
    // Unfinished targets alone are not worth an action: they are brought up to date whenever the state changes.
    if (
      shown.get(searchAttributes.state) === state &&
      shown.get(searchAttributes.outcome) === outcome &&
      shown.get(searchAttributes.dueAt)?.getTime() === dueAt?.getTime() &&
      shown.get(searchAttributes.awaitingApproval) === isAwaitingApproval
    )
      return;
    upsertSearchAttributes([
      { key: searchAttributes.state, value: state },
      { key: searchAttributes.awaitingApproval, value: isAwaitingApproval },
      { key: searchAttributes.dueAt, value: dueAt ?? null },
      { key: searchAttributes.targets, value: [...this.unfinishedTargets] },
      ...(outcome === undefined ? [] : [{ key: searchAttributes.outcome, value: outcome }]),
    ]);
  }

  /** A draft about the flow itself; steps on targets bring their own. */
  draft(draft: Omit<EvidenceDraft, 'at' | 'eventHash'>): EvidenceDraft {
    return { ...draft, at: new Date().toISOString(), eventHash: this.cause.eventHash };
  }

  get workflowId(): string {
    return workflowInfo().workflowId;
  }
}

/**
 * A function that returns its plan gives way to whoever waits, before its caller goes on: what was said while the plan was
 * made may be heard just then. Earlier versions went on all the same.
 */
function heedsWordsAfterPlan(): boolean {
  return patched('words-after-plan');
}

/** Whatever keeps a flow from being simply complete, named for its report. */
export function stepExceptions(tracks: readonly TrackView[]): readonly string[] {
  const plain = ['pending', 'done', 'already', 'clean'];
  return tracks.flatMap((track) =>
    track.progress.steps
      .filter((step) => !plain.includes(step.outcome))
      .map(
        (step) => `${track.id}: ${step.name} ${step.outcome}${step.detail === undefined ? '' : ` (${step.detail})`}`,
      ),
  );
}
