import type { StepOutcome } from '../../domain/flow';
import { visible } from '../../domain/visible';
import type { FlowView } from '../flow-board';

/** Says what changed since it was asked last, one line a change: for files and pipes, where nothing can be redrawn. */
export class ChangeLines {
  readonly #seen = new Map<string, string>();

  /** @param begun when each person's event was handed over, in milliseconds since 1970 */
  changesIn(views: readonly FlowView[], begun: ReadonlyMap<string, number>): readonly string[] {
    return views.flatMap((view) => {
      const { personId, name, workflowId, progress } = view;
      const steps = progress.targets.flatMap((target) => {
        const news = target.steps.filter(
          (step) =>
            !isPassing(step.outcome) &&
            this.#isNew(`${workflowId} ${view.startedAt} ${target.id} ${step.name}`, step.outcome),
        );
        if (news.length === 0) return [];
        const words = news.map((step) => `${step.name} ${step.outcome}`).join(', ');
        return [visible(`${since(news.at(-1)?.at, begun.get(personId))} ${name}, ${target.id}: ${words}`)];
      });
      const state = progress.outcome ?? progress.state;
      if (!this.#isNew(`${workflowId} ${view.startedAt}`, state)) return steps;
      const why = progress.waitingFor === undefined ? '' : `, waiting for ${progress.waitingFor}`;
      return [...steps, visible(`${since(undefined, begun.get(personId))} ${name}, ${view.kind}: ${state}${why}`)];
    });
  }

  #isNew(what: string, now: string): boolean {
    if (this.#seen.get(what) === now) return false;
    this.#seen.set(what, now);
    return true;
  }
}

function isPassing(outcome: StepOutcome): boolean {
  return outcome === 'pending' || outcome === 'running' || outcome === 'not-ready';
}

/** Seconds since the HR event, or the time of day when the event came before this start. */
function since(at: string | undefined, begun: number | undefined): string {
  const then = at === undefined ? Date.now() : Date.parse(at);
  if (begun === undefined) return new Date(then).toISOString().slice(11, 19);
  return `+${Math.max(0, (then - begun) / 1000).toFixed(1)} s`.padStart(8);
}
