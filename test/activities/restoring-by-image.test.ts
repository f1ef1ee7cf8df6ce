import type { CoreDesk } from '../../activities/core-desk';
import { planRestore } from '../../activities/restoring';
import type { Grant } from '../../domain/account';

const group = (id: string, name: string): Grant => ({ entitlement: { kind: 'group', id, name } });
const person = { id: 'e1', username: 'ann', email: 'ann@acme.test' };
const image = { account: { id: 'u1', username: 'ann', enabled: true }, readAt: '2026-11-30T17:00:00Z' };

/** Only what a look at the evidence needs. */
function deskWith(entries: readonly object[]): CoreDesk {
  const own = { kind: 'step', workflowId: 'leaver:e1', target: 'delinea', account: { id: 'u1', username: 'ann' } };
  return {
    settings: {
      targets: [{ id: 'delinea', correlation: { by: ['username'], extraUsernames: [] } }],
      ...{ protected: { people: [], accounts: [] }, configHash: 'c', version: '0' },
    },
    store: {
      people: { get: async () => ({ status: 'active', person }) },
      links: { of: async () => [], tombstones: async () => [], ofOthers: async () => [] },
      events: { of: async () => [] },
      evidence: {
        async *entries() {
          for (const entry of entries) yield { ...own, ...entry };
        },
      },
    },
  } as unknown as CoreDesk;
}

async function removedBy(entries: readonly object[]) {
  const plan = await planRestore(deskWith(entries), { person, of: 'leaver', look: true });
  return plan.targets[0]?.accounts[0]?.removed;
}
const disabled = (grants?: readonly Grant[]) => ({
  ...{ step: 'disableAccounts', outcome: 'done' },
  before: { ...image, ...(grants !== undefined && { grants }) },
});
const stripped = (removed: readonly Grant[]) => ({ step: 'stripEntitlements', outcome: 'done', data: { removed } });

test('an undo knows what the strip took also where the image shows no grants', async () => {
  const taken = [group('7', 'Vault Admins')];
  expect(await removedBy([disabled(), stripped(taken)])).toEqual(taken);
});

test('what the image shows and nothing says was taken is given back too, each group once whatever its number', async () => {
  const seen = [group('rest-7', 'Vault Admins'), group('rest-8', 'Operators')];
  expect(await removedBy([disabled(seen), stripped([group('scim-7', 'vault admins')])])).toEqual([
    group('scim-7', 'vault admins'),
    group('rest-8', 'Operators'),
  ]);
});
