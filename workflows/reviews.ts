import type { HrEvent } from '../domain/event';
import type { TimedEvent } from '../domain/leaver';
import type { FlowClock } from './clock';

/** What a run of `person` hands to the next one of its reviews. */
export interface ReviewState {
  /** A time-boxed grant ends then. */
  readonly reviewAt?: string;
  /** One has ended while the person was suspended: it is looked at when they are back. */
  readonly review?: TimedEvent;
}

/** When a person is looked at again because a time-boxed grant of theirs ends. */
export class Reviews {
  #at: string | undefined;
  #kept: TimedEvent | undefined;

  constructor(
    private readonly personId: string,
    { reviewAt, review }: ReviewState,
    private readonly clock: FlowClock,
  ) {
    this.#at = reviewAt;
    this.#kept = review;
  }

  get state(): ReviewState {
    return {
      ...(this.#at === undefined ? {} : { reviewAt: this.#at }),
      ...(this.#kept === undefined ? {} : { review: this.#kept }),
    };
  }
  get isEmpty(): boolean {
    return this.#at === undefined && this.#kept === undefined;
  }
  get at(): string | undefined {
    return this.#at;
  }
  /** Milliseconds until the next; zero or less when it is due, undefined when none is expected. */
  get left(): number | undefined {
    if (this.#at === undefined) return undefined;
    return this.clock.hasCome(this.#at) ? 0 : this.clock.until(this.#at);
  }

  /** The earliest end counts: one that passed unseen is not forgotten for a later one. */
  expect(at: string | undefined): void {
    if (at !== undefined && (this.#at === undefined || at < this.#at)) this.#at = at;
  }

  /** The next one, as an event; it is not expected any more. */
  take(): TimedEvent | undefined {
    const at = this.#at;
    this.#at = undefined;
    return at === undefined ? undefined : reviewOf(this.personId, at);
  }

  /** The person is suspended: whatever they hold is of no use to them until they are back. */
  keep(review: TimedEvent): void {
    this.#kept = review;
  }

  /** They are back. */
  takeKept(): readonly TimedEvent[] {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept === undefined ? [] : [kept];
  }

  /** For people. */
  get lines(): readonly string[] {
    return [
      ...(this.#at === undefined ? [] : [`A time-boxed grant ends at ${this.#at}: looked at again then.`]),
      ...(this.#kept === undefined ? [] : ['A time-boxed grant has ended: looked at when the person is back.']),
    ];
  }
}

function reviewOf(personId: string, at: string): TimedEvent {
  const event: HrEvent = {
    specversion: '1.0',
    id: `review-${at}`,
    source: 'tenure',
    type: 'tenure.review',
    time: at,
    subject: personId,
    data: { person: { id: personId } },
  };
  return { event, receivedAt: at, eventHash: `review-${at}`, moments: {} };
}
