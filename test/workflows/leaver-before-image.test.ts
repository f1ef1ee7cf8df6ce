import type { BeforeImage } from '../../domain/account';
import type { EvidenceEntry } from '../../domain/evidence';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
/** Somebody disabled their accounts in the vendor's console long ago. */
const disabledBefore = ['b1', 'b2'].map((id) => seedPerson(id, { enabled: false }));
const people = [...disabledBefore, seedPerson('b3')];
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
