import { NativeConnection, Worker } from '@temporalio/worker';
import { createCoreActivities } from '../../activities';
import type { HrEvent } from '../../domain/event';
import type { FlowKind } from '../../domain/flow';
import type { TimedEvent } from '../../domain/leaver';
import { openCoreDesk } from '../../workers/core-desk';
import { coreTaskQueue, flowWorkflowId, giveWaySignal, flowEventSignal } from '../../workflows/messages';
import { testBundle } from '../rig/bundle';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const rules = [
  { id: 'all', when: 'true', target, account: { username: '{email}' }, grants: [{ kind: 'group', name: 'VPN' }] },
];

/**
 * What is said while a plan is made may come to the flow in the same workflow task as the plan. Here the two halves of a
 * worker take turns, so that it always does.
 */
describe('what is said while the plan is made', () => {
  let rig: Rig;
  let connection: NativeConnection;
  const people = ['g1', 'g2', 'g3', 'g6', 'g7', 'g8'].map((id) => seedPerson(id));
  beforeAll(async () => {
    const config = { mode: 'full', policy: { leaver: { retention: 'PT0S' }, access: { rules } } };
    rig = await Rig.start({ types: [target], people, config });
    connection = await NativeConnection.connect({ address: rig.engine.address });
    await rig.stopWorkers();
  }, 120_000);
  afterAll(async () => {
    await rig?.stop();
    await connection?.close();
  });
  afterEach(async () => rig.stopWorkers());

  const timed = (event: HrEvent, more: Partial<TimedEvent['moments']> = {}): TimedEvent => ({
    event,
    receivedAt: new Date().toISOString(),
    eventHash: `hash of ${event.id}`,
    moments: more,
  });
  const person = (id: string, department: string) => ({
    id,
    username: `${id}@acme.test`,
    email: `${id}@acme.test`,
    displayName: id,
    department,
  });

  async function half(kind: 'workflows' | 'activities', until: () => Promise<boolean>): Promise<void> {
    const parts =
      kind === 'workflows'
        ? {
            workflowBundle: testBundle(),
            dataConverter: { payloadConverterPath: require.resolve('../../workflows/payload-converter') },
          }
        : { activities: createCoreActivities(openCoreDesk({ config: rig.config, store: rig.store })) };
    const worker = await Worker.create({
      connection,
      namespace: rig.engine.namespace,
      taskQueue: coreTaskQueue,
      ...parts,
    });
    await worker.runUntil(rig.until(until, (done) => done, `the ${kind} to be done`).then(() => undefined));
  }

  async function eventsOf(workflowId: string, name: 'Scheduled' | 'Completed'): Promise<number> {
    const { events } = await rig.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).filter((one) => one[`activityTask${name}EventAttributes`] != null).length;
  }

  /** Starts a flow, has its plan asked for, lets people speak, has the plan made, and lets the flow go on. */
  async function withWord(
    kind: FlowKind,
    request: { personId: string },
    word: () => Promise<unknown>,
  ): Promise<string> {
    const workflowId = flowWorkflowId(kind, request.personId);
    await rig.client.workflow.start(kind, { workflowId, taskQueue: coreTaskQueue, args: [request] });
    await half('workflows', async () => (await eventsOf(workflowId, 'Scheduled')) === 1);
    await word();
    await half('activities', async () => (await eventsOf(workflowId, 'Completed')) >= 1);
    await rig.startWorkers();
    return workflowId;
  }

  const longAgo = { accessEndsAt: '2020-12-01T00:00:00.000Z' };
  const leave = (id: string) => {
    const event = hrEvent(seedPerson(id), 'tenure.leaver');
    return { personId: id, leaver: timed(event, { accessEndsAt: new Date(Date.now() - 1000).toISOString() }) };
  };
  const hear = (kind: FlowKind, id: string, said: TimedEvent) =>
    rig.client.workflow.getHandle(flowWorkflowId(kind, id)).signal(flowEventSignal, said);
  const accountOf = (id: string) => rig.standIn(target).account(`${id}@acme.test`);

  test('a leaver that HR takes back does nothing', async () => {
    await withWord('leaver', leave('g1'), () =>
      hear('leaver', 'g1', timed(hrEvent(seedPerson('g1'), 'tenure.leaver.cancelled'))),
    );
    expect(await rig.ended('g1')).toMatchObject({ outcome: 'cancelled' });
    expect(accountOf('g1')).toMatchObject({ enabled: true, groups: ['Operators', 'VPN'] });
    expect((await rig.store.people.get({ personId: 'g1' }))?.status ?? 'active').toBe('active');
  });

  test('a rehire ends the leaver, and is carried through', async () => {
    const leaves = leave('g2');
    const back = hrEvent(seedPerson('g2'), 'tenure.rehire', { person: person('g2', 'Sales') });
    await withWord('leaver', leaves, () => hear('leaver', 'g2', timed(back)));
    expect(await rig.ended('g2')).toMatchObject({ outcome: 'cancelled' });
    expect(await rig.changed('joiner', back)).toMatchObject({ outcome: 'complete' });
    expect(accountOf('g2')).toMatchObject({ enabled: true });
  });

  test('a date that comes with the plan is too late, and somebody is told', async () => {
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const leaves = leave('g3');
    const moved = hrEvent(seedPerson('g3'), 'tenure.leaver', { effectiveAt: later });
    await withWord('leaver', leaves, () => hear('leaver', 'g3', timed(moved, { accessEndsAt: later })));
    await rig.ended('g3');
    expect(accountOf('g3')).toMatchObject({ enabled: false, groups: [] });
    expect(await rig.answersTo(moved)).toEqual(['needs-person']);
  });

  /** As above, but the plan comes in a workflow task after the word. */
  async function withWordBefore(request: { personId: string }, word: () => Promise<unknown>): Promise<void> {
    const { personId } = request;
    const workflowId = flowWorkflowId('leaver', personId);
    await rig.client.workflow.start('leaver', { workflowId, taskQueue: coreTaskQueue, args: [request] });
    await half('workflows', async () => (await eventsOf(workflowId, 'Scheduled')) === 1);
    await word();
    const { events } = await rig.leaver(personId).fetchHistory();
    const before = events?.length ?? 0;
    await half('workflows', async () =>
      ((await rig.leaver(personId).fetchHistory()).events ?? [])
        .slice(before)
        .some((one) => one.workflowTaskCompletedEventAttributes),
    );
    await half('activities', async () => (await eventsOf(workflowId, 'Completed')) > 0);
    await rig.startWorkers();
  }

  test('a date that comes before the plan is waited for by another leaver', async () => {
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const moved = hrEvent(seedPerson('g7'), 'tenure.leaver', { effectiveAt: later });
    await withWordBefore(leave('g7'), () => hear('leaver', 'g7', timed(moved, { accessEndsAt: later })));
    await rig.untilProgress('g7', ({ state, dueAt }) => state === 'scheduled' && dueAt === later, 'the new day');
    expect(accountOf('g7')).toMatchObject({ enabled: true });
    expect((await rig.store.people.get({ personId: 'g7' }))?.status ?? 'active').toBe('active');
    await rig.leaver('g7').cancel();
    await rig.ended('g7');
  });

  test('urgent, while a plan is made that would be held: it is not', async () => {
    const leaves = { personId: 'g8', leaver: timed(hrEvent(seedPerson('g8'), 'tenure.leaver'), longAgo) };
    const urgent = hrEvent(seedPerson('g8'), 'tenure.leaver', { urgent: true });
    await withWordBefore(leaves, () => hear('leaver', 'g8', timed(urgent)));
    await rig.ended('g8');
    expect(accountOf('g8')).toMatchObject({ enabled: false });
  });

  const join = (id: string, department: string) => {
    const event = hrEvent(seedPerson(id), 'tenure.joiner', { person: person(id, department) });
    return { personId: id, cause: timed(event, { beginsAt: new Date(Date.now() - 1000).toISOString() }) };
  };

  test('a joiner that has to give way makes nothing', async () => {
    const id = await withWord('joiner', join('g4', 'Sales'), () =>
      rig.client.workflow.getHandle('joiner:g4').signal(giveWaySignal, { to: 'leaver:g4' }),
    );
    expect(await rig.client.workflow.getHandle(id).result()).toMatchObject({ outcome: 'superseded' });
    expect(accountOf('g4')).toBeUndefined();
  });

  test('a joiner told anew is carried through as it is told last', async () => {
    const joins = join('g5', 'Sales');
    const anew = join('g5', 'Finance').cause;
    await withWord('joiner', joins, () => hear('joiner', 'g5', anew));
    expect(await rig.changed('joiner', anew.event)).toMatchObject({ outcome: 'complete' });
    expect(accountOf('g5')).toMatchObject({ enabled: true, groups: ['VPN'] });
  });

  test('a joiner told anew while its plan is still being made is planned anew', async () => {
    const joins = join('g9', 'Sales');
    const anew = join('g9', 'Finance').cause;
    const tasks = async () => {
      const { events } = await rig.client.workflow.getHandle('joiner:g9').fetchHistory();
      return (events ?? []).filter((one) => one.workflowTaskCompletedEventAttributes != null).length;
    };
    await withWord('joiner', joins, async () => {
      await hear('joiner', 'g9', anew);
      await half('workflows', async () => (await tasks()) === 2);
    });
    expect(await rig.changed('joiner', joins.cause.event)).toMatchObject({ outcome: 'complete' });
    expect(await rig.answersTo(anew.event)).toEqual(['applied']);
    expect(accountOf('g9')).toMatchObject({ enabled: true, groups: ['VPN'] });
  });

  test('a suspension that ends before it begins disables nothing', async () => {
    const event = hrEvent(seedPerson('g6'), 'tenure.suspended');
    const id = await withWord('suspension', { personId: 'g6', cause: timed(event) } as { personId: string }, () =>
      hear('suspension', 'g6', timed(hrEvent(seedPerson('g6'), 'tenure.resumed'))),
    );
    expect(await rig.client.workflow.getHandle(id).result()).toMatchObject({ outcome: 'cancelled' });
    expect(accountOf('g6')).toMatchObject({ enabled: true });
  });
});
