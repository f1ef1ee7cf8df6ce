import { SkippingRig } from '../../rig/skipping';
import { hrEvent, seedPerson } from '../../rig/tenure';

const vault = 'cyberark-privilege-cloud';
const appliance = 'beyondtrust-rest';
const stuck = 'stuck@acme.test';
const people = ['alone', 'down', 'refused1', 'refused2', 'late', 'stuck'].map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const minute = 60_000;
const policy = { leaver: { retention: 'PT0S', sessions: { poll: 'PT10M', quiet: 'PT30M', deadline: 'PT4H' } } };

describe('what waits is shown, holds up nothing else, and goes on by itself', () => {
  let rig: SkippingRig;
  beforeAll(async () => {
    rig = await SkippingRig.start({
      types: [appliance, vault],
      people,
      config: { policy },
      standIns: { [vault]: { lateSessionMs: 20 * minute, unterminatable: [stuck] } },
      // The first test wants nobody on the vault's queue.
      hosted: [appliance],
    });
  }, 180_000);
  afterAll(async () => rig.stop(), 120_000);

  const leave = (id: string) => rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
  const enabled = (target: string, id: string) => rig.standIn(target).account(`${id}@acme.test`)?.enabled;
  const live = (id: string) =>
    Object.values(rig.standIn(vault).account(`${id}@acme.test`)?.live ?? {}).reduce((sum, count) => sum + count, 0);
  const evidenceOf = async (id: string, step: string, target: string) =>
    (await rig.store.evidence.list({ personId: id })).filter((one) => one.step === step && one.target === target);
  const done = (id: string, target: string) =>
    rig.until(
      id,
      ({ targets }) =>
        targets.some(
          (one) =>
            one.id === target &&
            one.steps.some((step) => step.name === 'drainSessions' && ['clean', 'unsupported'].includes(step.outcome)),
        ),
      `${target} to be contained`,
    );

  test('no worker on the queue: shown as such after two minutes, until one comes', async () => {
    await leave('alone');
    await done('alone', appliance);
    expect((await rig.step('alone', vault, 'disableAccounts'))?.outcome).toBe('running');
    await rig.passWithoutWorker('3 minutes');
    const seen = await rig.until('alone', ({ state }) => state === 'blocked', 'the waiting step');
    expect(seen.targets.find(({ id }) => id === vault)?.steps[0]).toMatchObject({
      name: 'disableAccounts',
      outcome: 'waiting',
      detail: 'no worker answers on its queue',
    });
    expect(enabled(vault, 'alone')).toBe(true);
    await rig.startTarget(vault);
    await rig.ended('alone');
    expect(enabled(vault, 'alone')).toBe(false);
    const [wait] = await evidenceOf('alone', 'disableAccounts', vault);
    expect(wait).toMatchObject({ kind: 'wait', outcome: 'waiting' });
  }, 120_000);

  test('a vendor that is down for an hour: shown with attempt and reason, and only its own track is late', async () => {
    const { faults } = rig.standIn(vault);
    faults.down();
    const left = await rig.now();
    await leave('down');
    await done('down', appliance);
    await rig.pass('3 minutes');
    const seen = await rig.until('down', ({ state }) => state === 'blocked', 'the waiting step');
    const waiting = seen.targets.find(({ id }) => id === vault)?.steps[0];
    expect(waiting?.outcome).toBe('waiting');
    expect(waiting?.detail).toMatch(/^attempt \d+: VendorUnavailable .*does not answer/);
    await rig.pass('57 minutes');
    expect(enabled(vault, 'down')).toBe(true);
    faults.up();
    await rig.pass('2 minutes');
    expect(enabled(vault, 'down')).toBe(false);
    const report = await rig.ended('down');
    expect(report.exceptions.join()).not.toContain(vault);
    const minutesUntilDisabled = async (target: string) => {
      const disabled = (await evidenceOf('down', 'disableAccounts', target)).find(({ outcome }) => outcome === 'done');
      return (Date.parse(disabled?.at ?? '') - left) / minute;
    };
    expect(await minutesUntilDisabled(appliance)).toBeLessThan(3);
    expect(await minutesUntilDisabled(vault)).toBeGreaterThanOrEqual(60);
  }, 120_000);

  test('a refused credential: nobody tries again for a quarter of an hour, then one probe, then all go on', async () => {
    const { faults, requests } = rig.standIn(vault);
    faults.add({ kind: 'expired-token', times: 10_000 });
    const before = requests.length;
    await leave('refused1');
    await leave('refused2');
    await rig.pass('3 minutes');
    const seen = await rig.until('refused2', ({ state }) => state === 'blocked', 'the waiting step');
    expect(seen.targets.find(({ id }) => id === vault)?.steps[0]?.detail).toContain('VendorUnauthorized');
    const refused = requests.length;
    expect(refused).toBeGreaterThan(before);
    await rig.pass('9 minutes');
    expect(requests.length).toBe(refused);
    await rig.pass('5 minutes');
    const probed = requests.length;
    expect(probed).toBeGreaterThan(refused);
    await rig.pass('10 minutes');
    expect(requests.length).toBe(probed);
    faults.clear();
    await rig.pass('10 minutes');
    for (const id of ['refused1', 'refused2']) expect([id, enabled(vault, id)]).toEqual([id, false]);
    await rig.ended('refused1');
    await rig.ended('refused2');
  }, 120_000);

  test('a session that opens within the quiet period is caught, and the period begins again', async () => {
    const left = await rig.now();
    await leave('late');
    await rig.pass('15 minutes');
    await rig.until('late', ({ targets }) => targets.some(({ id }) => id === vault), 'its tracks');
    expect((await rig.step('late', vault, 'drainSessions'))?.outcome).toBe('running');
    await rig.ended('late');
    expect(live('late')).toBe(0);
    const [drained] = await evidenceOf('late', 'drainSessions', vault);
    expect(drained).toMatchObject({ outcome: 'clean', detail: '2 ended, none came back' });
    // Twenty minutes until the late session, and thirty of silence after it.
    expect((Date.parse(drained?.at ?? '') - left) / minute).toBeGreaterThanOrEqual(50);
  }, 120_000);

  test('past four hours a session that only a person can end is residual, and clears by itself once it is ended', async () => {
    await leave('stuck');
    await rig.pass('3 hours');
    const early = await rig.step('stuck', vault, 'drainSessions');
    expect(early?.outcome).toBe('running');
    await rig.pass('2 hours');
    const seen = await rig.until('stuck', ({ state }) => state === 'blocked', 'the residual session');
    const residual = seen.targets.find(({ id }) => id === vault)?.steps[2];
    expect(residual).toMatchObject({ name: 'drainSessions', outcome: 'residual-sessions' });
    expect(residual?.detail).toContain('a person must end it');
    await rig.pass('1 days');
    expect((await rig.progress('stuck')).state).toBe('blocked');
    expect(live('stuck')).toBeGreaterThan(0);
    endAllSessions();
    const report = await rig.ended('stuck');
    expect(report.exceptions.join()).not.toContain('residual');
    const outcomes = (await evidenceOf('stuck', 'drainSessions', vault)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['residual-sessions', 'clean']);
  }, 120_000);

  /** Somebody ends them in the vendor's console. */
  function endAllSessions(): void {
    const standIn = rig.standIn(vault);
    const saved = standIn.save() as { readonly sessions: { readonly sessions: readonly object[] } };
    const sessions = saved.sessions.sessions.map((one) => ({ ...one, endsAt: 1 }));
    standIn.restore({ ...saved, sessions: { ...saved.sessions, sessions } });
  }
});
