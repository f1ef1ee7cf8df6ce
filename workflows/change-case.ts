import { patched } from '@temporalio/workflow';
import type { ChangeKind, ChangeRequest } from '../domain/change';
import { joining } from '../domain/event';
import type { TimedEvent } from '../domain/leaver';
import { FlowCase } from './flow-case';
import type { GrantRound } from './round';
import type { TrackView } from './step-track';

/** Everything known of one joiner, mover, suspension or restore. */
export class ChangeCase extends FlowCase {
  cause: TimedEvent;
  /** When it takes effect. */
  beginsAt: string;
  /** A joiner's first day, where it begins some time before that: its lead. */
  firstDayAt: string | undefined;
  /** At work within the lead: the accounts stay disabled until then. */
  closedUntil: string | undefined;
  /** The HR event that tells the joiner anew within the lead: nothing is enabled by this one. */
  toldAnew: string | undefined;
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
    super(request);
    this.clock.tell(request.cause.receivedAt);
    this.cause = request.cause;
    this.notices = request.notices;
    this.beginsAt = beginOf(request.cause);
    this.firstDayAt = request.cause.moments.firstDayAt;
    this.held = request.contested === undefined ? undefined : { why: request.contested, releasesNeeded: 1 };
  }

  /** Nothing more is to be changed by this flow. */
  get isOver(): boolean {
    return this.cancelled !== undefined || this.stopped !== undefined || this.gaveWay !== undefined;
  }

  /** Called off, and nobody else has taken over: what was done is taken back. */
  get takesBack(): boolean {
    return this.stopped !== undefined && !(this.gaveWay !== undefined && leavesAllToOthers());
  }

  /** A newer word of HR before anything was changed: it is what counts now. */
  takeOver(newer: TimedEvent): void {
    const { type } = newer.event;
    const movesDate =
      newer.moments.beginsAt !== undefined ||
      type === this.cause.event.type ||
      // Without a day it means now, whatever waited for a day; earlier versions kept that one.
      (joining.includes(type) && patched('joins-on-its-own-day'));
    // A mover that comes before the first day tells who the person is then, not when that is.
    const keepsFirstDay = this.firstDayAt !== undefined && newer.event.type === 'tenure.mover';
    if (movesDate && !keepsFirstDay) {
      this.beginsAt = beginOf(newer);
      this.firstDayAt = newer.moments.firstDayAt;
    }
    this.cause = newer;
  }

  /** A person moves the day, which is the first one where there is a lead; the answer says what that means. */
  moveTo(at: string): string {
    if (this.closedUntil !== undefined) {
      this.closedUntil = at;
      return `the accounts stay disabled until ${at}`;
    }
    if (this.firstDayAt === undefined) {
      this.beginsAt = at;
      return `it begins at ${at}`;
    }
    const leadMs = Date.parse(this.firstDayAt) - Date.parse(this.beginsAt);
    this.firstDayAt = at;
    this.beginsAt = new Date(Date.parse(at) - leadMs).toISOString();
    return `it begins at ${this.beginsAt}, and the accounts are enabled at ${at}`;
  }

  override get openRounds(): readonly GrantRound[] {
    return this.rounds.filter((round) => round.state === 'open');
  }

  get dueAt(): string | undefined {
    if (this.outcome !== undefined) return undefined;
    if (this.phase === 'scheduled') return this.beginsAt;
    return this.openRounds[0]?.deadline ?? this.closedUntil ?? this.overlapEndsAt;
  }

  protected get waitsFor(): string | undefined {
    if (this.openRounds.length > 0) return 'a decision on privileged entitlements';
    if (this.phase === 'scheduled')
      return this.firstDayAt === undefined
        ? `its day, ${this.beginsAt}`
        : `the lead before its first day: accounts are made at ${this.beginsAt} and enabled at ${this.firstDayAt}`;
    // A step that does not return is what has to be seen first.
    if (this.closedUntil !== undefined && !this.tracks.some((track) => track.isBlocked)) return this.waitsForFirstDay;
    return this.overlapEndsAt === undefined ? undefined : `the end of the overlap at ${this.overlapEndsAt}`;
  }

  private get waitsForFirstDay(): string {
    return this.toldAnew === undefined
      ? `the first day, ${this.closedUntil ?? ''}: until then the accounts stay disabled`
      : `what runs to return: HR event ${this.toldAnew} tells the joiner anew and takes over then`;
  }
}

function beginOf({ moments, receivedAt }: TimedEvent): string {
  return moments.beginsAt ?? receivedAt;
}

/**
 * Whoever takes over decides what becomes of what was done. Earlier versions took it back all the same when both words had
 * been said, behind the back of a leaver that had contained it already.
 */
export function leavesAllToOthers(): boolean {
  return patched('gave-way-takes-nothing-back');
}
