import type { HrEvent } from '../domain/event';
import type { FlowOutcome } from '../domain/flow';
import { endOfAccess, type LeaverPlan, type LeaverRequest, type LegalHold, type TimedEvent } from '../domain/leaver';
import { FlowCase } from './flow-case';
import type { RemovalRound } from './round';
import type { Track } from './track';

/** Everything known of one leaver: what stands where, what is waited for, what people said. */
export class LeaverCase extends FlowCase {
  readonly kind = 'leaver';
  readonly cause: TimedEvent;
  accessEndsAt: string;
  urgent: boolean;
  plan: LeaverPlan | undefined;
  legalHold: LegalHold | undefined;
  /** Why nothing will be deleted any more, when somebody said so. */
  deletionStopped: string | undefined;
  containmentBegan = false;
  /** The plan is being made, and whoever must stop for it is told. */
  isPlanning = false;
  /** A joiner or mover that had to give way has not ended yet. */
  takingOver = false;
  /** Another flow takes over: how this one ends. */
  gaveWay: FlowOutcome | undefined;
  /** HR said anew that they leave when this flow was about to end: another leaver follows. */
  leavesAgain = false;
  tracks: readonly Track[] = [];
  readonly rounds: RemovalRound[] = [];
  /** Leaver events that moved this flow's date; a cancellation may name any of them. */
  readonly eventIds: string[] = [];
  /** The latest, by HR's own time, of the events that say so. */
  lastWord: HrEvent;
  /** The place of the last leaver among the events of this person. */
  lastOrder: number | undefined;
  /** The retention is over for everything that has not been deleted. */
  retentionEnded = false;

  constructor(readonly request: LeaverRequest) {
    super(request);
    this.clock.tell(request.leaver.receivedAt);
    this.cause = request.leaver;
    this.lastWord = request.leaver.event;
    this.lastOrder = request.leaver.order;
    this.notices = request.notices;
    this.urgent = request.leaver.event.data.urgent === true;
    this.accessEndsAt = request.again?.accessEnded === true ? new Date().toISOString() : endOfAccess(request.leaver);
    if (request.again?.accessEnded === true) this.clock.tell(this.accessEndsAt);
    this.legalHold = request.hold;
    this.held = request.contested === undefined ? undefined : { why: request.contested, releasesNeeded: 1 };
  }

  /** A legal hold blocks asking and deleting, not containing: it shows once there is something to ask for. */
  override get heldBesides(): string | undefined {
    const { legalHold } = this;
    const blocks = this.retentionEnded && this.tracks.some((track) => track.deletionDue && track.contained);
    return legalHold !== undefined && blocks
      ? `the legal hold ${legalHold.eventId} (${legalHold.by}) to be lifted`
      : undefined;
  }

  override get standingHold(): LegalHold | undefined {
    return this.legalHold;
  }

  override get isMakingWay(): boolean {
    return this.gaveWay !== undefined;
  }

  override get openRounds(): readonly RemovalRound[] {
    return this.rounds.filter((round) => round.state === 'open');
  }

  /** What a plan rests on of what HR and operators say. */
  get endOfAccessAsSaid(): string {
    return `${this.accessEndsAt}${this.urgent ? ' urgent' : ''}`;
  }

  /** By this run or the one before it, which was ended from outside. */
  get accessEnded(): boolean {
    return this.containmentBegan || this.request.again?.accessEnded === true;
  }

  protected get began(): boolean {
    return this.accessEnded;
  }

  /** As long as nothing has begun: later it is only deletion that can be stopped. */
  get isOver(): boolean {
    return this.cancelled !== undefined;
  }

  /** Called off, or another flow takes over: what HR says now is not for this one. */
  get isEnding(): boolean {
    return this.isOver || this.gaveWay !== undefined;
  }

  get dueAt(): string | undefined {
    if (this.outcome !== undefined) return undefined;
    if (this.phase === 'scheduled') return this.accessEndsAt;
    if (this.phase === 'retained') return this.plan?.retentionEndsAt;
    return this.openRounds[0]?.deadline;
  }

  protected get waitsFor(): string | undefined {
    if (this.openRounds.length > 0) return 'a decision on the removal plan';
    if (this.phase === 'scheduled') return `the end of access at ${this.accessEndsAt}`;
    if (this.phase === 'retained') return `the end of the retention at ${this.plan?.retentionEndsAt ?? ''}`;
    return undefined;
  }
}
