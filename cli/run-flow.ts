import { WorkflowFailedError, type Client } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { fromTemporal } from '../client/errors';
import { showProgress } from '../workers/engine/progress';
import { Complaint } from './exit';
import { wordsFor } from './failure';

export interface FlowToRun {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly input: object;
  /** Said while it takes long, such as `checking 8 targets`. */
  readonly doing: string;
  /** Milliseconds after which the person gets the terminal back; default 5 minutes. */
  readonly withinMs?: number;
  readonly searchAttributes?: SearchAttributePair[];
}

/** Starts a short workflow, which a worker runs, and waits for its result. */
export async function runFlow<Result>(client: Client, flow: FlowToRun): Promise<Result> {
  const { workflowType, workflowId, taskQueue, input, doing, withinMs = 5 * 60_000 } = flow;
  const progress = showProgress();
  progress.say(`${doing} (waiting for a worker on the task queue ${taskQueue})`);
  try {
    return await client.workflow.execute<(input: object) => Promise<Result>>(workflowType, {
      workflowId,
      taskQueue,
      args: [input],
      // With no worker anywhere, the question must not be answered days later.
      workflowExecutionTimeout: withinMs,
      ...(flow.searchAttributes === undefined ? {} : { typedSearchAttributes: flow.searchAttributes }),
    });
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw fromTemporal(error, `Running ${workflowId}`);
    const reason = wordsFor(rootOf(error));
    const hint = /timed? ?out/i.test(reason) ? ' Does a core worker run (tenure start, or tenure worker --core)?' : '';
    throw new Complaint(`${workflowId} did not succeed: ${reason}.${hint}`);
  } finally {
    progress.done();
  }
}

/** What an activity threw lies two wrappers deep. */
function rootOf(error: Error): unknown {
  let root: unknown = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  return root;
}
