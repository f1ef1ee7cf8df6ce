import type { TimedEvent } from '../domain/leaver';
import type { Returned } from './messages';

/** One event whose turn it is to be decided. */
export interface Turn {
  readonly timed: TimedEvent;
  /** The flow that gave it back; a word straight from HR has none. */
  readonly from?: Returned['from'];
  /** How many of those that waited when its turn came were said after it. */
  readonly saidLater: number;
}

/** Events that flows gave back at their end, in the order in which they were said. */
export class ReturnedEvents {
  readonly #waiting: Returned[];

  constructor(waiting: readonly Returned[]) {
    this.#waiting = [...waiting];
  }

  get all(): readonly Returned[] {
    return this.#waiting;
  }
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(events: readonly Returned[]): void {
    this.#waiting.push(...events);
  }

  take(): Turn | undefined {
    const returned = this.#waiting.shift();
    if (returned === undefined) return undefined;
    const { from, closing: _, ...timed } = returned;
    return { timed, saidLater: this.#waiting.length, ...(from === undefined ? {} : { from }) };
  }

  /** Another flow has ended since this turn began, and gave back what had been said to it: that was said first. */
  haveEarlier({ saidLater, from }: Turn): boolean {
    return this.#waiting.slice(saidLater).some((one) => isEarlier(one, from));
  }

  /** Its turn comes again behind those. */
  putBehind({ timed, from, saidLater }: Turn): void {
    const later = this.#waiting.splice(0, saidLater);
    const fresh = this.#waiting.splice(0);
    const earlier = fresh.filter((one) => isEarlier(one, from));
    const own = fresh.filter((one) => !isEarlier(one, from));
    this.#waiting.push(...earlier, { ...timed, ...(from === undefined ? {} : { from }) }, ...later, ...own);
  }
}

/** What one flow gives back comes in its order: the next from the same flow was said after this one. */
function isEarlier(one: Returned, from: Returned['from']): boolean {
  return from === undefined || one.from?.runId !== from.runId;
}
