import { temporal } from '@temporalio/proto';
import type { BeforeImage } from '../../domain/account';
import type { EvidenceEntry } from '../../domain/evidence';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const scheduled = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
/** Somebody disabled their accounts in the vendor's console long ago. */
const disabledBefore = ['b1', 'b2'].map((id) => seedPerson(id, { enabled: false }));
const people = [...disabledBefore, ...['b3', 'b4', 'b5', 'b6'].map((id) => seedPerson(id))];
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);

describe('what the evidence says of how an account was, when an attempt failed', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const leave = (id: string) => rig.send(hrEvent(person(id), 'tenure.leaver', { urgent: true }));
  const disabling = async (id: string): Promise<readonly Pick<EvidenceEntry, 'outcome' | 'before'>[]> => {
    await rig.ended(id);
    const evidence = await rig.store.evidence.list({ personId: id });
    return evidence
      .filter(({ step, account }) => step === 'disableAccounts' && account !== undefined)
      .map(({ outcome, before }) => ({ outcome, before }));
  };

  test.each([1, 2])(
    '%d attempts that failed before any write leave no doubt: the account was disabled',
    async (times) => {
      const id = `b${times}`;
      rig.standIn(target).faults.add({ kind: 'server-error', path: '^/Users', times });
      await leave(id);
      expect(await disabling(id)).toEqual([
        {
          outcome: 'already',
          before: expect.objectContaining({ account: expect.objectContaining({ enabled: false }) }),
        },
      ]);
    },
  );

  /** The change is made, and the answer never comes. */
  const hangDisable = () => rig.standIn(target).faults.add({ kind: 'slow', method: 'PATCH', milliseconds: 600_000 });
  const untilDisabled = (id: string) =>
    rig.until(
      () => Promise.resolve(rig.standIn(target).account(`${id}@acme.test`)?.enabled),
      (enabled) => enabled === false,
      'the vendor to disable',
    );
  const resolve = (id: string, action: 'retry' | 'skip') =>
    rig.leaver(id).executeUpdate('resolve', {
      args: [{ target, action, reason: 'it hangs', by: 'ann@acme.test' }],
    });

  test('a disable that a person cuts off after its write and begins again is still known', async () => {
    hangDisable();
    await leave('b4');
    await untilDisabled('b4');
    await resolve('b4', 'retry');
    expect(await disabling('b4')).toEqual([
      { outcome: 'done', before: expect.objectContaining({ account: expect.objectContaining({ enabled: true }) }) },
    ]);
  }, 120_000);

  test('so is one that waits for its next attempt, of a vendor that went down after the write', async () => {
    hangDisable();
    await leave('b5');
    await untilDisabled('b5');
    rig.standIn(target).faults.down();
    await rig.until(
      async () => (await rig.leaver('b5').describe()).raw.pendingActivities ?? [],
      (pending) => pending.some(({ attempt, state }) => (attempt ?? 0) > 2 && state === scheduled),
      'the step to wait for its next attempt',
    );
    await resolve('b5', 'retry');
    rig.standIn(target).faults.up();
    expect(await disabling('b5')).toEqual([
      { outcome: 'done', before: expect.objectContaining({ account: expect.objectContaining({ enabled: true }) }) },
    ]);
  }, 120_000);

  test('skipped after its write, it is in the evidence with how it was', async () => {
    hangDisable();
    await leave('b6');
    await untilDisabled('b6');
    await resolve('b6', 'skip');
    const [entry, ...more] = await disabling('b6');
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ outcome: 'skipped', before: { account: { enabled: true } } });
    expect((entry?.before as BeforeImage).grants?.length).toBeGreaterThan(0);
  }, 120_000);

  test('an attempt that failed after its write is known by the image that came before it', async () => {
    rig.standIn(target).faults.add({ kind: 'reply-lost', method: 'PATCH', path: '^/Users' });
    await leave('b3');
    const [entry, ...more] = await disabling('b3');
    expect(more).toEqual([]);
    expect(entry?.outcome).toBe('done');
    expect((entry?.before as BeforeImage).account.enabled).toBe(true);
    expect((entry?.before as BeforeImage).grants?.length).toBeGreaterThan(0);
  });
});
