import { flowEventSignal } from '../../workflows/messages';
import { replayHistories } from '../rig/replay';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';
import type { TimedEvent } from '../../domain/leaver';

const target = 'beyondtrust-scim';

/**
 * A query that waits for a worker is answered by the first one that comes back, with all that has happened meanwhile: the
 * flow goes on then, with the time of the workflow task before (ADR 0019).
 */
describe('flows that somebody looks at while no worker is there', () => {
  let rig: Rig;
  beforeAll(async () => {
    const config = { policy: { leaver: { retention: 'PT0S' } } };
    rig = await Rig.start({ types: [target], people: ['q1'].map((id) => seedPerson(id)), config });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  test('an urgent word ends access at once, and the history replays', async () => {
    await rig.send(hrEvent(seedPerson('q1'), 'tenure.leaver', { effectiveAt: '2099-01-01' }));
    await rig.untilProgress('q1', ({ state }) => state === 'scheduled');
    await rig.stopWorkers();
    const looks = Array.from({ length: 4 }, async () => rig.progress('q1').catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const event = hrEvent(seedPerson('q1'), 'tenure.leaver', { urgent: true });
    const urgent: TimedEvent = { event, receivedAt: new Date().toISOString(), eventHash: event.id, moments: {} };
    await rig.leaver('q1').signal(flowEventSignal, urgent);
    await rig.startWorkers();
    await Promise.all(looks);
    expect(await rig.ended('q1')).toMatchObject({ outcome: 'complete-with-exceptions' });
    expect(rig.standIn(target).account('q1@acme.test')).toMatchObject({ enabled: false, groups: [] });
    const history = await rig.leaver('q1').fetchHistory();
    const begun = history.events?.find((one) => one.activityTaskScheduledEventAttributes != null);
    const timers = history.events?.filter((one) => one.timerStartedEventAttributes != null) ?? [];
    // The one until 2099; a second one would last as long as the flow had waited.
    expect(timers.filter((one) => Number(one.eventId) < Number(begun?.eventId))).toHaveLength(1);
    expect(await replayHistories([{ workflowId: 'q1', history }])).toBe(1);
  }, 60_000);
});
