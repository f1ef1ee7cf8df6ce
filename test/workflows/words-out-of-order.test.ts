import type { HrEvent } from '../../domain/event';
import type { TimedEvent } from '../../domain/leaver';
import { peopleUpdate, personWorkflowId, returnedSignal, type Returned } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const account = { username: '{email}' };
const grants = (name: string, more: object = {}) => ({ grants: [{ kind: 'group', name, ...more }] });
const policy = {
  access: {
    rules: [
      { id: 'all', when: 'true', target, account, ...grants('Operators') },
      { id: 'sales', when: 'person.department == "Sales"', target, account, ...grants('VPN') },
      {
        id: 'lead',
        when: 'person.department == "Leads"',
        target,
        account,
        ...grants('Admins', { privileged: true }),
      },
    ],
  },
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.1S', deadline: 'PT1H' },
    deletion: {
      mode: 'approval',
      targets: 'all',
      approvers: { count: 1, allowed: ['ann@acme.test'], minStrength: 'asserted' },
    },
  },
};

describe('what HR said earlier and delivers later', () => {
  let rig: Rig;
  beforeAll(async () => {
    const people = [seedPerson('holder', { groups: ['Operators', 'VPN', 'Admins'] })];
    rig = await Rig.start({ types: [target], people, config: { policy } });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  /** Each is later than the one before, by HR's own time. */
  const event = (id: string, type: HrEvent['type'], department = 'Platform', data: object = {}) => {
    const { username, email, displayName } = seedPerson(id);
    return hrEvent(seedPerson(id), type, {
      person: { id, username, email, displayName, givenName: 'New', familyName: id, department },
      ...data,
    });
  };
  const held = (id: string) => {
    const { enabled, groups = [] } = rig.standIn(target).account(`${id}@acme.test`) ?? { enabled: undefined };
    return { enabled, groups: [...groups].sort() };
  };
  const takenIn = async (sent: HrEvent) =>
    rig.until(
      () => rig.answersTo(sent),
      (answers) => answers.length > 0,
      `${sent.type} to be taken in`,
    );
  /** A joiner of theirs asks for a privileged entitlement. */
  const asks = async (id: string) =>
    rig.until(
      () => rig.progress(id, 'joiner'),
      (seen) => seen.approval !== undefined,
      'the question',
    );
  const waitsForItsDay = async (id: string) =>
    rig.until(
      () => rig.progress(id, 'suspension'),
      (seen) => seen.state === 'scheduled',
    );
  const approve = async (id: string, planHash: string | undefined) => {
    const decision = { approved: true, reason: 'looked at', planHash, approver: 'ann@acme.test' };
    await rig.flow('joiner', id).executeUpdate(peopleUpdate('decide'), { args: [decision] });
  };
  const joined = async (id: string) => {
    const joins = event(id, 'tenure.joiner');
    await rig.send(joins);
    await rig.changed('joiner', joins);
    expect(held(id)).toEqual({ enabled: true, groups: ['Operators'] });
  };

  test('a rehire that had to wait, while HR named a last day to come, counts until that day', async () => {
    await joined('o1');
    const late = event('o1', 'tenure.rehire', 'Sales');
    await rig.send(event('o1', 'tenure.leaver', 'Sales', { effectiveAt: '2099-01-01' }));
    await rig.untilProgress('o1', (seen) => seen.state === 'scheduled');
    const returned: TimedEvent = { event: late, receivedAt: late.time, eventHash: late.id, moments: {} };
    await rig.client.workflow.getHandle(personWorkflowId('o1')).signal(returnedSignal, returned);
    await rig.changed('joiner', late);
    expect(held('o1')).toEqual({ enabled: true, groups: ['Operators', 'VPN'] });
    expect((await rig.progress('o1')).state).toBe('scheduled');
  });

  test('a rehire from before a suspension does not end it; it is carried through when they resume', async () => {
    await joined('o2');
    const late = event('o2', 'tenure.rehire', 'Sales');
    const away = event('o2', 'tenure.suspended', 'Sales');
    await rig.send(away);
    await rig.changed('suspension', away);
    await rig.send(late);
    expect(await rig.changed('joiner', late)).toMatchObject({ outcome: 'cancelled' });
    expect(held('o2').enabled).toBe(false);
    await rig.send(event('o2', 'tenure.resumed', 'Sales'));
    await rig.idle('o2');
    expect(held('o2')).toEqual({ enabled: true, groups: ['Operators', 'VPN'] });
  });

  test('a joiner at work does not stop for a suspension from before it, which then does nothing', async () => {
    const late = event('o3', 'tenure.suspended');
    const joins = event('o3', 'tenure.joiner', 'Leads');
    await rig.send(joins);
    const asked = await asks('o3');
    await rig.send(late);
    await takenIn(late);
    await approve('o3', asked.approval?.planHash);
    expect(await rig.changed('joiner', joins)).toMatchObject({ outcome: 'complete' });
    await rig.idle('o3');
    expect(await rig.flow('suspension', 'o3').result()).toMatchObject({ outcome: 'cancelled' });
    expect(held('o3')).toEqual({ enabled: true, groups: ['Admins', 'Operators'] });
  });

  test('a suspension at work does not stop for a rehire from before it', async () => {
    await joined('o4');
    const late = event('o4', 'tenure.rehire', 'Sales');
    rig.standIn(target).faults.down();
    const away = event('o4', 'tenure.suspended', 'Sales');
    await rig.send(away);
    await rig.until(
      () => rig.progress('o4', 'suspension'),
      (seen) => seen.targets.length > 0,
      'the suspension at work',
    );
    await rig.send(late);
    await takenIn(late);
    rig.standIn(target).faults.up();
    // What this vendor does not offer is named: sessions.
    expect(await rig.changed('suspension', away)).toMatchObject({ outcome: 'complete-with-exceptions' });
    await rig.idle('o4');
    expect(held('o4').enabled).toBe(false);
  });

  test('what HR said while somebody left by mistake is carried through after the undo', async () => {
    await joined('o5');
    await rig.send(event('o5', 'tenure.leaver', 'Platform', { urgent: true }));
    await rig.untilProgress('o5', (seen) => seen.approval !== undefined, 'everything to be contained');
    const moves = event('o5', 'tenure.mover', 'Sales');
    await rig.send(moves);
    await takenIn(moves);
    await rig.send(event('o5', 'tenure.undo', 'Sales'));
    await rig.changed('mover', moves);
    await rig.idle('o5');
    expect(held('o5')).toEqual({ enabled: true, groups: ['Operators', 'VPN'] });
  });

  test('an undo that had to wait means what was before it, not the leaver that came meanwhile', async () => {
    await joined('o6');
    const leaves = event('o6', 'tenure.leaver', 'Platform', { urgent: true });
    await rig.send(leaves);
    await rig.untilProgress('o6', (seen) => seen.approval !== undefined, 'everything to be contained');
    const early = event('o6', 'tenure.undo');
    const returned: TimedEvent = { event: early, receivedAt: early.time, eventHash: early.id, moments: {}, order: 1 };
    await rig.client.workflow.getHandle(personWorkflowId('o6')).signal(returnedSignal, returned);
    const told = await rig.untilProgress('o6', (seen) => seen.notes?.some((note) => note.includes(early.id)) === true);
    expect(told.notes?.join()).toContain(`it was said before ${leaves.id}`);
    expect(told.state).toBe('awaiting-approval');
    await rig.send(event('o6', 'tenure.undo'));
    expect(await rig.ended('o6')).toMatchObject({ outcome: 'undone' });
    await rig.idle('o6');
    expect(held('o6')).toEqual({ enabled: true, groups: ['Operators'] });
  });

  test('a joiner ends a leaver whose day has come, though it has not begun', async () => {
    await joined('o7');
    await rig.send(event('o7', 'tenure.leaver', 'Platform', { effectiveAt: '2026-01-01' }));
    await rig.untilProgress('o7', (seen) => seen.state === 'held', 'it to be held, as it is late');
    const back = event('o7', 'tenure.joiner', 'Sales');
    await rig.send(back);
    expect(await rig.ended('o7')).toMatchObject({ outcome: 'cancelled' });
    await rig.changed('joiner', back);
    await rig.idle('o7');
    expect(held('o7')).toEqual({ enabled: true, groups: ['Operators', 'VPN'] });
  });

  test('a joiner that stopped for a suspension which never began is carried through', async () => {
    const joins = event('o8', 'tenure.joiner', 'Leads');
    await rig.send(joins);
    await asks('o8');
    await rig.send(event('o8', 'tenure.suspended'));
    await rig.send(event('o8', 'tenure.resumed'));
    const asked = await rig.until(
      async () => ({
        status: (await rig.flow('suspension', 'o8').describe()).status.name,
        ...(await rig.progress('o8', 'joiner')),
      }),
      (seen) => seen.status === 'COMPLETED' && seen.approval !== undefined,
      'the joiner to ask again',
    );
    await approve('o8', asked.approval?.planHash);
    await rig.idle('o8');
    expect(held('o8')).toEqual({ enabled: true, groups: ['Admins', 'Operators'] });
  });

  test('a joiner from before a suspension of a day to come does not wait for that day', async () => {
    const joins = event('p2', 'tenure.joiner', 'Sales');
    const ahead = event('p2', 'tenure.suspended', 'Sales', { effectiveAt: '2099-01-01' });
    await rig.send(ahead);
    await waitsForItsDay('p2');
    await rig.send(joins);
    await rig.changed('joiner', joins);
    expect(held('p2')).toEqual({ enabled: true, groups: ['Operators', 'VPN'] });
    expect((await waitsForItsDay('p2')).dueAt).toContain('2099-01-01');
    await rig.send(event('p2', 'tenure.resumed'));
    await rig.idle('p2');
  });

  test('an event that a flow gives back at its end waits for that end: it is not said to it once more', async () => {
    await rig.send(event('p1', 'tenure.joiner', 'Leads'));
    await asks('p1');
    const joiner = rig.flow('joiner', 'p1');
    const { runId } = await joiner.describe();
    const away = event('p1', 'tenure.suspended');
    const returned: Returned = {
      event: away,
      receivedAt: away.time,
      eventHash: away.id,
      moments: {},
      from: { workflowId: joiner.workflowId, runId },
      closing: true,
    };
    const person = rig.client.workflow.getHandle(personWorkflowId('p1'));
    await person.signal(returnedSignal, returned);
    await rig.until(
      async () => (await person.fetchHistory()).events ?? [],
      (events) =>
        events.some((one) => one.activityTaskScheduledEventAttributes?.activityType?.name === 'standingOf') &&
        events.at(-1)?.workflowTaskCompletedEventAttributes != null,
      'the event to be taken in hand',
    );
    expect((await rig.progress('p1', 'joiner')).state).toBe('awaiting-approval');
    await joiner.executeUpdate(peopleUpdate('cancel'), { args: [{ reason: 'not this one' }] });
    expect(await joiner.result()).toMatchObject({ outcome: 'undone' });
    await rig.changed('suspension', away);
    await rig.idle('p1');
  });

  test('a suspension of a day to come lets a mover pass, and waits for its day again', async () => {
    await joined('o9');
    await rig.send(event('o9', 'tenure.suspended', 'Platform', { effectiveAt: '2099-01-01' }));
    await waitsForItsDay('o9');
    const moves = event('o9', 'tenure.mover', 'Sales');
    await rig.send(moves);
    await rig.changed('mover', moves);
    expect(held('o9')).toEqual({ enabled: true, groups: ['Operators', 'VPN'] });
    expect((await waitsForItsDay('o9')).dueAt).toContain('2099-01-01');
    await rig.send(event('o9', 'tenure.resumed'));
    await rig.idle('o9');
  });
});
