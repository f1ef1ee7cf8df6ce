import type { HrEvent } from '../../domain/event';
import type { TimedEvent } from '../../domain/leaver';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';
import {
  flowEndedSignal,
  hrSignal,
  operatorSignal,
  peopleMessages,
  peopleSignal,
  personWorkflowId,
  returnedSignal,
} from '../../workflows/messages';

const target = 'beyondtrust-rest';
const ids = Array.from({ length: 13 }, (_, index) => `p${index + 1}`);
const people = ids.map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const farAway = '2099-11-30T17:00:00';

describe('person, the only door', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people });
  });
  afterAll(async () => rig.stop(), 180_000);

  const account = (id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const evidenceOf = (id: string) => rig.store.evidence.list({ personId: id });
  const eventsOf = async (id: string) =>
    (await evidenceOf(id)).filter((one) => one.kind === 'event').map((one) => `${one.step} ${one.outcome}`);
  const settled = (id: string) =>
    rig.until(
      async () => (await rig.client.workflow.getHandle(personWorkflowId(id)).describe()).status.name,
      (status) => status === 'COMPLETED',
      'person to be idle',
    );

  test('a duplicate and an older event change nothing twice and are evidenced', async () => {
    const early = hrEvent(person('p1'), 'tenure.leaver', { effectiveAt: '2098-01-01' });
    const late = hrEvent(person('p1'), 'tenure.leaver', { effectiveAt: farAway });
    await rig.send(late);
    await rig.send(early);
    await rig.send(late);
    await rig.until(
      () => eventsOf('p1'),
      (seen) => seen.length === 3,
      'three events',
    );
    expect(await eventsOf('p1')).toEqual([
      'tenure.leaver accepted',
      'tenure.leaver superseded',
      'tenure.leaver duplicate',
    ]);
    expect((await rig.progress('p1')).dueAt).toBe('2099-11-30T16:00:00.000Z');
    expect(account('p1')?.enabled).toBe(true);
  });

  test('a newer leaver moves the date; a cancellation before the day ends it with nothing changed', async () => {
    await rig.send(hrEvent(person('p2'), 'tenure.leaver', { effectiveAt: farAway }));
    await rig.untilProgress('p2', (seen) => seen.dueAt === '2099-11-30T16:00:00.000Z');
    await rig.send(hrEvent(person('p2'), 'tenure.leaver', { effectiveAt: '2099-06-30' }));
    await rig.untilProgress(
      'p2',
      (seen) => seen.dueAt === '2099-06-30T22:00:00.000Z',
      'the moved date, in summer time',
    );
    await rig.send(hrEvent(person('p2'), 'tenure.leaver.cancelled'));
    expect(await rig.ended('p2')).toMatchObject({ outcome: 'cancelled' });
    expect(account('p2')).toMatchObject({ enabled: true, groups: ['Operators', 'VPN'] });
    await settled('p2');
    // The redelivery of an event that ended long ago starts nothing.
    expect(
      rig.standIn(target).requests.some((request) => request.write && request.path.includes(account('p2')?.id ?? '?')),
    ).toBe(false);
  });

  test('a cancellation that comes before its leaver cancels it', async () => {
    const leaver = hrEvent(person('p3'), 'tenure.leaver', { urgent: true });
    await rig.send(
      hrEvent(person('p3'), 'tenure.leaver.cancelled', { cancels: leaver.id }, { time: '2025-12-31T00:00:00Z' }),
    );
    await rig.send(leaver);
    await rig.until(
      () => eventsOf('p3'),
      (seen) => seen.length === 2,
      'both events',
    );
    await settled('p3');
    expect(account('p3')?.enabled).toBe(true);
  });

  test('urgent brings a scheduled leaver forward', async () => {
    await rig.send(hrEvent(person('p4'), 'tenure.leaver', { effectiveAt: farAway }));
    await rig.untilProgress('p4', (seen) => seen.state === 'scheduled');
    await rig.send(hrEvent(person('p4'), 'tenure.leaver', { effectiveAt: farAway, urgent: true }));
    await rig.ended('p4');
    expect(account('p4')?.enabled).toBe(false);
  });

  test('200 signal-with-starts against a closing person: none is lost', async () => {
    const send = async (index: number) =>
      rig.send(
        hrEvent(
          person('p5'),
          'tenure.mover',
          {},
          { id: `burst-${index}`, time: new Date(Date.UTC(2026, 5, 1) + index * 1000).toISOString() },
        ),
      );
    for (let wave = 0; wave < 10; wave += 1) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => send(wave * 20 + index)));
      await new Promise((resolve) => setTimeout(resolve, wave * 7));
    }
    const seen = await rig.until(
      () => eventsOfMany('p5'),
      (ids) => ids.size === 200,
      '200 events',
      120_000,
    );
    expect(seen.size).toBe(200);
    await settled('p5');
  }, 180_000);
  const eventsOfMany = async (id: string): Promise<Set<string>> => {
    const found = new Set<string>();
    for await (const entry of rig.store.evidence.entries({ personId: id }))
      if (entry.workflowId.startsWith('person:')) found.add((entry.data as { event: { id: string } }).event.id);
    return found;
  };

  test('an event that comes while a leaver closes is decided afresh', async () => {
    await rig.send(hrEvent(person('p6'), 'tenure.leaver', { urgent: true }));
    const handle = rig.leaver('p6');
    // Sent again and again around the end: whichever moment one hits, it is answered for.
    for (let index = 0; index < 40; index += 1) {
      await rig.send(hrEvent(person('p6'), 'tenure.leaver', { urgent: true }));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await handle.result();
    await settled('p6');
    const outcomes = await eventsOf('p6');
    expect(outcomes.filter((one) => one === 'tenure.leaver accepted')).toHaveLength(41);
    expect(account('p6')?.enabled).toBe(false);
  }, 60_000);

  test('what a flow gave back at its end is decided before what was said later', async () => {
    await rig.send(hrEvent(person('p13'), 'tenure.joiner'));
    await settled('p13');
    const given = (type: HrEvent['type']): TimedEvent => {
      const event = hrEvent(person('p13'), type);
      return { event, receivedAt: event.time, eventHash: event.id, moments: {} };
    };
    const away = given('tenure.suspended');
    const back = { event: hrEvent(person('p13'), 'tenure.resumed'), receivedAt: new Date().toISOString() };
    await rig.client.workflow.start('person', {
      workflowId: personWorkflowId('p13'),
      taskQueue: 'tenure',
      args: [{ personId: 'p13', returned: [given('tenure.resumed'), away], inbox: [back] }],
    });
    await settled('p13');
    // Otherwise it would be answered "not suspended", and the suspension, which comes then, would be left standing.
    const answers = (await evidenceOf('p13')).filter((one) => one.detail?.startsWith(back.event.id));
    expect(answers.map((one) => one.outcome)).not.toContain('too-late');
    expect(account('p13')?.enabled).toBe(true);
  });

  test.each([
    ['nothing', []],
    ['a string', ['x']],
    ['an array', [[1, 2]]],
    ['null', [null]],
    [
      'wrong types',
      [{ event: 3, approved: 'yes', target: 7, action: 'dance', reason: {}, effectiveAt: 4, workflowId: [] }],
    ],
  ])('every signal sent %s breaks nothing', async (_name, args) => {
    const id = `p${7 + ['nothing', 'a string', 'an array', 'null', 'wrong types'].indexOf(_name)}`;
    await rig.send(hrEvent(person(id), 'tenure.leaver', { effectiveAt: farAway }));
    await rig.untilProgress(id, (seen) => seen.state === 'scheduled');
    const flow = rig.leaver(id);
    const door = rig.client.workflow.getHandle(personWorkflowId(id));
    for (const name of peopleMessages) await flow.signal(peopleSignal(name), ...(args as [unknown]));
    await flow.signal('hr', ...(args as [unknown]));
    for (const signal of [hrSignal, flowEndedSignal, operatorSignal, returnedSignal])
      await door.signal(signal.name, ...(args as [unknown]));
    await door.signal('unheard-of', ...(args as [unknown]));
    const seen = await rig.untilProgress(id, (progress) => (progress.notes?.length ?? 0) >= 5, 'the notes');
    expect(seen.state).toBe('scheduled');
    await rig.send(hrEvent(person(id), 'tenure.leaver.cancelled'));
    expect(await flow.result()).toMatchObject({ outcome: 'cancelled' });
    const unusable = (await evidenceOf(id)).filter((one) => one.outcome === 'unusable').map((one) => one.step);
    expect(unusable).toEqual([...peopleMessages]);
    await settled(id);
  });
});
