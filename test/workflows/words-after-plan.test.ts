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
  const people = ['g1', 'g2', 'g3', 'g6', 'g7', 'g8', 'h1', 'h2'].map((id) => seedPerson(id));
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

  /** As above, but the plan comes in a workflow task after the word. */
  const withWordBefore: typeof withWord = async (kind, request, word) =>
    withWord(kind, request, async () => {
      await word();
      const flow = rig.client.workflow.getHandle(flowWorkflowId(kind, request.personId));
      const history = async () => (await flow.fetchHistory()).events ?? [];
      const before = (await history()).length;
      await half('workflows', async () =>
        (await history()).slice(before).some((one) => one.workflowTaskCompletedEventAttributes),
      );
    });

  const longAgo = { accessEndsAt: '2020-12-01T00:00:00.000Z' };
  const leave = (id: string) => {
    const event = hrEvent(seedPerson(id), 'tenure.leaver');
    return { personId: id, leaver: timed(event, { accessEndsAt: new Date(Date.now() - 1000).toISOString() }) };
  };
  const hear = (kind: FlowKind, id: string, said: TimedEvent) =>
    rig.client.workflow.getHandle(flowWorkflowId(kind, id)).signal(flowEventSignal, said);
  const accountOf = (id: string) => rig.standIn(target).account(`${id}@acme.test`);

  const ways = { g3: withWord, g5: withWord, g7: withWordBefore, g9: withWordBefore } as const;

  test('a leaver that HR takes back does nothing', async () => {
    await withWord('leaver', leave('g1'), () =>
      hear('leaver', 'g1', timed(hrEvent(seedPerson('g1'), 'tenure.leaver.cancelled'))),
    );
    expect(await rig.ended('g1')).toMatchObject({ outcome: 'cancelled' });
    expect(accountOf('g1')).toMatchObject({ enabled: true, groups: ['Operators', 'VPN'] });
    expect((await rig.store.people.get({ personId: 'g1' }))?.status ?? 'active').toBe('active');
  });

  test('a mover counts after all when HR takes the leaver back behind it', async () => {
    const moves = hrEvent(seedPerson('h1'), 'tenure.mover', { person: person('h1', 'Sales') });
    await withWord('leaver', leave('h1'), async () => {
      await hear('leaver', 'h1', timed(moves));
      await hear('leaver', 'h1', timed(hrEvent(seedPerson('h1'), 'tenure.leaver.cancelled')));
    });
    expect(await rig.ended('h1')).toMatchObject({ outcome: 'cancelled' });
    await rig.changed('mover', moves);
    expect(accountOf('h1')).toMatchObject({ enabled: true, groups: ['Operators', 'VPN'] });
  });

  test('a mover that comes as access ends is too late, and the evidence says so', async () => {
    const moves = hrEvent(seedPerson('h2'), 'tenure.mover', { person: person('h2', 'Sales') });
    await withWord('leaver', leave('h2'), () => hear('leaver', 'h2', timed(moves)));
    await rig.ended('h2');
    expect(accountOf('h2')).toMatchObject({ enabled: false, groups: [] });
    const answers: unknown[] = [];
    for await (const { step, outcome } of rig.store.evidence.entries({ personId: 'h2' }))
      if (step === 'tenure.mover') answers.push(outcome);
    expect(answers).toEqual(['too-late']);
  });

  test('a rehire ends the leaver, and is carried through', async () => {
    const leaves = leave('g2');
    const back = hrEvent(seedPerson('g2'), 'tenure.rehire', { person: person('g2', 'Sales') });
    await withWord('leaver', leaves, () => hear('leaver', 'g2', timed(back)));
    expect(await rig.ended('g2')).toMatchObject({ outcome: 'cancelled' });
    expect(await rig.changed('joiner', back)).toMatchObject({ outcome: 'complete' });
    expect(accountOf('g2')).toMatchObject({ enabled: true });
  });

  test.each([
    ['with', 'g3'],
    ['before', 'g7'],
  ] as const)('a date that comes %s the plan is waited for by another leaver', async (_, id) => {
    const later = new Date(Date.now() + 86_400_000).toISOString();
    const moved = hrEvent(seedPerson(id), 'tenure.leaver', { effectiveAt: later });
    await ways[id]('leaver', leave(id), () => hear('leaver', id, timed(moved, { accessEndsAt: later })));
    await rig.untilProgress(id, ({ state, dueAt }) => state === 'scheduled' && dueAt === later, 'the new day');
    expect(accountOf(id)).toMatchObject({ enabled: true });
    expect((await rig.store.people.get({ personId: id }))?.status ?? 'active').toBe('active');
    await rig.leaver(id).cancel();
    await rig.ended(id);
  });

  test('urgent, while a plan is made that would be held: it is not', async () => {
    const leaves = { personId: 'g8', leaver: timed(hrEvent(seedPerson('g8'), 'tenure.leaver'), longAgo) };
    const urgent = hrEvent(seedPerson('g8'), 'tenure.leaver', { urgent: true });
    await withWordBefore('leaver', leaves, () => hear('leaver', 'g8', timed(urgent)));
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

  test.each([
    ['with', 'g5'],
    ['before', 'g9'],
  ] as const)('a joiner told anew %s its plan is planned anew', async (_, id) => {
    const joins = join(id, 'Sales');
    const anew = join(id, 'Finance').cause;
    await ways[id]('joiner', joins, () => hear('joiner', id, anew));
    expect(await rig.changed('joiner', joins.cause.event)).toMatchObject({ outcome: 'complete' });
    expect(await rig.answersTo(anew.event)).toEqual(['applied']);
    expect(accountOf(id)).toMatchObject({ enabled: true, groups: ['VPN'] });
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
