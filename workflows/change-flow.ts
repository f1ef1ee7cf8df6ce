import { condition, patched, setHandler } from '@temporalio/workflow';
import type { ChangeKind, ChangeReport, ChangeRequest } from '../domain/change';
import { compareEvents, joining, type HrEvent } from '../domain/event';
import { endedByWords, tenureItself, type FlowOutcome, type Strength } from '../domain/flow';
import type { HeldBack, TimedEvent } from '../domain/leaver';
import type { NoticeSettings } from '../domain/notice';
import { ChangeCase, leavesAllToOthers } from './change-case';
import { changeDetailsOf } from './change-details';
import { Flow, type FoundLink } from './flow';
import { stepExceptions } from './flow-case';
import type { HrAnswer } from './hr-desk';
import { giveWaySignal } from './messages';
import { watchSteps } from './waiting';

/** What every plan says before anything is changed. */
interface Plan {
  readonly madeAt?: string;
  readonly refused?: string;
  readonly held?: HeldBack;
  readonly configHash: string;
  readonly notices?: NoticeSettings;
}

/**
 * Runs the story of a joiner, mover, suspension or restore. Any of them stops at once when a leaver or a suspension
 * needs the person, without undoing anything: who takes over decides what becomes of it.
 */
export abstract class ChangeFlow extends Flow<ChangeCase> {
  constructor(kind: ChangeKind, request: ChangeRequest, cancelRequested: Promise<never>) {
    super(new ChangeCase(kind, request), cancelRequested);
    setHandler(giveWaySignal, (raw: unknown) => {
      const to = (raw as { to?: unknown } | null | undefined)?.to;
      this.giveWay(typeof to === 'string' ? to : 'another flow');
    });
    this.begin();
  }

  protected details(): string {
    return changeDetailsOf(this.case);
  }

  /** Waits for its day, wherever HR or an operator moves it. */
  async untilItBegins(): Promise<void> {
    const { case: flow, clock } = this;
    for (;;) {
      const at = flow.beginsAt;
      if (flow.isOver || clock.hasCome(at)) return;
      const summary = `Wait for ${at}`;
      const isMoved = await condition(() => flow.isOver || flow.beginsAt !== at, clock.until(at), { summary });
      if (!isMoved) clock.tell(at);
    }
  }

  /** The plan as of now; waits while people have to release the flow. Undefined when nothing is to be done. */
  async planned<P extends Plan>(read: () => Promise<P>): Promise<P | undefined> {
    const flow = this.case;
    for (;;) {
      if (flow.held !== undefined) {
        await this.untilReleased();
        // HR may have moved the day while it was held.
        if (this.isAhead && patched('held-heeds-its-day')) await this.untilItBegins();
      }
      if (flow.isOver) return undefined;
      const { cause } = flow;
      const plan = await read();
      this.clock.tell(plan.madeAt);
      this.hr.hearUnread();
      if (flow.cause !== cause && !flow.isOver && patched('newer-word-is-planned')) {
        await this.untilItBegins();
        continue;
      }
      flow.configHash = plan.configHash;
      flow.notices = plan.notices;
      if (plan.refused !== undefined) flow.cancelled ??= { by: tenureItself, reason: plan.refused };
      if (flow.isOver) return undefined;
      if (plan.held === undefined) {
        flow.planned = true;
        return plan;
      }
      flow.holdBack(plan.held);
      this.tell({ kind: 'budget', outcome: 'held', detail: plan.held.why });
    }
  }

  protected get isAhead(): boolean {
    return !this.clock.hasCome(this.case.beginsAt);
  }

  /** From here on something may be changed. */
  protected enterChanging(tracks: ChangeCase['tracks']): void {
    this.case.began = true;
    this.case.tracks = tracks;
    this.enter(this.case.kind === 'suspension' ? 'containing' : 'changing');
    void watchSteps(this);
  }

  protected trackContext() {
    return {
      person: this.person,
      urgent: () => this.case.cause.event.data.urgent === true,
      note: this.note.bind(this),
      changed: () => this.changed(),
      pendingSteps: () => this.pendingSteps(),
    };
  }

  /** Stops at once and undoes nothing: whoever takes over finds what is there. */
  giveWay(to: string): void {
    const flow = this.case;
    if (flow.gaveWay !== undefined || flow.outcome !== undefined) return;
    flow.gaveWay = to;
    flow.cutOffAt = flow.tracks
      .filter((track) => track.allSteps.some((step) => step.isRunning))
      .map((track) => track.id);
    this.stopTracks(`${to} takes over`);
    this.note([flow.draft({ kind: 'flow', outcome: 'gave-way', detail: `${to} takes over; nothing is undone` })]);
  }

  /** Somebody is suspended on a day to come: until then this goes on. */
  private async giveWayOn(at: string, to: string): Promise<void> {
    const summary = `Go on until the suspension begins at ${at}`;
    if (!(await condition(() => this.hasEnded, this.clock.until(at), { summary }))) this.clock.tell(at);
    this.giveWay(to);
  }

  protected stopTracks(why: string): void {
    for (const round of this.case.rounds) round.void();
    for (const track of this.case.tracks) track.giveUp(why);
  }

  cancel({ by, reason }: { by: string; reason: string }): string {
    const flow = this.case;
    if (!flow.began) {
      flow.cancelled ??= { by, reason };
      this.changed();
      return 'the flow ends; nothing was changed';
    }
    if (flow.stopped !== undefined && patched('second-cancel-changes-nothing')) return this.whatStoppingMeans;
    if (flow.gaveWay !== undefined && leavesAllToOthers())
      return `${flow.gaveWay} has taken over: it decides what becomes of what was done`;
    flow.stopped ??= { by, reason };
    this.stopTracks(`stopped by ${by}: ${reason}`);
    this.note([
      flow.draft({ kind: 'message', step: 'cancel', outcome: 'stopped', actor: { name: by }, detail: reason }),
    ]);
    return this.whatStoppingMeans;
  }

  protected abstract readonly whatStoppingMeans: string;

  get objectionToReschedule(): string | undefined {
    return this.case.hasBegun && this.case.closedUntil === undefined ? 'it has begun already' : undefined;
  }

  reschedule({ at, by }: { at: string; by: string }): string {
    const answer = this.case.moveTo(at);
    this.case.rescheduledBy = by;
    this.changed();
    return answer;
  }

  /** Newer words of HR replace older ones as long as nothing was changed; a suspension waits for nobody. */
  hear(timed: TimedEvent): HrAnswer | 'afterwards' {
    const { type } = timed.event;
    if (type === 'tenure.suspended' && this.case.kind !== 'suspension') {
      this.hearOfSuspension(timed);
      return 'afterwards';
    }
    if (!this.replacedBy(timed) && this.waitsLongerThan(timed)) return this.letPass(timed);
    if (!this.replacedBy(timed) || this.case.hasBegun || this.case.isOver) return 'afterwards';
    if (this.isOfALaterDay(timed) && patched('a-later-day-overtakes-nothing')) return 'afterwards';
    if (this.case.rescheduledBy !== undefined && timed.moments.beginsAt !== undefined) {
      return {
        outcome: 'needs-person',
        detail: `${this.case.rescheduledBy} set its day to ${this.case.firstDayAt ?? this.case.beginsAt}; HR now says ${timed.moments.firstDayAt ?? timed.moments.beginsAt}. Send reschedule with the right one`,
      };
    }
    this.case.takeOver(timed);
    this.changed();
    return { outcome: 'applied', detail: `it had not begun: this is what it does at ${this.case.beginsAt}` };
  }

  private hearOfSuspension({ event, moments }: TimedEvent): void {
    if (this.joinsAfter(event) && patched('joined-after-the-suspension')) return;
    const { beginsAt } = moments;
    if (beginsAt !== undefined && !this.clock.hasCome(beginsAt) && patched('suspension-on-its-day'))
      void this.giveWayOn(beginsAt, `suspension ${event.id}`);
    else this.giveWay(`suspension ${event.id}`);
  }

  protected waitsLongerThan({ event, moments }: TimedEvent): boolean {
    const { phase, held, isOver, hasBegun, beginsAt } = this.case;
    const waits = phase === 'scheduled' && held === undefined && !isOver && !hasBegun && this.isAhead;
    if (!waits || (moments.beginsAt ?? '') >= beginsAt) return false;
    return event.type === 'tenure.review' || patched('what-is-due-passes');
  }

  /** It is not about this flow, and is due before its day: it comes first, and then another flow waits for the day. */
  protected letPass(first: TimedEvent): HrAnswer {
    const { cause, beginsAt, firstDayAt } = this.case;
    const moments = { ...cause.moments, beginsAt, ...(firstDayAt === undefined ? {} : { firstDayAt }) };
    this.hr.giveBackFirst([first, { ...cause, moments }]);
    const { id, type } = first.event;
    this.giveWay(type === 'tenure.review' ? 'the look at a time-boxed grant that ends' : `HR event ${id}`);
    return { outcome: 'applied', detail: `it comes first; what this flow is about waits for ${beginsAt} again` };
  }

  /** It says how things stand from a day to come, and this one's day is here. A joiner's first day alone is moved so. */
  private isOfALaterDay({ event, moments }: TimedEvent): boolean {
    const { beginsAt } = moments;
    return !this.isAhead && !joining.includes(event.type) && beginsAt !== undefined && !this.clock.hasCome(beginsAt);
  }

  /** HR's own word that the person is here, which is later than this one: it does not stop for it. */
  private joinsAfter(event: HrEvent): boolean {
    return [this.case.request.cause, this.case.cause].some(
      (word) => joining.includes(word.event.type) && compareEvents(word.event, event) > 0,
    );
  }

  /** Whether this event says anew what the flow is about. */
  protected abstract replacedBy(timed: TimedEvent): boolean;

  get minStrength(): Strength {
    return 'asserted';
  }

  protected get configHash(): string | undefined {
    return this.case.configHash;
  }

  protected get foundLinks(): readonly FoundLink[] {
    return [];
  }

  /** Nothing follows but its end, which `person` waits for: else it would be handed its own events once more. */
  protected override get whileClosing(): { readonly closing: true } {
    return { closing: true };
  }

  /** Outcome and exceptions of its own; what ended it early comes first. */
  async conclude({
    outcome,
    exceptions = [],
  }: {
    readonly outcome: FlowOutcome;
    readonly exceptions?: readonly string[];
  }): Promise<ChangeReport> {
    const flow = this.case;
    const named = [...this.endedEarly(), ...exceptions, ...stepExceptions(flow.tracks)];
    const ended = this.outcomeOr(outcome, named);
    const { reviewAt, cutOffAt } = flow;
    const review = reviewAt === undefined || flow.isOver ? {} : { reviewAt };
    const evidence = await this.close(ended, named, review);
    return {
      personId: this.personId,
      outcome: ended,
      exceptions: named,
      evidence,
      ...review,
      ...(cutOffAt.length === 0 ? {} : { cutOffAt }),
      // Called off as well: nobody wants it carried through when who took over is gone.
      ...(flow.gaveWay === undefined || flow.stopped !== undefined ? {} : { unfinished: flow.cause }),
    };
  }

  private outcomeOr(outcome: FlowOutcome, exceptions: readonly string[]): FlowOutcome {
    const flow = this.case;
    if (flow.gaveWay !== undefined) return 'superseded';
    if (flow.cancelled !== undefined) return 'cancelled';
    if (flow.stopped !== undefined) return 'undone';
    return outcome === 'complete' && exceptions.length > 0 ? 'complete-with-exceptions' : outcome;
  }

  private endedEarly(): readonly string[] {
    const { gaveWay, cancelled, stopped } = this.case;
    const word = cancelled ?? stopped;
    if (gaveWay !== undefined) return [`${gaveWay} took over`];
    return word === undefined ? [] : [endedByWords(word)];
  }
}
