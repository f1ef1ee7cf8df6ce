import { temporal } from '@temporalio/proto';
import type { HrEvent } from '../../domain/event';
import type { Progress } from '../../domain/flow';
import { peopleUpdate, type PeopleMessage } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const bt = 'beyondtrust-scim';
const onPremises = 'delinea-scim';
const scheduled = temporal.api.enums.v1.EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED;
const account = { username: '{email}' };
const rule = (id: string, title: string, grant: object) => ({
  ...{ id, when: `has(person.title) && person.title == "${title}"`, target: bt, account },
  grants: [{ kind: 'group', ...grant }],
});
const policy = {
  joiner: { lead: 'PT1H' },
  approvers: { count: 1, allowed: ['ann@acme.test'], minStrength: 'asserted' },
  access: {
    rules: [
      { id: 'all', when: 'true', targets: [bt, onPremises], account, grants: [{ kind: 'group', name: 'Operators' }] },
      rule('lead', 'Lead', { name: 'Admins', privileged: true }),
      rule('odd', 'Odd', { name: 'Nowhere' }),
    ],
  },
};

describe('a joiner with a lead', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      ...{ types: [bt, onPremises], people: [seedPerson('old', { groups: ['Operators', 'Admins'] })] },
      standIns: { [onPremises]: { onPremises: true } },
      targets: { [onPremises]: { options: { deletion: 'disables' } } },
      config: { policy },
    });
  });
  afterAll(async () => rig.stop());

  const at = (target: string, id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const until = async (id: string, isSo: (seen: Progress) => boolean, what: string) =>
    rig.until(() => rig.progress(id, 'joiner'), isSo, what);
  const say = async (id: string, name: PeopleMessage, message: object) => {
    const args: [unknown] = [{ reason: 'said so', by: 'ann@acme.test', ...message }];
    await rig.flow('joiner', id).executeUpdate(peopleUpdate(name), { args });
  };
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

  function joins(id: string, firstDay: string, more: object = {}): HrEvent {
    const email = `${id}@acme.test`;
    const names = { username: email, email, givenName: 'New', familyName: id, displayName: `New ${id}` };
    const person = { id, ...names, timeZone: 'Europe/Oslo', ...more };
    return hrEvent(seedPerson(id), 'tenure.joiner', { person, effectiveAt: firstDay });
  }
  /** The lead has come so far that only the first day is waited for: made everywhere, granted where that is possible. */
  const waits = async (id: string) =>
    until(
      id,
      (seen) =>
        seen.targets.length === 2 &&
        seen.targets.every(({ steps }) => steps.find(({ name }) => name === 'provisionAccounts')?.outcome === 'done') &&
        at(bt, id)?.groups.includes('Operators') === true,
      'the wait for the first day',
    );

  test('accounts are there, disabled and granted; on the first day they are enabled', async () => {
    const firstDay = inSeconds(6);
    const event = joins('n1', firstDay);
    await rig.send(event);
    const seen = await waits('n1');
    expect(seen).toMatchObject({
      ...{ state: 'changing', dueAt: firstDay },
      waitingFor: `the first day, ${firstDay}: until then the accounts stay disabled`,
    });
    expect(at(bt, 'n1')).toMatchObject({ enabled: false, groups: ['Operators'] });
    expect(at(onPremises, 'n1')).toMatchObject({ enabled: false, groups: [] });
    const details = JSON.stringify(await rig.flow('joiner', 'n1').query('__temporal_workflow_metadata'));
    expect(details).toMatch(/disabled until \d+ [A-Z][a-z]{2} \d\d:\d\d/);
    expect(details).toMatch(/\*\*Waiting for\*\* the first day, \d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC: until then/);

    expect(await rig.changed('joiner', event)).toMatchObject({ outcome: 'complete', exceptions: [] });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(firstDay));
    for (const target of [bt, onPremises])
      expect(at(target, 'n1')).toMatchObject({ enabled: true, groups: ['Operators'] });
    const { events } = await rig.flow('joiner', 'n1').fetchHistory();
    const steps = (events ?? []).filter(({ eventType, activityTaskScheduledEventAttributes: step }) => {
      const queue = step?.taskQueue?.name ?? '';
      return eventType === scheduled && queue.includes(bt);
    });
    expect(steps.map((step) => step.activityTaskScheduledEventAttributes?.activityType?.name)).toEqual([
      ...['provisionAccounts', 'grantEntitlements', 'provisionAccounts'],
    ]);
  });

  test('called off in the lead, nothing is enabled and nothing stays granted', async () => {
    const firstDay = inSeconds(8);
    const event = joins('n2', firstDay);
    await rig.send(event);
    await waits('n2');
    await say('n2', 'cancel', {});
    expect(await rig.changed('joiner', event)).toMatchObject({ outcome: 'undone' });
    expect(Date.now()).toBeLessThan(Date.parse(firstDay));
    for (const target of [bt, onPremises])
      expect(at(target, 'n2')).toMatchObject({ enabled: false, groups: [], deleted: false });
  });

  test('called off, an account that was there stays enabled and gets its name back', async () => {
    // Nothing of theirs waits for the first day; the question keeps the joiner at work.
    const event = joins('old', inSeconds(600), { title: 'Lead' });
    await rig.send(event);
    await until('old', (seen) => seen.approval !== undefined, 'the question');
    await waits('old');
    expect(at(bt, 'old')).toMatchObject({ enabled: true });
    await say('old', 'cancel', {});
    expect(await rig.changed('joiner', event)).toMatchObject({ outcome: 'undone' });
    const putBack: unknown[] = [];
    for await (const entry of rig.store.evidence.entries({ personId: 'old' }))
      if (entry.step === 'withdrawAccounts') putBack.push((entry.data as { putBack?: unknown }).putBack);
    const name = { name: 'displayName', from: 'New old', to: 'Person old' };
    expect(putBack).toEqual([bt, onPremises].map(() => expect.arrayContaining([name])));
    expect(at(bt, 'old')).toMatchObject({ enabled: true, groups: ['Operators', 'Admins'] });
  });

  test('an open question and a parked grant hold up no first day; a retry within the lead enables nothing', async () => {
    const firstDay = inSeconds(7);
    const event = joins('n3', firstDay, { title: 'Lead' });
    const odd = joins('n4', firstDay, { title: 'Odd' });
    await rig.send(event);
    await rig.send(odd);
    const asked = await until('n3', (seen) => seen.approval !== undefined, 'the question');
    await until('n4', ({ state }) => state === 'blocked', 'the parked grant');
    await say('n4', 'resolve', { target: bt, action: 'retry' });
    await until('n4', ({ state }) => state === 'blocked', 'the grant to be parked again');
    for (const id of ['n3', 'n4']) expect(at(bt, id)).toMatchObject({ enabled: false });

    for (const id of ['n3', 'n4'])
      await rig.until(
        async () => at(bt, id)?.enabled,
        (enabled) => enabled === true,
        `${id} to be enabled`,
      );
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(firstDay));
    expect((await rig.progress('n3', 'joiner')).approval).toBeDefined();
    expect(at(bt, 'n3')?.groups).toEqual(['Operators']);
    const { planHash } = asked.approval ?? {};
    await say('n3', 'decide', { approved: true, planHash, approver: 'ann@acme.test' });
    expect(await rig.changed('joiner', event)).toMatchObject({ outcome: 'complete' });
    expect([...(at(bt, 'n3')?.groups ?? [])].sort()).toEqual(['Admins', 'Operators']);
    await say('n4', 'resolve', { target: bt, action: 'skip' });
    expect(await rig.changed('joiner', odd)).toMatchObject({ outcome: 'complete-with-exceptions' });
  });

  test('the first day is moved within the lead, by a person and by HR', async () => {
    const event = joins('n5', inSeconds(600));
    await rig.send(event);
    await waits('n5');
    const moved = inSeconds(500);
    await say('n5', 'reschedule', { effectiveAt: moved });
    await until('n5', ({ dueAt }) => dueAt === moved, 'the moved day');
    const sooner = joins('n5', inSeconds(4));
    await rig.send(sooner);
    expect(await rig.changed('joiner', event)).toMatchObject({ outcome: 'superseded' });
    expect(at(bt, 'n5')).toMatchObject({ enabled: false, groups: ['Operators'] });
    expect(await rig.changed('joiner', sooner)).toMatchObject({ outcome: 'complete' });
    for (const target of [bt, onPremises])
      expect(at(target, 'n5')).toMatchObject({ enabled: true, groups: ['Operators'] });
  });

  test('a leaver within the lead finds them disabled and takes what they were given', async () => {
    const event = joins('n6', inSeconds(600));
    await rig.send(event);
    await waits('n6');
    await rig.send(hrEvent(seedPerson('n6'), 'tenure.leaver', { urgent: true }));
    expect(await rig.changed('joiner', event)).toMatchObject({ outcome: 'superseded' });
    await rig.until(
      () => rig.progress('n6'),
      ({ state }) => state !== 'scheduled' && state !== 'containing',
      'the containment',
    );
    for (const target of [bt, onPremises]) expect(at(target, 'n6')).toMatchObject({ enabled: false, groups: [] });
  });

  test('before the lead nothing is made, and a moved day takes the lead along', async () => {
    const event = joins('n7', '2099-01-01T08:00:00Z');
    await rig.send(event);
    const seen = await until('n7', ({ state }) => state === 'scheduled', 'the wait for the lead');
    expect(seen).toMatchObject({ dueAt: '2099-01-01T07:00:00.000Z' });
    expect(seen.waitingFor).toContain('made at 2099-01-01T07:00:00.000Z and enabled at 2099-01-01T08:00:00.000Z');
    await say('n7', 'reschedule', { effectiveAt: '2099-02-01T08:00:00Z' });
    await until('n7', ({ dueAt }) => dueAt === '2099-02-01T07:00:00.000Z', 'the moved lead');
    await say('n7', 'cancel', {});
    expect(await rig.changed('joiner', event)).toMatchObject({ outcome: 'cancelled' });
    expect(at(bt, 'n7')).toBeUndefined();
  });
});
