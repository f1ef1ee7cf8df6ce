import { NativeConnection, Worker } from '@temporalio/worker';
import { createCoreActivities } from '../../activities';
import type { HrEvent } from '../../domain/event';
import type { TimedEvent } from '../../domain/leaver';
import { openCoreDesk } from '../../workers/core-desk';
import { coreTaskQueue, flowEventSignal } from '../../workflows/messages';
import { testBundle } from '../rig/bundle';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-rest';
const people = ['e1', 'e2', 'e3', 'e4', 'e5'].map((id) => seedPerson(id));
const policy = {
  leaver: { retention: 'PT0S', sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' } },
  access: { rules: [{ id: 'all', when: 'true', target, account: { username: '{email}' } }] },
};

/** What HR says last counts, also when the leaver that runs has heard that it is to end. */
describe('a leaver event that comes while a leaver ends', () => {
  let rig: Rig;
  let connection: NativeConnection;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy } });
    connection = await NativeConnection.connect({ address: rig.engine.address });
  }, 120_000);
  afterAll(async () => {
    await rig?.stop();
    await connection?.close();
  }, 120_000);

  const account = (id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const timed = (event: HrEvent, moments: TimedEvent['moments'] = {}): TimedEvent => ({
    event,
    receivedAt: new Date().toISOString(),
    eventHash: `hash of ${event.id}`,
    moments,
  });
  const ago = () => new Date(Date.now() - 1000).toISOString();
  const scheduled = async (id: string) => {
    await rig.send(hrEvent(seedPerson(id), 'tenure.leaver', { effectiveAt: '2099-01-01' }));
    await rig.untilProgress(id, (seen) => seen.state === 'scheduled');
  };
  /** All of it comes to the leaver in one workflow task. */
  const sayAtOnce = async (id: string, said: readonly TimedEvent[]) => {
    await rig.stopWorkers();
    for (const one of said) await rig.leaver(id).signal(flowEventSignal, one);
    await rig.startWorkers();
  };
  const taken = (id: string) =>
    rig.until(
      async () => account(id)?.enabled,
      (enabled) => enabled === false,
      `the account of ${id} to be disabled`,
    );

  test('taken back and told anew in one workflow task: they leave', async () => {
    await scheduled('e1');
    const anew = hrEvent(seedPerson('e1'), 'tenure.leaver');
    await sayAtOnce('e1', [
      timed(hrEvent(seedPerson('e1'), 'tenure.leaver.cancelled')),
      timed(anew, { accessEndsAt: ago() }),
    ]);
    await taken('e1');
    await rig.idle('e1');
    expect(await rig.answersTo(anew)).not.toContain('applied');
  });

  test('told anew and taken back again: nothing happens', async () => {
    await scheduled('e2');
    const word = (type: HrEvent['type']) => timed(hrEvent(seedPerson('e2'), type), { accessEndsAt: '2099-02-02' });
    await sayAtOnce('e2', [word('tenure.leaver.cancelled'), word('tenure.leaver'), word('tenure.leaver.cancelled')]);
    await rig.idle('e2');
    expect(account('e2')).toMatchObject({ enabled: true, groups: ['Operators', 'VPN'] });
  });

  test('a rehire, and then a leaver, while what runs is cut off: they have left', async () => {
    for (const method of ['PATCH', 'PUT'] as const)
      rig.standIn(target).faults.add({ kind: 'slow', method, milliseconds: 600_000 });
    await rig.send(hrEvent(seedPerson('e3'), 'tenure.leaver', { urgent: true }));
    await taken('e3');
    const signals = async () =>
      ((await rig.leaver('e3').fetchHistory()).events ?? []).filter(
        (one) => one.workflowExecutionSignaledEventAttributes,
      ).length;
    await rig.send(hrEvent(seedPerson('e3'), 'tenure.rehire'));
    await rig.until(signals, (count) => count === 1, 'the rehire to be heard');
    const again = hrEvent(seedPerson('e3'), 'tenure.leaver', { effectiveAt: ago() });
    await rig.send(again);
    await rig.until(signals, (count) => count === 2, 'the leaver to be heard');
    rig.standIn(target).faults.clear();
    await rig.idle('e3');
    expect(account('e3')?.enabled).toBe(false);
    expect((await rig.store.people.get({ personId: 'e3' }))?.status).toBe('left');
    expect(await rig.answersTo(again)).toEqual(['accepted']);
  }, 120_000);

  test.each([
    ['urgent: it waits for no joiner that has to stop', 'e4', true],
    ['of another day: it starts when what gave way is given back', 'e5', false],
  ])(
    'a leaver that comes while what gave way is given back, %s',
    async (_name, id, urgent) => {
      await rig.stopWorkers();
      const joiner = await rig.client.workflow.start('joiner', {
        workflowId: `joiner:${id}`,
        taskQueue: 'nowhere',
        args: [{}],
      });
      await rig.store.flows.upsert({
        workflowId: `joiner:${id}`,
        runId: joiner.firstExecutionRunId,
        personId: id,
        flow: 'joiner',
        state: 'changing',
        startedAt: new Date().toISOString(),
        version: 0,
      });
      const half = async (kind: 'workflows' | 'activities', name: 'Scheduled' | 'Completed') => {
        const parts =
          kind === 'workflows'
            ? {
                workflowBundle: testBundle(),
                dataConverter: { payloadConverterPath: require.resolve('../../workflows/payload-converter') },
              }
            : { activities: createCoreActivities(openCoreDesk({ config: rig.config, store: rig.store })) };
        const { namespace } = rig.engine;
        const worker = await Worker.create({ connection, namespace, taskQueue: coreTaskQueue, ...parts });
        const seen = async () =>
          ((await rig.leaver(id).fetchHistory()).events ?? []).some((one) => one[`activityTask${name}EventAttributes`]);
        await worker.runUntil(rig.until(seen, (done) => done, `the ${kind}`).then(() => undefined));
      };
      const request = {
        personId: id,
        leaver: timed(hrEvent(seedPerson(id), 'tenure.leaver'), { accessEndsAt: ago() }),
      };
      await rig.client.workflow.start('leaver', {
        workflowId: `leaver:${id}`,
        taskQueue: coreTaskQueue,
        args: [request],
      });
      await half('workflows', 'Scheduled');
      await rig.leaver(id).signal(flowEventSignal, timed(hrEvent(seedPerson(id), 'tenure.leaver.cancelled')));
      await half('activities', 'Completed');
      await rig.startWorkers();
      await rig.until(
        async () => (await rig.leaver(id).describe()).raw.pendingActivities ?? [],
        (pending) => pending.some((one) => one.activityType?.name === 'resumeGivenWay'),
        'the giving back',
      );
      const when = urgent ? { urgent } : { effectiveAt: '2099-01-01' };
      await rig.send(hrEvent(seedPerson(id), 'tenure.leaver', when));
      await rig.until(
        async () => (await rig.leaver(id).fetchHistory()).events ?? [],
        (events) => events.filter((one) => one.workflowExecutionSignaledEventAttributes).length !== 1,
        'the leaver to be told',
      );
      if (urgent) await taken(id);
      await joiner.terminate('it does not stop by itself');
      if (!urgent) {
        await rig.untilProgress(id, (seen) => seen.dueAt?.startsWith('2099') === true, 'the new leaver');
        await rig.leaver(id).cancel();
      }
      await rig.idle(id);
      expect(account(id)?.enabled).toBe(!urgent);
    },
    120_000,
  );
});
