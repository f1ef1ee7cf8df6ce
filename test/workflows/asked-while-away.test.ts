import type { HrEvent } from '../../domain/event';
import type { TimedEvent } from '../../domain/leaver';
import { coreTaskQueue, flowEventSignal } from '../../workflows/messages';
import { replayHistories } from '../rig/replay';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';

/**
 * A query that waits for a worker is answered by the first one that comes back, with all that has happened meanwhile: the
 * flow goes on then, with the time of the workflow task before (ADR 0019).
 */
describe('flows that somebody looks at while no worker is there', () => {
  let rig: Rig;
  beforeAll(async () => {
    const config = { policy: { leaver: { retention: 'PT0S' } } };
    rig = await Rig.start({ types: [target], people: ['q1', 'q2'].map((id) => seedPerson(id)), config });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const timed = (event: HrEvent, accessEndsAt?: string): TimedEvent => ({
    event,
    receivedAt: new Date().toISOString(),
    eventHash: event.id,
    moments: accessEndsAt === undefined ? {} : { accessEndsAt },
  });

  test.each([
    ['a flow', 'q1', 'told'],
    ['a flow that an earlier version started', 'q2', undefined],
  ] as const)(
    'an urgent word to %s ends access at once, and the history replays',
    async (_, id, clock) => {
      const leaver = timed(hrEvent(seedPerson(id), 'tenure.leaver'), '2099-01-01T00:00:00.000Z');
      const request = { personId: id, leaver, ...(clock === undefined ? {} : { clock }) };
      const { workflowId } = rig.leaver(id);
      await rig.client.workflow.start('leaver', { workflowId, taskQueue: coreTaskQueue, args: [request] });
      await rig.untilProgress(id, ({ state }) => state === 'scheduled');
      await rig.stopWorkers();
      // Some are refused, some answered, some give up: what matters is what they do to the flow.
      for (let looks = 0; looks < 2; looks += 1) void rig.progress(id).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      await rig.leaver(id).signal(flowEventSignal, timed(hrEvent(seedPerson(id), 'tenure.leaver', { urgent: true })));
      await rig.startWorkers();
      expect(await rig.ended(id)).toMatchObject({ outcome: 'complete-with-exceptions' });
      expect(rig.standIn(target).account(`${id}@acme.test`)).toMatchObject({ enabled: false, groups: [] });
      const history = await rig.leaver(id).fetchHistory();
      const begun = history.events?.find((one) => one.activityTaskScheduledEventAttributes != null);
      const timers = history.events?.filter((one) => one.timerStartedEventAttributes != null) ?? [];
      // The one until 2099; a second one would last as long as the flow had waited.
      expect(timers.filter((one) => Number(one.eventId) < Number(begun?.eventId))).toHaveLength(1);
      expect(await replayHistories([{ workflowId, history }])).toBe(1);
    },
    60_000,
  );
});
