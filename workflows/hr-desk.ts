import { condition, patched, setHandler } from '@temporalio/workflow';
import { compareEvents } from '../domain/event';
import type { EvidenceDraft } from '../domain/evidence';
import type { TimedEvent } from '../domain/leaver';
import type { FlowClock } from './clock';
import { isTimedEvent } from './guards';
import { flowEventSignal } from './messages';

/** What a flow did with an event. */
export interface HrAnswer {
  readonly outcome: 'applied' | 'too-late' | 'needs-person';
  readonly detail: string;
}

/** What a flow does with what HR says while it runs. */
export interface HrReader {
  readonly clock: FlowClock;
  /**
   * `afterwards`: not this flow's to answer; it goes back to `person` when the flow has ended, and is decided afresh.
   * `undecided`: not yet; it is asked again by `hearUndecided`.
   */
  hear(timed: TimedEvent): HrAnswer | 'afterwards' | 'undecided';
  remark(text: string): void;
  /** Evidence: written at once by a flow at rest, by others with their next batch. */
  note(drafts: readonly EvidenceDraft[]): void;
}

/** What HR says while a flow runs; `person` alone forwards it. Each event is answered for in the evidence. */
export class HrDesk {
  readonly #events: TimedEvent[] = [];
  readonly #afterwards: TimedEvent[] = [];
  readonly #undecided: TimedEvent[] = [];
  #closed = false;

  constructor(private readonly reader: HrReader) {
    setHandler(flowEventSignal, (raw: unknown) => {
      if (isTimedEvent(raw)) this.#arrived(raw);
      else this.reader.remark('A signal `hr` was ignored: only the person workflow sends it.');
    });
  }

  #arrived(timed: TimedEvent): void {
    this.reader.clock.tell(timed.receivedAt);
    this.#events.push(timed);
  }

  async keep(): Promise<void> {
    for (;;) {
      await condition(() => this.#events.length > 0 || this.#closed);
      const timed = this.#events.shift();
      if (timed !== undefined) this.take(timed);
      else if (this.#closed) return;
    }
  }

  /** What was said to an earlier run of this flow; before anything else. */
  hearAgain(events: readonly TimedEvent[]): void {
    for (const timed of events) this.take(timed);
  }

  /** At once, before the flow goes on: several that come with the end of an activity would be read one by one behind it. */
  hearUnread(): void {
    if (this.#events.length > 0 && patched('heard-before-it-goes-on')) this.hearAgain(this.#events.splice(0));
  }

  /** It is known now what becomes of the flow. */
  hearUndecided(): void {
    this.hearAgain(this.#undecided.splice(0));
  }

  close(): void {
    this.#closed = true;
  }

  /** What came since the flow began to close. */
  get unread(): readonly TimedEvent[] {
    return this.#events;
  }
  get hasUnread(): boolean {
    return this.#events.length > 0 || this.#afterwards.length > 0;
  }

  /** To be decided before whatever else is kept for afterwards. */
  giveBackFirst(events: readonly TimedEvent[]): void {
    this.#afterwards.unshift(...events);
  }

  /** Events for afterwards, and those that came while the flow was closing: they go back to `person`. */
  takeUnread(): readonly TimedEvent[] {
    return [...this.#afterwards.splice(0), ...this.#events.splice(0)];
  }

  private take(timed: TimedEvent): void {
    const { event } = timed;
    this.reader.clock.tell(timed.receivedAt);
    const answer = this.reader.hear(timed);
    if (answer === 'afterwards') return this.keepForAfterwards(timed);
    if (answer === 'undecided') {
      this.#undecided.push(timed);
      return;
    }
    const { outcome, detail } = answer;
    if (outcome !== 'applied') this.reader.remark(`HR event ${event.id} (${event.type}): ${detail}`);
    this.note(timed, answer);
  }

  /** Each mover tells the whole state of the person: of several the last is carried through, and with it the others. */
  private keepForAfterwards(timed: TimedEvent): void {
    const isMover = ({ event }: TimedEvent) => event.type === 'tenure.mover';
    const known = isMover(timed) ? this.#afterwards.findLastIndex(isMover) : -1;
    const other = this.#afterwards[known];
    if (other === undefined) {
      this.#afterwards.push(timed);
      return;
    }
    const [older, newer] = compareEvents(other.event, timed.event) > 0 ? [timed, other] : [other, timed];
    // One of a day to come tells the state from that day on.
    if (this.#isAhead(newer, older) && patched('a-later-day-overtakes-nothing')) {
      this.#afterwards.splice(known, 1, older, newer);
      return;
    }
    this.#afterwards[known] = newer;
    const detail = `overtaken by ${newer.event.id}, which tells the whole state and is carried through`;
    this.note(older, { outcome: 'applied', detail });
  }

  private note({ event, eventHash }: TimedEvent, { outcome, detail }: HrAnswer): void {
    this.reader.note([
      {
        kind: 'event',
        at: new Date().toISOString(),
        step: event.type,
        outcome,
        detail: `${event.id}: ${detail}`,
        eventHash,
      },
    ]);
  }

  /** It takes effect after now, and after the other one. */
  #isAhead({ moments }: TimedEvent, other: TimedEvent): boolean {
    const { beginsAt } = moments;
    return beginsAt !== undefined && !this.reader.clock.hasCome(beginsAt) && beginsAt > (other.moments.beginsAt ?? '');
  }
}
