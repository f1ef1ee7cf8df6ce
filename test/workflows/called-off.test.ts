import type { HrEvent } from '../../domain/event';
import type { FlowKind } from '../../domain/flow';
import { peopleUpdate } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const scim = 'beyondtrust-scim';
const rest = 'beyondtrust-rest';
const by = 'ann@acme.test';
const account = { username: '{email}' };
const group = (name: string, more: object = {}) => ({ kind: 'group', name, ...more });
const inDepartment = (name: string) => `person.department == "${name}"`;
const policy = {
  leaver: {
    deletion: { mode: 'never', approvers: { count: 1, minStrength: 'asserted' } },
    retention: 'P30D',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.1S', deadline: 'PT1H' },
  },
  access: {
    rules: [
      { id: 'sales', when: inDepartment('Sales'), target: scim, account, grants: [group('Operators'), group('VPN')] },
      { id: 'all', when: 'true', target: rest, account },
      {
        id: 'finance',
        when: inDepartment('Finance'),
        target: rest,
        account,
        grants: [group('Admins', { privileged: true })],
      },
    ],
  },
};

describe('a joiner, mover or suspension that is called off', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      types: [scim, rest],
      people: [
        ...['m1', 'm2', 'm3', 'k1'].map((id) => seedPerson(id)),
        seedPerson('holder', { groups: ['Operators', 'VPN', 'Admins'] }),
      ],
      config: {
        policy,
        safety: {
          budget: { perHour: 1000, perDay: 1000, urgentPerHour: 1000 },
          protected: { people: ['k1'], accounts: [] },
        },
      },
    });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);
  afterEach(() => {
    for (const target of [scim, rest]) {
      rig.standIn(target).faults.clear();
      rig.standIn(target).faults.up();
    }
  });

  const at = (target: string, id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const groups = (target: string, id: string) => [...(at(target, id)?.groups ?? [])].sort();
  const event = (id: string, type: HrEvent['type'], department: string, data: object = {}) => {
    const { username, email } = seedPerson(id);
    const person = { id, username, email, displayName: id, department, timeZone: 'Europe/Oslo' };
    return hrEvent(seedPerson(id), type, { person, ...data });
  };
  const word = (kind: FlowKind, id: string, name: 'cancel' | 'decide', more: object = {}) =>
    rig.flow(kind, id).executeUpdate(peopleUpdate(name), { args: [{ reason: 'looked at', by, ...more }] });
  const question = (kind: FlowKind, id: string) =>
    rig.until(
      () => rig.progress(id, kind),
      ({ approval }) => approval !== undefined,
      'the question',
    );
  const joined = async (id: string, department: string) => {
    const joins = event(id, 'tenure.joiner', department);
    await rig.send(joins);
    return await rig.changed('joiner', joins);
  };
  const untilAt = <T>(look: () => T, isSo: (seen: T) => boolean, what: string) =>
    rig.until(() => Promise.resolve(look()), isSo, what);

  test('twice, as by a double click: what was made is disabled all the same', async () => {
    const joins = event('new1', 'tenure.joiner', 'Finance');
    await rig.send(joins);
    await question('joiner', 'new1');
    await rig.until(
      () => rig.progress('new1', 'joiner'),
      ({ targets }) => targets.flatMap(({ steps }) => steps).some(({ outcome }) => outcome === 'done'),
      'the account to be made',
    );
    rig.standIn(rest).faults.down();
    await word('joiner', 'new1', 'cancel');
    await rig.until(
      async () => (await rig.flow('joiner', 'new1').describe()).raw.pendingActivities ?? [],
      (pending) =>
        pending.some(({ attempt, activityType }) => (attempt ?? 0) > 1 && activityType?.name === 'withdrawAccounts'),
      'the undo to wait for the vendor',
    );
    await word('joiner', 'new1', 'cancel');
    rig.standIn(rest).faults.up();
    expect(await rig.changed('joiner', joins)).toMatchObject({ outcome: 'undone' });
    expect(at(rest, 'new1')).toMatchObject({ enabled: false });
  }, 90_000);

  test('while an account that is dropped is being disabled: it is as it was', async () => {
    await joined('m1', 'Sales');
    const before = groups(scim, 'm1');
    rig.standIn(scim).faults.add({ kind: 'slow', method: 'PATCH', milliseconds: 600_000 });
    const moves = event('m1', 'tenure.mover', 'Other');
    await rig.send(moves);
    await untilAt(
      () => at(scim, 'm1')?.enabled,
      (enabled) => enabled === false,
      'the disable to be written',
    );
    await word('mover', 'm1', 'cancel');
    rig.standIn(scim).faults.clear();
    expect(await rig.changed('mover', moves)).toMatchObject({ outcome: 'undone' });
    expect(at(scim, 'm1')?.enabled).toBe(true);
    expect(groups(scim, 'm1')).toEqual(before);
  }, 90_000);

  test('while an account that is dropped is being stripped: it has all its groups again', async () => {
    await joined('m2', 'Sales');
    const before = groups(scim, 'm2');
    // The disable is the first PATCH of a user; taking away a group is one of that group.
    rig.standIn(scim).faults.add({ kind: 'slow', method: 'PATCH', path: '^/Groups', milliseconds: 600_000 });
    const moves = event('m2', 'tenure.mover', 'Other');
    await rig.send(moves);
    await untilAt(
      () => groups(scim, 'm2').length,
      (count) => count < before.length,
      'a group to be taken away',
    );
    await word('mover', 'm2', 'cancel');
    rig.standIn(scim).faults.clear();
    expect(await rig.changed('mover', moves)).toMatchObject({ outcome: 'undone' });
    expect(at(scim, 'm2')?.enabled).toBe(true);
    expect(groups(scim, 'm2')).toEqual(before);
  }, 90_000);

  test('and a leaver takes over in that moment: nothing is given back', async () => {
    await joined('m3', 'Sales');
    const moves = event('m3', 'tenure.mover', 'Finance');
    await rig.send(moves);
    await untilAt(
      () => at(scim, 'm3')?.enabled,
      (enabled) => enabled === false,
      'the dropped account to be disabled',
    );
    const { approval } = await question('mover', 'm3');
    rig.standIn(rest).faults.add({ kind: 'slow', milliseconds: 600_000 });
    await word('mover', 'm3', 'decide', { approved: true, planHash: approval?.planHash, approver: by });
    await untilAt(
      () => groups(rest, 'm3'),
      (held) => held.includes('Admins'),
      'the grant to hang',
    );
    await word('mover', 'm3', 'cancel');
    await rig.send(event('m3', 'tenure.leaver', 'Finance', { urgent: true }));
    expect(await rig.changed('mover', moves)).toMatchObject({ outcome: 'superseded' });
    await rig.ended('m3');
    expect(at(scim, 'm3')).toMatchObject({ enabled: false, groups: [] });
    expect(at(rest, 'm3')).toMatchObject({ enabled: false, groups: [] });
  }, 120_000);

  test('a suspension that is held, and then resumed, leaves nobody suspended', async () => {
    const stops = event('k1', 'tenure.suspended', 'Other');
    await rig.send(stops);
    await rig.until(
      () => rig.progress('k1', 'suspension'),
      ({ state }) => state === 'held',
      'two people to be asked',
    );
    const resumes = event('k1', 'tenure.resumed', 'Other');
    await rig.send(resumes);
    expect(await rig.changed('suspension', stops)).toMatchObject({ outcome: 'cancelled' });
    await rig.changed('restore', resumes);
    await rig.idle('k1');
    expect((await rig.store.people.get({ personId: 'k1' }))?.status).toBe('active');
    expect(at(rest, 'k1')?.enabled).toBe(true);
    await rig.send(event('k1', 'tenure.mover', 'Sales'));
    await rig.until(
      () => rig.progress('k1', 'mover'),
      ({ state }) => state === 'held', // for two people again; not deferred until they resume
      'a move to be taken up',
    );
    await word('mover', 'k1', 'cancel');
  }, 90_000);

  test('a suspension of next month stops no joiner of today', async () => {
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const joins = event('new2', 'tenure.joiner', 'Finance');
    await rig.send(joins);
    await question('joiner', 'new2');
    await rig.send(event('new2', 'tenure.suspended', 'Finance', { effectiveAt: day(30) }));
    const { approval } = await question('joiner', 'new2');
    await word('joiner', 'new2', 'decide', { approved: true, planHash: approval?.planHash, approver: by });
    expect(await rig.changed('joiner', joins)).toMatchObject({ outcome: 'complete' });
    const waiting = await rig.until(
      () => rig.progress('new2', 'suspension'),
      ({ state }) => state === 'scheduled',
      'the suspension to wait for its day',
    );
    expect(waiting.outcome).toBeUndefined();
    await rig.flow('suspension', 'new2').cancel();
    await rig.idle('new2');
    expect(at(rest, 'new2')?.enabled).toBe(true);
  }, 60_000);
});
