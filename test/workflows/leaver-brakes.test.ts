import { readEmergencyStops, setEmergencyStop } from '../../workers/emergency-stop';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-rest';
const people = [
  ...['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8'].map((id) => seedPerson(id)),
  seedPerson('vip'),
  seedPerson('bg', { username: 'breakglass', email: 'bg@acme.test' }),
];
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const sessions = { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' };
const policy = {
  leaver: { retention: 'PT0S', sessions, deletion: { mode: 'never', approvers: { minStrength: 'asserted' } } },
};

describe('the brakes, before anything real is touched', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      types: [target],
      people,
      config: {
        policy,
        safety: {
          budget: { perHour: 1, perDay: 100, urgentPerHour: 1000 },
          protected: { people: ['vip'], accounts: [{ target, username: 'breakglass' }] },
        },
      },
    });
  });
  afterAll(async () => rig.stop());

  const account = (username: string) => rig.standIn(target).account(username);
  const writesFor = (id: string | undefined) =>
    rig.standIn(target).requests.filter((request) => request.write && request.path.endsWith(`/${id ?? '?'}`)).length;
  const update = (id: string, name: string, input: unknown) => rig.leaver(id).executeUpdate(name, { args: [input] });

  test('over the budget flows are held, nothing is written, and a second person releases', async () => {
    const threeDaysAgo = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
    await rig.send(
      hrEvent(person('b1'), 'tenure.leaver', { effectiveAt: threeDaysAgo }, { time: new Date().toISOString() }),
    );
    const now = new Date(Date.now() - 1000).toISOString();
    await rig.send(hrEvent(person('b2'), 'tenure.leaver', { effectiveAt: now }));
    await rig.until(
      async () => (await rig.progress('b2')).state,
      (state) => state === 'held' || state === 'done',
      'b2 held or done',
    );
    const held = (await rig.progress('b2')).state === 'held' ? 'b2' : 'b1';
    expect((await rig.progress(held)).waitingFor).toContain('perHour');
    expect(account(`${held}@acme.test`)?.enabled).toBe(true);
    await update(held, 'release', { reason: 'me', by: 'hr@acme.test' }); // the requester
    await rig.untilProgress(
      held,
      (seen) => seen.notes?.some((note) => note.includes('not applied')) === true,
      'the refusal',
    );
    expect((await rig.progress(held)).state).toBe('held');
    await update(held, 'release', { reason: 'checked', by: 'ann@acme.test' });
    await rig.ended(held);
    expect(account(`${held}@acme.test`)?.enabled).toBe(false);
  });

  test('urgent leavers have a budget of their own', async () => {
    await rig.send(hrEvent(person('b3'), 'tenure.leaver', { urgent: true }));
    await rig.ended('b3');
    expect(account('b3@acme.test')?.enabled).toBe(false);
  });

  test('more than seven days late is held', async () => {
    await rig.send(hrEvent(person('b4'), 'tenure.leaver', { effectiveAt: '2020-01-01' }));
    const seen = await rig.untilProgress('b4', (progress) => progress.state === 'held');
    expect(seen.waitingFor).toContain('days ago');
    await update('b4', 'cancel', { reason: 'a typing error', by: 'ann@acme.test' });
    expect(await rig.ended('b4')).toMatchObject({ outcome: 'cancelled' });
    expect(account('b4@acme.test')?.enabled).toBe(true);
  });

  test('a word on a late leaver lets nobody over the budget: that takes one of its own', async () => {
    await rig.send(hrEvent(person('b8'), 'tenure.leaver', { effectiveAt: '2020-01-01' }));
    const late = await rig.untilProgress('b8', (seen) => seen.state === 'held', 'held as late');
    expect(late.waitingFor).toMatch(/^release by 1 more: .*days ago/);
    await update('b8', 'release', { reason: 'they left then', by: 'ann@acme.test' });
    const over = await rig.untilProgress('b8', (seen) => seen.waitingFor?.includes('perHour') === true, 'the budget');
    expect(over.waitingFor).toMatch(/^release by 1 more: budget perHour/);
    expect(account('b8@acme.test')?.enabled).toBe(true);
    await update('b8', 'release', { reason: 'and nobody else did', by: 'ann@acme.test' });
    await rig.ended('b8');
    expect(account('b8@acme.test')?.enabled).toBe(false);
  });

  test('a protected person needs two people; a protected account parks until two released it', async () => {
    await rig.send(hrEvent(person('vip'), 'tenure.leaver', { urgent: true }));
    await rig.untilProgress('vip', (seen) => seen.state === 'held');
    await update('vip', 'release', { reason: 'yes', by: 'ann@acme.test' });
    await update('vip', 'release', { reason: 'yes', by: 'ANN@acme.test' });
    await rig.untilProgress('vip', (seen) => (seen.notes?.length ?? 0) >= 2, 'both notes');
    expect((await rig.progress('vip')).state).toBe('held');
    await update('vip', 'release', { reason: 'yes', by: 'ben@acme.test' });
    await rig.ended('vip');
    expect(account('vip@acme.test')?.enabled).toBe(false);

    await rig.send(hrEvent(person('bg'), 'tenure.leaver', { urgent: true }));
    await rig.untilProgress('bg', (seen) => seen.state === 'blocked');
    expect(writesFor(account('breakglass')?.id)).toBe(0);
    const resolve = { target, action: 'retry', reason: 'agreed' };
    await update('bg', 'resolve', { ...resolve, by: 'ann@acme.test' });
    await rig.untilProgress(
      'bg',
      (seen) => seen.notes?.some((note) => note.includes('one more person')) === true,
      'one more person',
    );
    expect(account('breakglass')?.enabled).toBe(true);
    await update('bg', 'resolve', { ...resolve, by: 'ben@acme.test' });
    await rig.ended('bg');
    expect(account('breakglass')?.enabled).toBe(false);
  });

  test('the emergency stop holds flows in flight and survives a worker restart; resume lets them go on', async () => {
    const door = { workflowService: rig.client.workflowService, namespace: rig.engine.namespace, targets: [target] };
    await setEmergencyStop({ ...door, stopped: true, reason: 'something is wrong', by: 'ann@acme.test' });
    expect(await readEmergencyStops(door)).toMatchObject([{ target, stopped: true, reason: 'something is wrong' }]);
    await rig.send(hrEvent(person('b5'), 'tenure.leaver', { urgent: true }));
    await rig.untilProgress('b5', (seen) => seen.state === 'containing');
    await rig.stopWorkers();
    await rig.startWorkers();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(account('b5@acme.test')?.enabled).toBe(true);
    // Whoever pulled the brake looks at the vendor before letting go; nothing is written, not even to a canary.
    const writes = writesFor(account('b7@acme.test')?.id);
    const look = (workflowType: string, input: unknown) =>
      rig.client.workflow.execute(workflowType, {
        workflowId: `${workflowType}:${JSON.stringify(input).length}`,
        taskQueue: 'tenure',
        args: [input],
      });
    expect(await look('check', { targets: [target] })).toMatchObject([{ target, ok: true }]);
    expect(await look('check', { targets: [target], canary: 'b7@acme.test' })).toMatchObject([
      { ok: false, findings: [{ name: 'check', detail: expect.stringContaining('held by the emergency stop') }] },
    ]);
    const cause = {
      event: hrEvent(person('b5'), 'tenure.leaver'),
      receivedAt: new Date().toISOString(),
      eventHash: '',
      moments: {},
    };
    expect(await look('plan', { cause })).toMatchObject({ targets: [{ target, outcome: 'would-change' }] });
    expect(writesFor(account('b7@acme.test')?.id)).toBe(writes);
    expect(account('b5@acme.test')?.enabled).toBe(true);
    await setEmergencyStop({ ...door, stopped: false, reason: 'all clear', by: 'ann@acme.test' });
    await rig.ended('b5');
    expect(account('b5@acme.test')?.enabled).toBe(false);
    // The dev server lets a queue lie for a while, now and then, after its limit is gone.
  }, 200_000);

  test('observe plans everything and writes nothing; contain never deletes', async () => {
    await rig.stopWorkers();
    await rig.configure({ config: { policy, mode: 'observe' } });
    await rig.startWorkers();
    await rig.send(hrEvent(person('b6'), 'tenure.leaver', { urgent: true }));
    const report = await rig.ended('b6');
    expect(report).toMatchObject({
      outcome: 'complete-with-exceptions',
      exceptions: expect.arrayContaining([expect.stringContaining('would disable b6@acme.test')]),
    });
    expect(writesFor(account('b6@acme.test')?.id)).toBe(0);

    await rig.stopWorkers();
    await rig.configure({
      config: {
        mode: 'contain',
        policy: { leaver: { ...policy.leaver, deletion: { mode: 'approval', targets: 'all' } } },
      },
    });
    await rig.startWorkers();
    await rig.send(hrEvent(person('b7'), 'tenure.leaver', { urgent: true }));
    await rig.ended('b7');
    expect(account('b7@acme.test')).toMatchObject({ enabled: false, deleted: false });
  });
});
