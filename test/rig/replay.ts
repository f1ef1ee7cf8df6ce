import type { Client } from '@temporalio/client';
import { Worker, type ReplayHistoriesIterable } from '@temporalio/worker';
import { testBundle } from './bundle';

/** Workflow types whose histories may be left out, each with its reason. None is. */
const leftOut: Readonly<Record<string, string>> = {};

/** Replays every history that the tests made: a change that would break a flow in flight fails here. */
export async function replayAll(client: Client): Promise<number> {
  return await replayHistories(client.workflow.list().intoHistories({ concurrency: 5 }));
}

/** Replays these, and names those that do not. */
export async function replayHistories(histories: ReplayHistoriesIterable): Promise<number> {
  const results = Worker.runReplayHistories(
    {
      workflowBundle: testBundle(),
      dataConverter: { payloadConverterPath: require.resolve('../../workflows/payload-converter') },
    },
    histories,
  );
  const broken: string[] = [];
  let count = 0;
  for await (const { workflowId, error } of results) {
    count += 1;
    if (error !== undefined && leftOut[workflowId] === undefined) broken.push(`${workflowId}: ${error.message}`);
  }
  if (broken.length > 0) throw new Error(`histories that do not replay:\n${broken.join('\n')}`);
  return count;
}
