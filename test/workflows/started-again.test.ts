import type { HrEvent } from '../../domain/event';
import type { FlowKind } from '../../domain/flow';
import { operatorSignal, peopleUpdate, personWorkflowId } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const people = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'].map((id) => seedPerson(id, { groups: [] }));
people.push(seedPerson('holder', { groups: ['Operators', 'VPN', 'Admins'] }));
const by = 'ann@acme.test';
const account = { username: '{email}' };
const rule = (id: string, name: string) => ({
  id,
  when: `person.department == "${id}"`,
  target,
  account,
  grants: [{ kind: 'group', name }],
});
const policy = {
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', window: 'P7D', approvers: { count: 1, minStrength: 'asserted' } },
  },
  access: { rules: [{ id: 'all', when: 'true', target, account }, rule('Sales', 'Operators'), rule('Ops', 'VPN')] },
};

/** A flow that was ended from outside goes on as it stood, not as it was first asked for. */
describe('a flow that is started again', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy } });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const accountOf = (id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const event = (id: string, type: HrEvent['type'], data: Partial<HrEvent['data']> = {}, department = 'Other') =>
    hrEvent(seedPerson(id), type, {
      person: { id, username: `${id}@acme.test`, email: `${id}@acme.test`, displayName: id, department },
      ...data,
    });
  const send = async (...about: Parameters<typeof event>) => {
    const sent = event(...about);
    await rig.send(sent);
    return sent;
  };
  const update = (kind: FlowKind, id: string, name: 'cancel' | 'decide' | 'reschedule', more: object = {}) =>
    rig.flow(kind, id).executeUpdate(peopleUpdate(name), { args: [{ reason: 'x', by, ...more }] });
  const due = (id: string, day: string, kind: FlowKind = 'leaver') =>
    rig.until(
      () => rig.progress(id, kind),
      (seen) => seen.dueAt?.startsWith(day) === true,
      `the day ${day}`,
    );
  const heard = (id: string, count: number, kind: FlowKind = 'leaver') =>
    rig.until(
      async () => (await rig.flow(kind, id).fetchHistory()).events ?? [],
      (events) => events.filter((one) => one.workflowExecutionSignaledEventAttributes).length === count,
      `${count} words to be heard`,
    );
  /** Terminates it; another run follows. */
  const terminate = async (id: string, kind: FlowKind = 'leaver') => {
    const { runId } = await rig.flow(kind, id).describe();
    await rig.flow(kind, id).terminate('a wrong click');
    await rig.until(
      async () => (await rig.flow(kind, id).describe()).runId,
      (seen) => seen !== runId,
      'another run',
    );
  };

  test('on the day that HR has moved it to', async () => {
    await send('a1', 'tenure.leaver', { effectiveAt: new Date(Date.now() + 60_000).toISOString() });
    await rig.untilProgress('a1', (seen) => seen.state === 'scheduled');
    await send('a1', 'tenure.leaver', { effectiveAt: '2099-05-01' });
    await due('a1', '2099');
    await terminate('a1');
    await due('a1', '2099');
    // and once more: what was said is kept beyond the second run
    await terminate('a1');
    await due('a1', '2099');
    await send('a1', 'tenure.leaver.cancelled');
    expect(await rig.ended('a1')).toMatchObject({ outcome: 'cancelled' });
    expect(accountOf('a1')).toMatchObject({ enabled: true });
  });

  test('on the day that an operator has set', async () => {
    await send('a2', 'tenure.leaver', { effectiveAt: '2098-05-01' });
    await rig.untilProgress('a2', (seen) => seen.state === 'scheduled');
    const word = { workflowId: 'leaver:a2', at: new Date().toISOString(), by, reason: 'x' };
    await rig.client.workflow
      .getHandle(personWorkflowId('a2'))
      .signal(operatorSignal, { ...word, word: 'reschedule', effectiveAt: '2099-06-01T00:00:00.000Z' });
    await terminate('a2');
    await due('a2', '2099-06');
    const moved = await send('a2', 'tenure.leaver', { effectiveAt: '2097-05-01' });
    await rig.until(
      () => rig.answersTo(moved),
      (seen) => seen.includes('needs-person'),
      'the contradiction',
    );
    await rig.leaver('a2').cancel();
    await rig.ended('a2');
  });

  test('under its legal hold: nothing is asked, nothing deleted', async () => {
    await send('a3', 'tenure.leaver', { urgent: true });
    await rig.untilProgress('a3', (seen) => seen.approval !== undefined, 'the plan');
    await send('a3', 'tenure.hold', { reason: 'litigation' });
    await heard('a3', 1);
    await terminate('a3');
    const seen = await rig.untilProgress('a3', ({ state, approval }) => state === 'held' || approval !== undefined);
    expect(seen).toMatchObject({ state: 'held' });
    expect(seen.approval).toBeUndefined();
    await rig.leaver('a3').cancel();
    expect(await rig.ended('a3')).toMatchObject({ outcome: 'kept-disabled' });
  });

  test('to end the access that a cancel after the last day has left', async () => {
    rig.standIn(target).faults.down();
    await send('a4', 'tenure.leaver', { urgent: true });
    await rig.untilProgress('a4', ({ state }) => state !== 'scheduled', 'the disabling');
    await update('leaver', 'a4', 'cancel');
    await rig.untilProgress('a4', ({ notes = [] }) => notes.some((one) => one.includes('nothing will be deleted')));
    await terminate('a4');
    rig.standIn(target).faults.up();
    expect(await rig.ended('a4')).toMatchObject({ outcome: 'kept-disabled' });
    expect(accountOf('a4')).toMatchObject({ enabled: false, deleted: false });
  });

  test('also when an operator had cancelled the one before it', async () => {
    await send('a5', 'tenure.joiner', { effectiveAt: '2099-01-01' });
    await rig.until(
      () => rig.progress('a5', 'joiner'),
      ({ state }) => state === 'scheduled',
    );
    await send('a5', 'tenure.leaver', { effectiveAt: '2099-02-01' });
    await rig.untilProgress('a5', ({ state }) => state === 'scheduled');
    await update('leaver', 'a5', 'cancel');
    await rig.ended('a5');
    rig.standIn(target).faults.down();
    const { runId } = await rig.leaver('a5').describe();
    await send('a5', 'tenure.leaver', { urgent: true });
    await rig.until(
      async () => (await rig.leaver('a5').describe()).runId,
      (seen) => seen !== runId,
      'the next one',
    );
    await rig.untilProgress('a5', ({ state }) => state !== 'scheduled', 'the disabling');
    await terminate('a5');
    rig.standIn(target).faults.up();
    await rig.untilProgress('a5', ({ approval }) => approval !== undefined, 'the plan');
    expect(accountOf('a5')).toMatchObject({ enabled: false });
    await rig.leaver('a5').cancel();
    await rig.flow('joiner', 'a5').cancel();
    await rig.idle('a5');
  });

  test('a rehire that waits for the end of a leaver is carried through', async () => {
    await send('a6', 'tenure.joiner', {}, 'Sales');
    await rig.idle('a6');
    rig.standIn(target).faults.down();
    await send('a6', 'tenure.leaver', { urgent: true });
    await rig.untilProgress('a6', ({ state }) => state !== 'scheduled', 'the disabling');
    await rig.until(
      async () => (await rig.leaver('a6').describe()).raw.pendingActivities ?? [],
      (pending) => pending.length > 0,
    );
    await rig.workers?.stop();
    await send('a6', 'tenure.rehire', {}, 'Ops');
    await rig.startWorkers({ targets: [] });
    await heard('a6', 1);
    await terminate('a6');
    await rig.stopWorkers();
    await rig.startWorkers();
    rig.standIn(target).faults.up();
    await rig.idle('a6');
    expect(accountOf('a6')).toMatchObject({ enabled: true, groups: expect.arrayContaining(['VPN']) as unknown });
  }, 120_000);

  test('a mover as HR has told it last', async () => {
    await send('a7', 'tenure.mover', { effectiveAt: '2099-01-01' }, 'Sales');
    await rig.until(
      () => rig.progress('a7', 'mover'),
      ({ state }) => state === 'scheduled',
    );
    await send('a7', 'tenure.mover', { effectiveAt: '2099-02-02' }, 'Ops');
    await due('a7', '2099-02', 'mover');
    await terminate('a7', 'mover');
    await due('a7', '2099-02', 'mover');
    await update('mover', 'a7', 'reschedule', { effectiveAt: new Date().toISOString() });
    await rig.idle('a7');
    expect(accountOf('a7')).toMatchObject({ groups: ['VPN'] });
  });

  test('a mover at work, and the one that waits for its end', async () => {
    rig.standIn(target).faults.down();
    await send('a8', 'tenure.mover', {}, 'Sales');
    await rig.until(
      () => rig.progress('a8', 'mover'),
      ({ state }) => state !== 'scheduled',
      'the first',
    );
    await send('a8', 'tenure.mover', {}, 'Ops');
    await heard('a8', 1, 'mover');
    await terminate('a8', 'mover');
    rig.standIn(target).faults.up();
    await rig.idle('a8');
    expect(accountOf('a8')).toMatchObject({ groups: ['VPN'] });
  });
});
