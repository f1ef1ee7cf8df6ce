import { sleep, workflowInfo } from '@temporalio/workflow';
import type { Flow } from './flow';
import type { FlowCase } from './flow-case';
import { core } from './proxies';

/** First look, then ever rarer ones, and only while something stands still: a timer is an action, a look another. */
const looks = ['2m', '10m', '1h', '6h', '1d'] as const;

/**
 * Makes waiting visible: a step that has not returned is asked after at the server, and shown with its attempt and
 * last failure, or with "no worker". Draining on purpose is not waiting.
 */
export async function watchSteps(flow: Flow<FlowCase>): Promise<void> {
  for (let look = 0; ; look += 1) {
    await sleep(looks[Math.min(look, looks.length - 1)] ?? '1d', {
      summary: 'Look after steps that have not returned',
    });
    if (flow.case.outcome !== undefined || flow.case.rests) return;
    const { workflowId, runId } = workflowInfo();
    const pending = await core.inspectPending({ workflowId, runId });
    for (const track of flow.case.tracks) {
      for (const step of track.allSteps) {
        const { name } = step;
        const found = pending.find((one) => one.target === track.id && one.step === name);
        if (!step.isRunning || found === undefined || found.state === 'running') continue;
        const why =
          found.state === 'no-worker'
            ? `no worker answers on its queue`
            : `attempt ${found.attempt}: ${found.lastFailure ?? 'no reason known'}`;
        step.show('waiting', why);
        flow.note([flow.case.draft({ kind: 'wait', step: name, target: track.id, outcome: 'waiting', detail: why })]);
      }
    }
    flow.book.chapter();
    flow.changed();
  }
}
