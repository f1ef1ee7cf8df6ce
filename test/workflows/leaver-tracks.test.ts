import { standInTypes } from '../../sandbox';
import { DelineaTenant } from '../../sandbox/delinea-tenant';
import type { Progress, StepName, StepProgress } from '../../domain/flow';
import { removalTargets } from '../../domain/removal';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const people = ['t1', 't2', 't3', 't4', 't5'].map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const tenant = new DelineaTenant({ cleanUpMs: 500 });
const policy = {
  leaver: {
    retention: 'PT0S',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', window: 'P7D', approvers: { count: 1, minStrength: 'asserted' } },
  },
};
const by = 'ann@acme.test';

function step(progress: Progress, target: string, name: StepName): StepProgress | undefined {
  return progress.targets.find((one) => one.id === target)?.steps.find((one) => one.name === name);
}

describe('eight targets side by side', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({
      types: standInTypes,
      people,
      standIns: { 'delinea-rest': { tenant }, 'delinea-scim': { tenant } },
      targets: { 'delinea-rest': { system: 'acme-delinea' }, 'delinea-scim': { system: 'acme-delinea' } },
      config: { policy },
    });
  }, 180_000);
  afterAll(async () => rig.stop(), 180_000);

  const account = (target: string, id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const leave = (id: string) => rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
  const update = (id: string, name: string, input: unknown) => rig.leaver(id).executeUpdate(name, { args: [input] });
  const resolve = (id: string, target: string, action: 'retry' | 'skip', reason: string) =>
    update(id, 'resolve', { target, action, reason, by });
  const until = (id: string, isSo: (seen: Progress) => boolean, what: string) =>
    rig.until(() => rig.progress(id), isSo, what, 60_000);
  const isDeleted = (seen: Progress, target: string) =>
    ['done', 'already'].includes(step(seen, target, 'deleteAccounts')?.outcome ?? '');
  /** Approves every plan that is asked for until all of these targets are deleted. */
  const approveUntilDeleted = (id: string, targets: readonly string[]) =>
    until(
      id,
      (seen) => {
        for (const { planHash, decisions } of seen.approvals ?? [])
          if (decisions.length === 0)
            void update(id, 'decide', { approved: true, reason: 'left', planHash, approver: by }).catch(() => {});
        return targets.every((target) => isDeleted(seen, target));
      },
      `deletion on ${targets.join(', ')}`,
    );
  const others = (...late: string[]) => standInTypes.filter((type) => !late.includes(type));

  test('all are contained, asked for and deleted; one system is deleted once', async () => {
    await leave('t1');
    const ended = rig.ended('t1');
    await approveUntilDeleted('t1', standInTypes).catch(async (error: unknown) => {
      // The flow may have ended between two looks: then its evidence says the same.
      if (!(await Promise.race([ended.then(() => true), new Promise((no) => setTimeout(no, 1000, false))])))
        throw error;
    });
    expect((await ended).outcome).toMatch(/^complete/);
    for (const type of standInTypes) expect([type, account(type, 't1')?.deleted ?? true]).toEqual([type, true]);
    const evidence = await rig.store.evidence.list({ personId: 't1' });
    const disabled = evidence.filter((one) => one.step === 'disableAccounts' && one.target !== undefined);
    expect(new Set(disabled.map((one) => one.target))).toEqual(new Set(standInTypes));
    const onDelinea = evidence.filter((one) => one.step === 'deleteAccounts' && one.target?.startsWith('delinea'));
    expect(onDelinea.map((one) => one.outcome).sort()).toEqual(['already', 'done']);
    expect((await rig.store.evidence.verify({ personId: 't1' })).intact).toBe(true);
  }, 240_000);

  test('a vendor that is down delays its own track alone; approval goes on meanwhile, also after a restart', async () => {
    const down = 'cyberark-privilege-cloud';
    rig.standIn(down).faults.down();
    await leave('t2');
    await until('t2', (seen) => seen.approval !== undefined, 'a plan without the vendor that is down');
    await rig.stopWorkers();
    await rig.startWorkers();
    const rest = await approveUntilDeleted('t2', others(down));
    expect(step(rest, down, 'disableAccounts')?.outcome).toMatch(/running|waiting/);
    expect(account(down, 't2')).toMatchObject({ enabled: true, deleted: false });
    rig.standIn(down).faults.up();
    const asked = await until(
      't2',
      (seen) => seen.approvals?.some(({ plan }) => removalTargets(plan).some(({ target }) => target === down)) === true,
      'the late track to be asked for',
    );
    expect(asked.approval?.plan).toMatchObject({ targets: [{ target: down }] });
    expect(account(down, 't2')).toMatchObject({ enabled: false, groups: [], deleted: false });
    await update('t2', 'decide', { approved: true, reason: 'left', planHash: asked.approval?.planHash, approver: by });
    await rig.ended('t2');
    expect(account(down, 't2')?.deleted ?? true).toBe(true);
  }, 150_000);

  test('a parked step holds up no other target and goes on by `resolve` with retry', async () => {
    const parked = 'beyondtrust-rest';
    rig.standIn(parked).faults.add({ kind: 'missing-field', field: 'enabled', times: 1000 });
    await leave('t3');
    const seen = await approveUntilDeleted('t3', others(parked));
    expect(seen.state).toBe('blocked');
    expect(step(seen, parked, 'disableAccounts')?.outcome).toBe('parked');
    rig.standIn(parked).faults.clear();
    await resolve('t3', parked, 'retry', 'the service account may read it now');
    const asked = await until('t3', (seen) => seen.approval !== undefined, 'the mended target to be asked for');
    await update('t3', 'decide', { approved: true, reason: 'left', planHash: asked.approval?.planHash, approver: by });
    await rig.ended('t3');
    expect(account(parked, 't3')?.deleted ?? true).toBe(true);
    const word = (await rig.store.evidence.list({ personId: 't3' })).find((one) => one.step === 'resolve');
    expect(word).toMatchObject({ actor: { name: by, strength: 'asserted' } });
    expect(word?.detail).toContain('the service account may read it now');
  }, 150_000);

  test('a parked step and one that merely waits are skipped, with the reason in evidence and report', async () => {
    const parked = 'beyondtrust-rest';
    const waiting = 'beyond-identity';
    rig.standIn(parked).faults.add({ kind: 'missing-field', field: 'enabled', times: 1000 });
    rig.standIn(waiting).faults.down();
    await leave('t4');
    await until(
      't4',
      (seen) =>
        step(seen, parked, 'disableAccounts')?.outcome === 'parked' &&
        step(seen, waiting, 'disableAccounts')?.outcome === 'running',
      'one parked and one waiting',
    );
    await resolve('t4', parked, 'skip', 'the appliance is being replaced');
    await resolve('t4', waiting, 'skip', 'the tenant was closed');
    const report = await approveUntilDeleted('t4', others(parked, waiting)).then(
      () => rig.ended('t4'),
      () => rig.ended('t4'),
    );
    rig.standIn(parked).faults.clear();
    rig.standIn(waiting).faults.up();
    expect(report.outcome).toBe('complete-with-exceptions');
    expect(report.exceptions.join('\n')).toContain(`skipped by ${by}: the appliance is being replaced`);
    expect(report.exceptions.join('\n')).toContain(`skipped by ${by}: the tenant was closed`);
    expect(account(waiting, 't4')).toMatchObject({ enabled: true });
    const words = (await rig.store.evidence.list({ personId: 't4' })).filter((one) => one.step === 'resolve');
    expect(words.map((one) => one.detail?.split('Reason: ')[1])).toEqual([
      'the appliance is being replaced',
      'the tenant was closed',
    ]);
  }, 150_000);
});
