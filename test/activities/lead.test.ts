import type { TargetDesk } from '../../activities';
import type { DesiredAccount } from '../../domain/access';
import type { ProvisionInput } from '../../domain/provisioning';
import { startStandIn, type OptionsOf, type SeedPerson, type StandIn, type StandInType } from '../../sandbox';
import { deskOn, runStep } from './desk';

const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', givenName: 'Anna', familyName: 'Eriksen' },
  ...{ displayName: 'Anna Eriksen', groups: [], sessions: 0 },
};
const neighbour: SeedPerson = {
  ...{ id: 'e10420', username: 'joanna', email: 'joanna@acme.test', displayName: 'Joanna', groups: ['Operators'] },
  sessions: 0,
};
const operators = { kind: 'group', name: 'Operators', privileged: false, because: ['everybody'] };
const types: readonly (readonly [StandInType, Readonly<Record<string, unknown>>])[] = [
  ['beyondtrust-rest', { account_type: 'local' }],
  ['beyondtrust-scim', {}],
  ['beyond-identity', {}],
  ['cyberark-privilege-cloud', { userType: 'EPVUser', authenticationMethod: ['AuthTypePass'] }],
  ['cyberark-identity-scim', {}],
  ['delinea-rest', {}],
  ['delinea-scim', {}],
];

const running: StandIn[] = [];
afterEach(async () => {
  for (const standIn of running.splice(0)) await standIn.stop();
});
async function open<T extends StandInType>(
  type: T,
  people: readonly SeedPerson[],
  more: { readonly standIn?: OptionsOf[T]; readonly target?: Readonly<Record<string, unknown>> } = {},
) {
  const standIn = await startStandIn(type, more.standIn ?? {});
  running.push(standIn);
  standIn.seed(people);
  return { standIn, desk: deskOn(standIn, more.target) };
}

function lead(attributes: Readonly<Record<string, unknown>> = {}, more: Partial<ProvisionInput> = {}): ProvisionInput {
  const { groups: _groups, sessions: _sessions, ...person } = anna;
  const desired: DesiredAccount = {
    ...{ target: 'under-test', username: 'aeriksen', attributes, grants: [operators], because: ['everybody'] },
  };
  return {
    ...{ target: 'under-test', person, mode: 'full', links: [], protectedUsernames: [] },
    ...{ desired: [desired], renames: false, purpose: 'joiner', staysDisabled: true, ...more },
  };
}
const provision = (desk: TargetDesk, input: ProvisionInput) => runStep(desk, 'provisionAccounts', input);

describe.each(types)('the lead of a joiner on %s', (type, attributes) => {
  const account = (standIn: StandIn) => standIn.account('aeriksen');

  test('what is made is disabled at once, and enabled by the run of the first day alone', async () => {
    const { standIn, desk } = await open(type, [neighbour]);
    const input = lead(attributes);
    const first = await provision(desk, input);
    expect(first).toMatchObject({ outcome: 'done', detail: 'aeriksen created, disabled until the first day' });
    expect(first.parked).toBeUndefined();
    expect(first.accounts).toMatchObject([{ how: 'created', staysDisabled: true, enabledHere: true }]);
    expect(first.evidence).toMatchObject([{ outcome: 'done', before: 'absent', after: { enabled: false } }]);
    expect(account(standIn)).toMatchObject({ enabled: false, deleted: false });

    const again = await provision(desk, { ...input, known: first.accounts });
    expect(again).toMatchObject({ outcome: 'already', accounts: first.accounts });
    expect(account(standIn)?.enabled).toBe(false);

    const { staysDisabled: _lead, ...atLast } = input;
    const opened = await provision(desk, { ...atLast, known: first.accounts, before: first.before });
    expect(opened).toMatchObject({ outcome: 'done', detail: 'aeriksen enabled' });
    expect(opened.handOver).toBeUndefined();
    expect(opened.accounts[0]).not.toHaveProperty('staysDisabled');
    expect(opened.evidence).toMatchObject([{ before: { account: { enabled: false } }, after: { enabled: true } }]);
    expect(account(standIn)).toMatchObject({ enabled: true });
  });

  test('an account that is disabled can be given what policy gives', async () => {
    const { standIn, desk } = await open(type, [neighbour]);
    const { accounts, grantsNeedEnabled, ...plain } = await provision(desk, lead(attributes));
    if (type === 'delinea-rest') return expect(plain.parked).toBeUndefined(); // groups go by its SCIM surface
    expect(grantsNeedEnabled).toBeUndefined();
    const { person, mode, target } = lead();
    const input = { person, mode, target, links: [], protectedUsernames: [], accounts };
    const report = await runStep(desk, 'grantEntitlements', { ...input, wanted: { aeriksen: [operators] } });
    expect(report).toMatchObject({ outcome: 'done' });
    expect(account(standIn)).toMatchObject({ enabled: false, groups: ['Operators'] });
  });

  test('who was enabled before stays so; who was not waits', async () => {
    const there = await open(type, [anna]);
    const kept = await provision(there.desk, lead());
    expect(kept.accounts).toMatchObject([{ how: 'adopted', enabledHere: false }]);
    expect(kept.accounts[0]).not.toHaveProperty('staysDisabled');
    expect(account(there.standIn)?.enabled).toBe(true);

    const off = await open(type, [{ ...anna, enabled: false }]);
    const waiting = await provision(off.desk, lead());
    expect(waiting.accounts).toMatchObject([{ how: 'adopted', enabledHere: false, staysDisabled: true }]);
    expect(waiting.before[waiting.accounts[0]?.id ?? '']).toMatchObject({ account: { enabled: false } });
    expect(account(off.standIn)?.enabled).toBe(false);
    const { staysDisabled: _lead, ...atLast } = lead();
    const opened = await provision(off.desk, { ...atLast, known: waiting.accounts, before: waiting.before });
    expect(opened.accounts).toMatchObject([{ how: 'adopted', enabledHere: true }]);
    expect(account(off.standIn)?.enabled).toBe(true);
  });

  test('mode observe says that it would wait', async () => {
    const { standIn, desk } = await open(type, [neighbour]);
    const made = await provision(desk, lead(attributes, { mode: 'observe' }));
    expect(made.detail).toBe('mode observe: would create aeriksen, disabled until the first day');
    standIn.seed([{ ...anna, enabled: false }]);
    const found = await provision(desk, lead({}, { mode: 'observe' }));
    expect(found.detail).toContain('enable aeriksen on the first day');
    expect(standIn.requests.filter(({ write }) => write)).toEqual([]);
  });
});

test('a creation whose disable was lost is disabled by the next run, which knows it for ours', async () => {
  const { standIn, desk } = await open('cyberark-identity-scim', [neighbour]);
  standIn.faults.add({ kind: 'server-error', method: 'PATCH', path: '^/Users' });
  await expect(provision(desk, lead())).rejects.toThrow();
  expect(standIn.account('aeriksen')?.enabled).toBe(true);
  const begun = { creating: { aeriksen: new Date().toISOString() }, before: {} };
  const report = await provision(desk, lead({}, { begun }));
  expect(report.accounts).toMatchObject([{ how: 'created', staysDisabled: true }]);
  expect(standIn.account('aeriksen')?.enabled).toBe(false);
});

test('what needs an enabled account is said: a passkey, and groups on premises', async () => {
  const identity = await open('beyond-identity', [neighbour]);
  const { handOver } = await provision(identity.desk, lead());
  expect(handOver).toEqual([expect.stringMatching(/enrolment link.*Not before the first day/)]);

  const onPremises = await open('delinea-scim', [neighbour], {
    standIn: { onPremises: true },
    target: { options: { deletion: 'disables' } },
  });
  const report = await provision(onPremises.desk, lead());
  expect(report.grantsNeedEnabled).toMatch(/no groups until they are enabled/);
  expect(report.detail).toMatch(/disabled until the first day; entitlements are given then: .*groups/);
  const { person, mode, target } = lead();
  const input = { person, mode, target, links: [], protectedUsernames: [], accounts: report.accounts };
  const refused = await runStep(onPremises.desk, 'grantEntitlements', { ...input, wanted: { aeriksen: [operators] } });
  expect(refused.parked?.reason).toBe('rejected');
});
