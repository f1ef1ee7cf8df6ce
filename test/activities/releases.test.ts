import { reasonsOf } from '../../domain/leaver';
import { noBudget, openCore, target, type Core } from './core';

const person = { id: 'p1', username: 'p1', department: 'Sales' };
const long = '2020-01-01T00:00:00Z';

const running: Core[] = [];
afterEach(async () => {
  for (const core of running.splice(0)) await core.store.close();
});
async function open(over: Parameters<typeof openCore>[0] = {}): Promise<Core> {
  const core = await openCore({ ...over, settings: { budget: noBudget, ...over.settings } });
  running.push(core);
  return core;
}

describe('a release counts for what it was said of', () => {
  const planLeaver = async (core: Core) => {
    const leaver = await core.hear(person, 'tenure.leaver', '2026-01-01T00:00:00Z');
    const input = { request: { personId: person.id, leaver }, urgent: false };
    return async (words: { by?: string[]; releasedFor?: Record<string, string[]> }, accessEndsAt = long) => {
      const { by = [], releasedFor } = words;
      const told = { releasedBy: by, ...(releasedFor === undefined ? {} : { releasedFor }) };
      return (await core.run('leaver:p1', 'planLeaver', { ...input, accessEndsAt, ...told })).held;
    };
  };

  test('lateness and protection let nobody over the budget; a word on the budget does', async () => {
    const ask = await planLeaver(await open({ settings: { protected: { people: ['p1'], accounts: [] } } }));
    expect(await ask({})).toMatchObject({ releasesNeeded: 2, reasons: ['protected', 'late'] });
    const both = { protected: ['ann', 'ben'], late: ['ann', 'ben'] };
    const overBudget = await ask({ by: ['ann', 'ben'], releasedFor: both });
    expect(overBudget).toMatchObject({ releasesNeeded: 1, reasons: ['budget'] });
    expect(overBudget?.why).toContain('perHour');
    expect(await ask({ by: ['ann', 'ben', 'cyd'], releasedFor: { ...both, budget: ['cyd'] } })).toBeUndefined();
  });

  test('a word on the budget confirms no lateness, and one on a contested leaver nothing else', async () => {
    const ask = await planLeaver(await open());
    expect(await ask({ by: ['ann'], releasedFor: { budget: ['ann'] } })).toMatchObject({ reasons: ['late'] });
    expect(await ask({ by: ['ann'], releasedFor: { contested: ['ann'] } }, '2999-01-01T00:00:00Z')).toMatchObject({
      reasons: ['budget'],
    });
  });

  test('a flow of an older version says who released and not what: it counts as it did there', async () => {
    const ask = await planLeaver(await open());
    expect(await ask({ by: ['ann'] })).toBeUndefined();
  });

  test('a suspension', async () => {
    const core = await open({ settings: { protected: { people: ['p1'], accounts: [] } } });
    await core.hear(person, 'tenure.joiner', '2025-01-01T00:00:00Z');
    const cause = await core.hear(person, 'tenure.suspended', '2026-01-01T00:00:00Z');
    const input = { kind: 'suspension', request: { personId: 'p1', cause } } as const;
    const ask = async (releasedFor: Record<string, string[]>) =>
      (await core.run('suspension:p1', 'planSuspension', { ...input, releasedBy: ['ann', 'ben'], releasedFor })).held;
    expect(await ask({ protected: ['ann'], contested: ['ben'] })).toMatchObject({ reasons: ['protected'] });
    expect(await ask({ protected: ['ann', 'ben'] })).toMatchObject({ reasons: ['budget'] });
  });
});

describe('a mover counts in the budget when it takes anything away', () => {
  const grant = (name: string) => ({ kind: 'group', name, privileged: false, because: ['rule'] });
  const account = (username: string, ...grants: string[]) => ({
    ...{ target: target.id, username, attributes: {}, because: ['rule'], grants: grants.map(grant) },
  });
  const before = [account('p1', 'Staff')];
  const admins = account('p1-adm', 'Vault Admins');
  test.each([
    ['an account that is dropped beside one that stays', [...before, admins], before, true],
    ['the only account', before, [], true],
    [
      'entitlements of an account that is called otherwise',
      [account('p1', 'Staff', 'VPN')],
      [account('p2', 'Staff')],
      true,
    ],
    ['entitlements of one of two', [account('p1', 'VPN'), admins], [...before, admins], true],
    ['a new name alone', before, [account('p2', 'Staff')], false],
    ['what is gained', before, [account('p1', 'Staff', 'VPN'), admins], false],
  ])('%s', async (_what, previously, desired, isHeld) => {
    const policy = {
      desired: (question: { person: { department?: string } }) => ({
        ...{ problems: [], accounts: question.person.department === 'Sales' ? previously : desired },
      }),
      ...{ timeBoxesOf: () => [], managed: [], hash: '', isGiven: true, joiner: { lead: 'PT0S' } },
      mover: { overlap: 'PT0S', renamesAccounts: false },
      approval: { approvers: { count: 1, minStrength: 'token' }, window: 'P7D' },
    };
    const core = await open({ policy });
    await core.hear(person, 'tenure.joiner', '2026-01-01T00:00:00Z');
    const cause = await core.hear({ ...person, department: 'Platform' }, 'tenure.mover', '2026-02-01T00:00:00Z');
    const input = { kind: 'mover', request: { personId: 'p1', cause }, releasedBy: [] } as const;
    const { held } = await core.run('mover:p1', 'planAccess', input);
    expect(held?.reasons).toEqual(isHeld ? ['budget'] : undefined);
  });
});

test.each([
  [
    'the person is protected (safety.protected.people): two people must release it; access should have ended 9 days ago, at 2020: x',
    ['protected', 'late'],
  ],
  ['budget perHour is used up: 1 leavers in the last hour, 1 allowed. Check', ['budget']],
  ['the policy cannot be evaluated for this person: budget perHour is used up', ['policy']],
  ['HR wants again what ann cancelled', ['contested']],
])('what an older version held for is told from its words: %s', (why, reasons) => {
  expect(reasonsOf({ why, releasesNeeded: 1 })).toEqual(reasons);
});
