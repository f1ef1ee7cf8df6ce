import type { FlowView } from '../flow-board';

/** Says what changed since it was asked last, one line a change: for files and pipes, where nothing can be redrawn. */
export class ChangeLines {
  readonly #seen = new Map<string, string>();

  /** @param begun when each person's event was handed over, in milliseconds since 1970 */
  changesIn(views: readonly FlowView[], begun: ReadonlyMap<string, number>): readonly string[] {
    return views.flatMap((view) => {
      const { personId, name, workflowId, progress } = view;
      const lines: string[] = [];
      for (const { id, steps } of progress.targets) {
        for (const step of steps) {
          const isNews = step.outcome !== 'pending' && this.#isNew(`${workflowId} ${id} ${step.name}`, step.outcome);
          if (isNews) lines.push(`${since(step.at, begun.get(personId))} ${name}, ${id}: ${step.name} ${step.outcome}`);
        }
      }
      const state = progress.outcome ?? progress.state;
      const why = progress.waitingFor === undefined ? '' : `, waiting for ${progress.waitingFor}`;
      if (this.#isNew(workflowId, state))
        lines.push(`${since(undefined, begun.get(personId))} ${name}: ${state}${why}`);
      return lines;
    });
  }

  #isNew(what: string, now: string): boolean {
    if (this.#seen.get(what) === now) return false;
    this.#seen.set(what, now);
    return true;
  }
}

/** Seconds since the HR event, or the time of day when the event came before this start. */
function since(at: string | undefined, begun: number | undefined): string {
  const then = at === undefined ? Date.now() : Date.parse(at);
  if (begun === undefined) return new Date(then).toISOString().slice(11, 19);
  return `+${Math.max(0, (then - begun) / 1000).toFixed(1)} s`.padStart(8);
}
