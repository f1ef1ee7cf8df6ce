import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflowCode, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflows } from '../../workers/bundle';
import { inClear } from './canonical';
import { historyFromJson } from './history-json';
import { goldenHistories, textOf, withoutHistory, workflowTypes, type Golden } from './golden';

const histories = goldenHistories();

/** What somebody who reads a failure here has to know. */
const advice =
  'This history no longer replays: a flow in flight would stop with it. docs/how-to/change-a-workflow.md says what to do.';

interface KeptEvent {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  startChildWorkflowExecutionInitiatedEventAttributes?: { workflowType: { name: string } };
}
interface KeptHistory {
  events: KeptEvent[];
}

let bundle: WorkflowBundleOption;
beforeAll(async () => {
  bundle = await bundleWorkflows();
}, 120_000);

async function replay(history: unknown, workflowBundle = bundle): Promise<void> {
  await Worker.runReplayHistory(
    {
      workflowBundle,
      dataConverter: { payloadConverterPath: require.resolve('../../workflows/payload-converter') },
    },
    historyFromJson(history),
  );
}

function historyOf(workflow: string, story: string): KeptHistory {
  const found = histories.find((one) => one.workflow === workflow && one.story === story);
  if (found === undefined) throw new Error(`there is no history ${workflow}/${story}`);
  return JSON.parse(textOf(found)) as KeptHistory;
}

describe('histories of earlier flows', () => {
  test.each(histories)('$file replays with the workflows as they are', async (golden: Golden) => {
    await replay(JSON.parse(textOf(golden))).catch((error: unknown) => {
      throw new Error(`${advice}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
  });

  test('every workflow type has one', () => {
    expect(workflowTypes()).toContain('leaver');
    expect(withoutHistory(workflowTypes(), histories)).toEqual([]);
    expect(withoutHistory([...workflowTypes(), 'boomerang'], histories)).toEqual(['boomerang']);
  });

  test.each(histories)('$file is a history of its folder, and tells nothing of the machine', (golden: Golden) => {
    const text = textOf(golden);
    const [start] = (JSON.parse(text) as { events: { workflowExecutionStartedEventAttributes?: unknown }[] }).events;
    expect(start?.workflowExecutionStartedEventAttributes).toMatchObject({ workflowType: { name: golden.workflow } });
    // The whole text in a failure would hide what was found.
    expect(inClear(text).match(/.{0,40}(\/(home|root|tmp|work|usr)\/|file:\/\/|node_modules).{0,40}/g)).toBeNull();
  });
});

describe('replaying can fail', () => {
  test('when an activity of the history is another one', async () => {
    const history = historyOf('leaver', 'contained-only');
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes);
    if (scheduled?.activityTaskScheduledEventAttributes === undefined) throw new Error('the leaver does nothing');
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'anotherOne';
    await expect(replay(history)).rejects.toBeInstanceOf(DeterminismViolationError);
  });

  test('when the history started a child that the code does not start', async () => {
    const history = historyOf('person', 'one-event');
    const started = history.events.find((event) => event.startChildWorkflowExecutionInitiatedEventAttributes);
    if (started?.startChildWorkflowExecutionInitiatedEventAttributes === undefined)
      throw new Error('the person starts no flow');
    started.startChildWorkflowExecutionInitiatedEventAttributes.workflowType.name = 'joiner';
    await expect(replay(history)).rejects.toBeInstanceOf(DeterminismViolationError);
  });

  test('when a step of the history is gone', async () => {
    const history = historyOf('leaver', 'cancelled-before-day');
    const waiting = history.events.findIndex((event) => event.eventType.endsWith('TIMER_STARTED'));
    if (waiting < 0) throw new Error('the leaver waits for nothing');
    history.events.splice(waiting, 1);
    renumber(history);
    await expect(replay(history)).rejects.toThrow(/nondeterminism/i);
  });

  test('when the workflow does things in another order', async () => {
    const otherOrder = await bundleWorkflowCode({
      workflowsPath: require.resolve('./other-order'),
      payloadConverterPath: require.resolve('../../workflows/payload-converter'),
    });
    await replay(historyOf('link', 'linked'));
    await expect(replay(historyOf('link', 'linked'), otherOrder)).rejects.toBeInstanceOf(DeterminismViolationError);
  }, 120_000);
});

function renumber(history: KeptHistory): void {
  history.events = history.events.map((event, index) => ({ ...event, eventId: String(index + 1) }));
}
