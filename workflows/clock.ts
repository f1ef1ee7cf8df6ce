/**
 * What time it is for a flow. Whether a date has come decides what is done next, so it has to come out the same in a
 * replay. `Date.now()` does not always: a worker that takes a flow up because somebody queries it may be handed what has
 * come since, an event or the end of an activity, with the time of the workflow task before (ADR 0019). So a date has come
 * when a later moment was told: by an event of HR, a person's message, an activity, or a timer that fired.
 */
export class FlowClock {
  #told = 0;

  /** Flows of earlier versions went by `Date.now()`, and have to be replayed so. */
  constructor(private readonly goesBy: 'told' | undefined) {}

  tell(moment: string | undefined): void {
    const at = Date.parse(moment ?? '');
    if (at > this.#told) this.#told = at;
  }

  hasCome(at: string): boolean {
    return Date.parse(at) <= (this.goesBy === 'told' ? this.#told : Date.now());
  }

  /** Milliseconds until a date that has not come; at least one, so that there is a timer whatever the clock says. */
  until(at: string): number {
    if (this.goesBy !== 'told') return Date.parse(at) - Date.now();
    return Math.max(1, Date.parse(at) - Math.max(Date.now(), this.#told));
  }
}
