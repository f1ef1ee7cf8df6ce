import type { ChangeKind, ChangeRequest } from '../domain/change';
import type { TimedEvent } from '../domain/leaver';
import { FlowCase } from './flow-case';
import type { GrantRound } from './round';
import type { TrackView } from './step-track';

/** Everything known of one joiner, mover, suspension or restore. */
export class ChangeCase extends FlowCase {
  cause: TimedEvent;
  /** When it takes effect. */
  beginsAt: string;
  /** Planned: something may have been changed. */
  began = false;
  /** Called off after it began: what was done is taken back. */
  stopped: { readonly by: string; readonly reason: string } | undefined;
  /** Another flow of this person takes over. */
  gaveWay: string | undefined;
  /** Targets where a step was running when it had to give way. */
  cutOffAt: readonly string[] = [];
  configHash: string | undefined;
  /** What is lost is kept until then. */
  overlapEndsAt: string | undefined;
  reviewAt: string | undefined;
  tracks: readonly TrackView[] = [];
  readonly rounds: GrantRound[] = [];

  constructor(
    readonly kind: ChangeKind,
    readonly request: ChangeRequest,
  ) {
    super(request.personId);
    this.cause = request.cause;
    this.notices = request.notices;
    this.beginsAt = beginOf(request.cause);
    this.held = request.contested === undefined ? undefined : { why: request.contested, releasesNeeded: 1 };
  }

  /** Nothing more is to be changed by this flow. */
  get isOver(): boolean {
    return this.cancelled !== undefined || this.stopped !== undefined || this.gaveWay !== undefined;
  }

  /** A newer word of HR before anything was changed: it is what counts now. */
  takeOver(newer: TimedEvent): void {
    const movesDate = newer.moments.beginsAt !== undefined || newer.event.type === this.cause.event.type;
    if (movesDate) this.beginsAt = beginOf(newer);
    this.cause = newer;
  }

  override get openRounds(): readonly GrantRound[] {
    return this.rounds.filter((round) => round.state === 'open');
  }

  get dueAt(): string | undefined {
    if (this.outcome !== undefined) return undefined;
    if (this.phase === 'scheduled') return this.beginsAt;
    return this.openRounds[0]?.deadline ?? this.overlapEndsAt;
  }

  protected get waitsFor(): string | undefined {
    if (this.openRounds.length > 0) return 'a decision on privileged entitlements';
    if (this.phase === 'scheduled') return `its day, ${this.beginsAt}`;
    return this.overlapEndsAt === undefined ? undefined : `the end of the overlap at ${this.overlapEndsAt}`;
  }
}

function beginOf({ moments, receivedAt }: TimedEvent): string {
  return moments.beginsAt ?? receivedAt;
}
