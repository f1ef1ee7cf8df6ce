import type { ActivateInput, Next, WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { askAgain } from './messages';

/**
 * Stops a query that would make the workflow go on. A query that waits for a worker is answered from the history as it is
 * when one comes back, and the SDK (1.24) takes what stands behind the last workflow task for a task of its own: with the
 * time of the one before, and cut where the query found it. What the workflow does then need not come out the same in a
 * replay (ADR 0019). The query fails, which is asked again; the run is taken up anew with its next task.
 */
class NothingBetweenTasks implements WorkflowInternalsInterceptor {
  #time = '';
  #length = 0;

  activate(input: ActivateInput, next: Next<WorkflowInternalsInterceptor, 'activate'>): void {
    const { timestamp, historyLength, isReplaying } = input.activation;
    const time = `${String(timestamp?.seconds)} ${String(timestamp?.nanos)}`;
    const length = historyLength ?? 0;
    // Each workflow task has a time of its own. What a replay shows has been through a task, whatever its time.
    if (isReplaying !== true && length > this.#length && time === this.#time) {
      throw new Error(askAgain);
    }
    this.#time = time;
    this.#length = length;
    next(input);
  }
}

export const interceptors = (): WorkflowInterceptors => ({ internals: [new NothingBetweenTasks()] });
