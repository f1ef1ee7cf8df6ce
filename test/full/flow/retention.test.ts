import { SkippingRig } from '../../rig/skipping';
import { hrEvent, seedPerson } from '../../rig/tenure';

const vault = 'cyberark-privilege-cloud';
const appliance = 'beyondtrust-rest';
const people = ['expires', 'approved', 'rejected', 'paid'].map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);
const day = 24 * 3_600_000;
const ann = 'ann@acme.test';
const policy = {
  leaver: {
    retention: 'P30D',
    sessions: { poll: 'PT10M', quiet: 'PT30M', deadline: 'PT4H' },
    deletion: { mode: 'approval', targets: 'all', window: 'P7D', approvers: { count: 1, minStrength: 'asserted' } },
  },
};

describe('thirty days of retention, seven to decide', () => {
  let rig: SkippingRig;
  let left: number;
  beforeAll(async () => {
    rig = await SkippingRig.start({ types: [appliance, vault], people, config: { policy } });
    left = await rig.now();
    const paidUntil = new Date(left + 10 * day).toISOString();
    for (const id of ['expires', 'approved', 'rejected'])
      await rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
    await rig.send(hrEvent(person('paid'), 'tenure.leaver', { urgent: true, employmentEndsAt: paidUntil }));
  }, 180_000);
  afterAll(async () => rig.stop(), 120_000);

  const accounts = (id: string) => [appliance, vault].map((target) => rig.standIn(target).account(`${id}@acme.test`));
  const untilDay = (number: number) => rig.passUntil(new Date(left + number * day).toISOString());
  const asked = (id: string) => rig.until(id, ({ approval }) => approval !== undefined, 'the removal plan');

  test('the accounts are disabled at once, and nobody is asked before the thirtieth day is over', async () => {
    await untilDay(0.1);
    for (const { id } of people) {
      await rig.until(id, ({ state }) => state === 'retained', 'retention');
      expect(accounts(id)).toMatchObject(Array(2).fill({ enabled: false, groups: [], deleted: false }));
    }
    await untilDay(29.9);
    for (const { id } of people) expect((await rig.progress(id)).approval).toBeUndefined();
    await untilDay(30.1);
    for (const id of ['expires', 'approved', 'rejected']) {
      const { state, approval } = await asked(id);
      expect(state).toBe('awaiting-approval');
      expect(daysSinceLeft(approval?.deadline)).toBeCloseTo(37, 0);
    }
  }, 120_000);

  test('approved on day 33: deleted; rejected: kept disabled', async () => {
    await untilDay(33);
    const { approval } = await asked('approved');
    await rig.say('approved', 'decide', {
      approved: true,
      reason: 'left',
      planHash: approval?.planHash,
      approver: ann,
    });
    const open = await asked('rejected');
    const planHash = open.approval?.planHash;
    await rig.say('rejected', 'decide', { approved: false, reason: 'keep', planHash, approver: ann });
    await rig.untilOver('approved');
    expect(accounts('approved').every((account) => account?.deleted ?? true)).toBe(true);
    expect(await rig.untilOver('rejected')).toMatchObject({ outcome: 'kept-disabled' });
    expect(accounts('rejected')).toMatchObject(Array(2).fill({ enabled: false, deleted: false }));
    const deleted = (await rig.store.evidence.list({ personId: 'approved' })).filter(
      ({ step, outcome }) => step === 'deleteAccounts' && outcome === 'done',
    );
    expect(deleted.map(({ at }) => Math.round(daysSinceLeft(at)))).toEqual([33, 33]);
    expect((await rig.store.evidence.verify({ personId: 'approved' })).intact).toBe(true);
  }, 120_000);

  test('nobody answers within seven days: the accounts stay disabled', async () => {
    await untilDay(36.9);
    expect((await rig.progress('expires')).state).toBe('awaiting-approval');
    await untilDay(37.2);
    expect(await rig.untilOver('expires')).toMatchObject({ outcome: 'kept-disabled' });
    expect(accounts('expires')).toMatchObject(Array(2).fill({ enabled: false, deleted: false }));
    const word = (await rig.store.evidence.list({ personId: 'expires' })).find(
      ({ kind, outcome }) => kind === 'decision' && outcome === 'expired',
    );
    expect(daysSinceLeft(word?.at)).toBeCloseTo(37, 0);
  }, 120_000);

  test('where the employment goes on after the access, the thirty days begin with its end', async () => {
    await untilDay(39.9);
    expect((await rig.progress('paid')).approval).toBeUndefined();
    await untilDay(40.1);
    const { approval } = await asked('paid');
    expect(daysSinceLeft(approval?.deadline)).toBeCloseTo(47, 0);
    expect(await rig.ended('paid')).toMatchObject({ outcome: 'kept-disabled' });
    expect(daysSinceLeft(new Date(await rig.now()).toISOString())).toBeCloseTo(47, 0);
  }, 120_000);

  function daysSinceLeft(at: string | undefined): number {
    return (Date.parse(at ?? '') - left) / day;
  }
});
