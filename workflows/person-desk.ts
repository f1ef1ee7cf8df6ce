import { patched, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { RecordedEvent, Standing } from '../activities/contract';
import type { ChangeRequest } from '../domain/change';
import { joining, type HrEvent } from '../domain/event';
import type { LegalHold, LeaverRequest, TimedEvent } from '../domain/leaver';
import { FlowClock } from './clock';
import { causeOf, FlowSlot, type RunningFlow, type SlotOwner } from './flow-slot';
import { aboutLeaver, isForLeaver } from './for-leaver';
import { isFlowEnded, isHrMessage, isOperatorWord, isTimedEvent } from './guards';
import {
  flowEndedSignal,
  hrSignal,
  operatorSignal,
  returnedSignal,
  type HrMessage,
  type OperatorWord,
  type Returned,
} from './messages';
import { core } from './proxies';
import { ReturnedEvents, type Turn } from './returned';
import { Reviews, type ReviewState } from './reviews';

/** What a run of `person` hands to the next one. */
export interface PersonState extends ReviewState {
  readonly personId: string;
  readonly inbox?: readonly HrMessage[];
  readonly returned?: readonly TimedEvent[];
  /** The leaver that waits for its day or is at work. */
  readonly flow?: RunningFlow;
  /** The joiner, mover, suspension or restore. */
  readonly change?: RunningFlow;
  /** The last word of an operator on a flow that ended by it. */
  readonly operatorWord?: OperatorWord;
  /** Counts the events taken, over all runs since the workflow started. */
  readonly taken?: number;
  /** It goes by what it is told of the time, as its flows do. */
  readonly clock?: 'told';
}

/**
 * One person's inbox and the flows that run for them: a leaver, and beside it, until its day comes, one joiner, mover,
 * suspension or restore. A contractor's last day is often known before the first.
 */
export class PersonDesk implements SlotOwner {
  readonly clock: FlowClock;
  readonly #inbox: HrMessage[];
  readonly #returned: ReturnedEvents;
  readonly #leaver: FlowSlot;
  readonly #change: FlowSlot;
  #operatorWord: OperatorWord | undefined;
  readonly #reviews: Reviews;
  #taken: number;
  #written = 0;
  #ignored = 0;
  /** What anybody wants to be told, as the last event found it. */
  #notices: LeaverRequest['notices'];

  constructor(private readonly state: PersonState) {
    this.clock = new FlowClock(state.clock);
    this.#inbox = [...(state.inbox ?? [])];
    this.#returned = new ReturnedEvents(state.returned ?? []);
    this.#leaver = new FlowSlot(state.flow, this);
    this.#change = new FlowSlot(state.change, this);
    this.#operatorWord = state.operatorWord;
    // An earlier version did not keep it with the flow that it is about.
    for (const slot of this.slots)
      if (state.operatorWord !== undefined && slot.running?.words === undefined) slot.told(state.operatorWord);
    this.#reviews = new Reviews(state.personId, state, this.clock);
    this.#taken = state.taken ?? 0;
    setHandler(hrSignal, (message: unknown) => {
      if (!isHrMessage(message)) return this.ignore('hr');
      this.clock.tell(message.receivedAt);
      this.#inbox.push(message);
    });
    setHandler(flowEndedSignal, (ended: unknown) => {
      if (!isFlowEnded(ended)) return this.ignore('flowEnded');
      for (const slot of this.slots) slot.ended(ended);
      this.#reviews.expect(ended.reviewAt);
    });
    setHandler(returnedSignal, (returned: unknown) => {
      if (!isTimedEvent(returned)) return this.ignore('returned');
      const { from, closing }: Returned = returned;
      this.clock.tell(returned.receivedAt);
      this.#returned.add([returned]);
      if (from !== undefined && closing === true) for (const slot of this.slots) slot.closes(from);
    });
    setHandler(operatorSignal, (word: unknown) => {
      if (!isOperatorWord(word)) return this.ignore('operator');
      this.clock.tell(word.at);
      this.#operatorWord = word;
      for (const slot of this.slots) slot.told(word);
    });
    this.show();
  }

  private get slots(): readonly FlowSlot[] {
    return [this.#leaver, this.#change];
  }
  get hasNews(): boolean {
    return this.#inbox.length > 0 || !this.#returned.isEmpty || this.slots.some((slot) => slot.hasNews);
  }
  get isIdle(): boolean {
    const works = this.slots.some((slot) => slot.running !== undefined);
    return !this.hasNews && !works && this.#reviews.isEmpty;
  }

  /** How long to wait for news before looking around, and for which date; undefined: news will come by themselves. */
  get patience(): { readonly milliseconds: number; readonly until?: string } | undefined {
    const look = this.slots.every((slot) => slot.isWatching) ? undefined : { milliseconds: 3_600_000 };
    const { left, at } = this.#reviews;
    if (left === undefined || at === undefined) return look;
    // Earlier versions waited for the end of the change that runs, which is news.
    const waits = left <= 0 && this.#change.running !== undefined && !patched('review-asks-what-waits');
    if (waits && patched('review-waits-for-the-change')) return look;
    const milliseconds = Math.max(1, left);
    return look !== undefined && look.milliseconds < milliseconds ? look : { milliseconds, until: at };
  }

  carryOver(): PersonState {
    const flow = this.#leaver.running;
    const change = this.#change.running;
    return {
      personId: this.state.personId,
      inbox: [...this.#inbox],
      returned: this.#returned.all,
      taken: this.#taken,
      clock: 'told',
      ...(flow === undefined ? {} : { flow }),
      ...(change === undefined ? {} : { change }),
      ...(this.#operatorWord === undefined ? {} : { operatorWord: this.#operatorWord }),
      ...this.#reviews.state,
    };
  }

  async takeAll(): Promise<void> {
    while (this.hasNews) {
      for (const slot of this.slots) await slot.hearOfEnd();
      const turn = this.#returned.take();
      if (turn !== undefined) await this.decide(turn, await core.standingOf({ timed: turn.timed }));
      if (!this.#returned.isEmpty && patched('returned-first')) continue;
      const message = this.#inbox.shift();
      if (message !== undefined) await this.take(message);
      this.show();
    }
  }

  /** Nothing was heard for a while: are unwatched flows still there, and has a time-boxed grant ended? */
  async lookAround(until: string | undefined): Promise<void> {
    this.clock.tell(until);
    for (const slot of this.slots) await slot.lookAfter();
    const { left } = this.#reviews;
    if (left === undefined || left > 0) return;
    const isDecided = patched('review-asks-what-waits');
    if (this.#change.running !== undefined && !isDecided) return;
    const cause = this.#reviews.take();
    if (cause === undefined) return;
    // What waits for its day lets it pass; what is at work gives it back at its end.
    if (isDecided) return this.#returned.add([cause]);
    await this.#change.start({ kind: 'mover', request: { personId: this.state.personId, cause, ...this.told } });
  }

  private async take({ event, receivedAt }: HrMessage): Promise<void> {
    const { workflowId, runId } = workflowInfo();
    this.#taken += 1;
    const recorded = await core.recordEvent({
      event,
      receivedAt,
      key: `${workflowId}/${runId}/${this.#taken}`,
      batch: this.#taken,
    });
    this.#notices = recorded.notices;
    if (recorded.verdict === 'new' && recorded.cancelledBy === undefined)
      await this.decide({ timed: { ...recorded.timed, order: this.#taken }, saidLater: 0 }, recorded);
  }

  /** A flow that runs hears what is meant for it; otherwise the event starts one, or is a fact in the store. */
  private async decide(turn: Turn, known: Pick<RecordedEvent, 'standing' | 'hold'> | Standing): Promise<void> {
    const { timed } = turn;
    const { type } = timed.event;
    const standing = 'status' in known ? known : known.standing;
    if (
      isForLeaver(timed.event, { standing, leaver: this.#leaver.running, clock: this.clock }) &&
      (await this.#leaver.forward(timed))
    )
      return;
    if (this.waitsBehind(turn)) return;
    if (type === 'tenure.leaver') return await this.startLeaver(timed, known.hold);
    if (aboutLeaver.includes(type)) return;
    if (await this.#change.forward(timed)) return;
    if (this.waitsBehind(turn)) return;
    await this.startChange(timed, standing ?? (await core.standingOf({ timed })));
  }

  /** A flow that has just ended gave back what had been said to it before: that is decided first. */
  private waitsBehind(turn: Turn): boolean {
    if (!this.#returned.haveEarlier(turn) || !patched('returned-first')) return false;
    this.#returned.putBehind(turn);
    return true;
  }

  private async startLeaver(timed: TimedEvent, hold: LegalHold | undefined): Promise<void> {
    const contested = this.contradictionOf(timed.event);
    const request: LeaverRequest = {
      personId: this.state.personId,
      leaver: timed,
      ...(hold === undefined ? {} : { hold }),
      ...(contested === undefined ? {} : { contested }),
      ...this.told,
    };
    await this.#leaver.start({ kind: 'leaver', request });
  }

  private get told(): Pick<LeaverRequest, 'notices'> {
    return this.#notices === undefined ? {} : { notices: this.#notices };
  }

  private async startChange(timed: TimedEvent, standing: Standing): Promise<void> {
    const { status, deferred } = standing;
    const { type } = timed.event;
    const { personId } = this.state;
    const request = { personId, cause: timed, ...this.told };
    const gone = status === 'leaving' || status === 'left';
    if (joining.includes(type)) {
      this.#returned.add(this.#reviews.takeKept());
      return await this.#change.start({ kind: 'joiner', request });
    }
    if (type === 'tenure.undo') {
      if (deferred !== undefined && patched('carried-through-after-undo')) this.carryThrough(deferred);
      return await this.#change.start({ kind: 'restore', request });
    }
    if (gone) return await this.answer(timed, 'too-late', 'the person has left: a rehire or an undo comes first');
    if (type === 'tenure.suspended') return await this.#change.start({ kind: 'suspension', request });
    if (type === 'tenure.resumed') return await this.resume(request, standing);
    if (status === 'suspended' && type === 'tenure.review') return this.#reviews.keep(timed);
    if (status === 'suspended')
      return await this.answer(timed, 'deferred', 'the person is suspended: applied when they resume');
    await this.#change.start({ kind: 'mover', request });
  }

  private async resume(request: ChangeRequest, { status, deferred }: Standing): Promise<void> {
    const isSuspended = status === 'suspended';
    // Also when it never began: a joiner or mover may have stopped for it.
    if (deferred !== undefined && (isSuspended || patched('carried-through-unsuspended'))) this.carryThrough(deferred);
    if (!isSuspended) return await this.answer(request.cause, 'too-late', 'the person is not suspended');
    this.#returned.add(this.#reviews.takeKept());
    await this.#change.start({ kind: 'restore', request });
  }

  private carryThrough({ timed, ahead }: NonNullable<Standing['deferred']>): void {
    this.#returned.add(ahead === undefined ? [timed] : [timed, ahead]);
  }

  private async answer(timed: TimedEvent, outcome: string, detail: string): Promise<void> {
    const { personId } = this.state;
    await core.answerEvent({ personId, batch: this.nextBatch(), timed, outcome, detail });
  }

  /** An operator cancelled the last leaver; a later HR event that wants one waits for a person's word. */
  private contradictionOf(event: HrEvent): string | undefined {
    const word = this.#operatorWord;
    const isAboutLeaver = word?.word === 'cancel' && word.workflowId.startsWith('leaver:');
    if (!isAboutLeaver || event.data.urgent === true) return undefined;
    return `${word.by || 'an operator'} cancelled the last leaver at ${word.at} (${word.reason}); HR event ${event.id} wants it again`;
  }

  decideAfresh(events: readonly TimedEvent[]): void {
    this.#returned.add(events);
  }

  wasCancelled(flow: RunningFlow): boolean {
    return this.#operatorWord?.word === 'cancel' && this.#operatorWord.workflowId === flow.workflowId;
  }

  async tellOutside({
    outcome,
    detail,
    flow,
  }: {
    readonly outcome: string;
    readonly detail: string;
    readonly flow: RunningFlow;
  }): Promise<void> {
    const { eventHash } = causeOf(flow);
    const { workflowId, runId } = flow;
    const at = new Date().toISOString();
    await core.record({
      personId: this.state.personId,
      eventHash,
      batch: this.nextBatch(),
      entries: [{ kind: 'flow', at, outcome, detail, eventHash, data: { workflowId, runId } }],
    });
  }

  /** Numbers of writes that no event has; events count from one. */
  private nextBatch(): number {
    return 1_000_000 + (this.#written += 1);
  }

  private ignore(name: string): void {
    this.#ignored += 1;
    this.show(`A signal \`${name}\` was ignored: it is not for people. Send messages to the flow.`);
  }

  private show(note?: string): void {
    const running = this.slots.flatMap((slot) =>
      slot.running === undefined ? [] : [`\`${slot.running.workflowId}\``],
    );
    const flows = running.length === 0 ? 'No flow is running.' : `Running: ${running.join(', ')}.`;
    setCurrentDetails(
      [
        `**Person ${this.state.personId}**: ${this.#taken} events taken, ${this.#inbox.length} waiting. ${flows}`,
        ...this.#reviews.lines,
        note ?? '',
        this.#ignored > 0 ? `${this.#ignored} signals ignored.` : '',
      ]
        .filter((line) => line !== '')
        .join('\n\n'),
    );
  }
}
