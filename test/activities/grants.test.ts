import type { DesiredGrant } from '../../domain/access';
import type { Entitlement } from '../../domain/account';
import type { ProvisionedAccount } from '../../domain/provisioning';
import type { SeedPerson, StandInType } from '../../sandbox';
import { StepBench, type BenchOptions } from './step-bench';

const people: readonly SeedPerson[] = [
  {
    ...{ id: 'e10420', username: 'joanna', email: 'joanna@acme.test', displayName: 'Joanna' },
    ...{ groups: ['Operators', 'Admins', 'Readers', 'Twins'], sessions: 0 },
  },
  {
    ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', givenName: 'Anna', familyName: 'Eriksen' },
    ...{ displayName: 'Anna Eriksen', groups: ['Operators', 'Readers'], sessions: 0 },
  },
];
const families: readonly { readonly type: StandInType; readonly post: string }[] = [
  { type: 'beyondtrust-rest', post: 'members' },
  { type: 'cyberark-privilege-cloud', post: 'Members' },
  { type: 'delinea-scim', post: 'Groups' },
  { type: 'beyond-identity', post: 'addMembers' },
];

let bench: StepBench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function start(type: StandInType, more: Partial<BenchOptions<StandInType>> = {}): Promise<StepBench> {
  bench = await StepBench.start({ type, ...more, standIn: { people, ...more.standIn } });
  return bench;
}
function group(name: string): DesiredGrant {
  return { kind: 'group', name, privileged: false, because: ['everybody'] };
}
function account(of: StepBench, more: Partial<ProvisionedAccount> = {}): ProvisionedAccount {
  const { id = '', username = '' } = of.standIn.account('aeriksen') ?? {};
  return { id, username, serves: 'aeriksen', how: 'created', enabledHere: true, ...more };
}
const groupsOf = (of: StepBench) => [...(of.standIn.account('aeriksen')?.groups ?? [])].sort();

describe.each(families)('$type', ({ type, post }) => {
  test('gives what is missing, by name or id and whatever its case, and reports it for the undo', async () => {
    const bench = await start(type);
    const wanted = { aeriksen: [group('ADMINS'), group('operators')] };
    const input = { ...bench.input(), accounts: [account(bench)], wanted };
    const report = await bench.run('grantEntitlements', input);
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report.parked).toBeUndefined();
    const given = Object.values(report.granted).flat();
    expect(given.map(({ name }) => name)).toEqual(['Admins']);
    expect(groupsOf(bench)).toEqual(['Admins', 'Operators', 'Readers']);
    const byId = { aeriksen: [group(given[0]?.id ?? '')] };
    const written = bench.writes.length;
    const again = await bench.run('grantEntitlements', { ...input, wanted: byId });
    expect(again).toMatchObject({ outcome: 'already', granted: {} });
    expect(bench.writes).toHaveLength(written);
  });

  test.each(['reply-lost', 'error-after-commit'] as const)(
    '%s at the grant: what was given is known all the same',
    async (kind) => {
      const bench = await start(type);
      bench.standIn.faults.add({ kind, method: type.endsWith('scim') ? 'PATCH' : 'POST', path: post });
      const input = { ...bench.input(), accounts: [account(bench)], wanted: { aeriksen: [group('Admins')] } };
      const report = await bench.run('grantEntitlements', input);
      expect(bench.standIn.requests.map(({ fault }) => fault)).toContain(kind);
      expect(report.outcome).toBe('done');
      expect(
        Object.values(report.granted)
          .flat()
          .map(({ name }) => name),
      ).toEqual(['Admins']);
      expect(groupsOf(bench)).toEqual(['Admins', 'Operators', 'Readers']);
    },
  );

  test('a name that nobody knows parks; the others are given all the same', async () => {
    const bench = await start(type);
    const wanted = { aeriksen: [group('Nowhere'), group('Admins')] };
    const report = await bench.run('grantEntitlements', { ...bench.input(), accounts: [account(bench)], wanted });
    expect(report.parked).toMatchObject({ reason: 'rejected', detail: 'under-test has no group Nowhere' });
    expect(report.parked?.advice).toContain('everybody');
    expect(groupsOf(bench)).toContain('Admins');
  });

  test('revokes what policy gives no longer, proves both sides, and leaves the rest alone', async () => {
    const bench = await start(type);
    const input = {
      ...{ ...bench.input(), accounts: [account(bench)] },
      ...{ lost: { aeriksen: [group('readers'), group('Admins')] }, kept: {} },
    };
    const report = await bench.run('revokeEntitlements', input);
    expect(report).toMatchObject({ outcome: 'done', unmanaged: ['group Operators'] });
    expect(
      Object.values(report.removed)
        .flat()
        .map(({ entitlement }) => entitlement.name),
    ).toEqual(['Readers']);
    expect(groupsOf(bench)).toEqual(['Operators']);
    expect(bench.standIn.account('joanna')?.groups).toContain('Readers');
    expect(await bench.run('revokeEntitlements', input)).toMatchObject({ outcome: 'already', removed: {} });
    const missing = await bench.run('revokeEntitlements', {
      ...input,
      kept: { aeriksen: [group('Admins')] },
      lost: {},
    });
    expect(missing.parked).toMatchObject({
      reason: 'rejected',
      detail: 'aeriksen does not hold group Admins, which policy gives',
    });
  });

  test('withdraws what a joiner made: disabled, its grants gone, nothing deleted', async () => {
    const bench = await start(type);
    const wanted = { aeriksen: [group('Admins')] };
    const { granted } = await bench.run('grantEntitlements', { ...bench.input(), accounts: [account(bench)], wanted });
    const input = { ...bench.input(), intended: ['aeriksen'], accounts: [account(bench)], granted };
    const report = await bench.run('withdrawAccounts', input);
    expect(report).toMatchObject({ outcome: 'done', detail: 'aeriksen withdrawn' });
    expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: false, deleted: false });
    expect(groupsOf(bench)).toEqual(['Operators', 'Readers']);
    expect(await bench.run('withdrawAccounts', input)).toMatchObject({ outcome: 'already' });
  });

  test('an adopted account that was enabled before stays enabled; only what was granted goes', async () => {
    const bench = await start(type);
    const adopted = account(bench, { how: 'adopted', enabledHere: false });
    const wanted = { aeriksen: [group('Admins')] };
    const { granted } = await bench.run('grantEntitlements', { ...bench.input(), accounts: [adopted], wanted });
    await bench.run('withdrawAccounts', { ...bench.input(), intended: ['aeriksen'], accounts: [adopted], granted });
    expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: true });
    expect(groupsOf(bench)).toEqual(['Operators', 'Readers']);
  });

  test('restores from the before-image: enabled, groups; and says what it cannot give back', async () => {
    const bench = await start(type);
    const { before, accounts } = await bench.run('disableAccounts', bench.input());
    const { removed } = await bench.run('stripEntitlements', { ...bench.input(), accounts, before });
    const [known] = accounts;
    if (known === undefined) throw new Error('Anna has an account');
    const gone: Entitlement = { kind: 'group', id: '999999', name: 'Gone' };
    const restorable = {
      ...{ ...known, before: before[known.id] as NonNullable<(typeof before)[string]> },
      ...{ removed: [...(removed[known.id] ?? []), { entitlement: gone }], lost: ['2 sessions were ended'] },
    };
    const input = { ...bench.input(), accounts: [restorable] };
    const preview = await bench.run('previewChange', { kind: 'restore', ...input });
    expect(preview).toMatchObject({ outcome: 'would-change', remarks: ['aeriksen: 2 sessions were ended'] });
    expect(preview.would).toEqual(expect.arrayContaining(['enable aeriksen', 'grant group Operators to aeriksen']));
    expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: false, groups: [] });
    const report = await bench.run('restoreAccounts', input);
    expect(report).toMatchObject({
      outcome: 'done',
      notRestored: ['aeriksen: group Gone does not exist any more', 'aeriksen: 2 sessions were ended'],
    });
    expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: true });
    expect(groupsOf(bench)).toEqual(['Operators', 'Readers']);
  });
});

test('never enables what was disabled before, or what nobody saw', async () => {
  const bench = await start('delinea-scim', {
    standIn: { people: people.map((one) => ({ ...one, enabled: false })) } as never,
  });
  const known = account(bench);
  const image = { account: { id: known.id, username: 'aeriksen', enabled: false }, readAt: new Date().toISOString() };
  const unseen = { account: { id: known.id, username: 'aeriksen' }, readAt: new Date().toISOString() };
  for (const [before, said] of [
    [image, 'aeriksen stays disabled: it was disabled before'],
    [unseen, 'aeriksen stays disabled: whether it was enabled before is not known'],
    [undefined, 'aeriksen: how it was before is not known, so that nothing is given back'],
  ] as const) {
    const restorable = { ...known, removed: [], lost: [], ...(before === undefined ? {} : { before }) };
    const report = await bench.run('restoreAccounts', { ...bench.input(), accounts: [restorable] });
    expect(report.notRestored).toEqual([said]);
  }
  expect(bench.standIn.account('aeriksen')?.enabled).toBe(false);
  expect(bench.writes).toEqual([]);
});

test('an account that is gone, one that is protected and one that is somebody else’s are not restored', async () => {
  const bench = await start('cyberark-privilege-cloud');
  const known = account(bench);
  const before = { account: { id: known.id, username: 'aeriksen', enabled: true }, readAt: new Date().toISOString() };
  const restorable = { ...known, before, removed: [], lost: [] };
  const away = await bench.run('restoreAccounts', { ...bench.input(), accounts: [{ ...restorable, id: '999999' }] });
  expect(away).toMatchObject({
    outcome: 'already',
    notRestored: ['aeriksen (999999) is gone: only a joiner makes a new one'],
  });
  const guarded = await bench.run('restoreAccounts', {
    ...bench.input({ protectedUsernames: ['aeriksen'] }),
    accounts: [restorable],
  });
  expect(guarded.parked?.reason).toBe('protected');
  const others = await bench.run('restoreAccounts', {
    ...bench.input({ linkedToOthers: [known.id] }),
    accounts: [restorable],
  });
  expect(others.parked?.reason).toBe('ambiguous');
  expect(bench.writes).toEqual([]);
});

test('what the target cannot give is handed to a person, never left in silence', async () => {
  const bench = await start('cyberark-privilege-cloud', {
    target: { options: { safes: true } },
    standIn: { people, profile: 'vendor' } as never,
  });
  const wanted = {
    aeriksen: [
      { ...group('Payroll'), kind: 'safe' },
      { ...group('Boss'), kind: 'role' },
    ],
    'aeriksen-adm': [group('Admins')],
  };
  const vendor = await bench
    .run('grantEntitlements', { ...bench.input(), accounts: [account(bench)], wanted })
    .catch((error: unknown) => error);
  expect(vendor).toMatchObject({ granted: {} });
  expect((vendor as { handOver: readonly string[] }).handOver).toEqual([
    expect.stringMatching(/^aeriksen: safe Payroll: .*person adds/),
    expect.stringMatching(/^aeriksen: role Boss: Tenure cannot give a role/),
    'aeriksen-adm: has no account on under-test, so that group Admins was not given',
  ]);
  expect(bench.writes).toEqual([]);
});

test('a group that a directory keeps is a hand-over', async () => {
  const bench = await start('delinea-scim', { standIn: { people, ownedByDirectory: ['Admins'] } as never });
  const input = { ...bench.input(), accounts: [account(bench)], wanted: { aeriksen: [group('Admins')] } };
  const report = await bench.run('grantEntitlements', input);
  expect(report).toMatchObject({ outcome: 'owned-by-directory', granted: {} });
  expect(report.parked).toBeUndefined();
  expect(report.handOver).toEqual([expect.stringMatching(/^aeriksen: group Admins is given by a directory/)]);
});

test('roles of Delinea go by name; one that does not exist parks with the vendor’s word', async () => {
  const bench = await start('delinea-rest', { standIn: { people, roles: ['Auditor', 'Operator'] } as never });
  const role = (name: string): DesiredGrant => ({ ...group(name), kind: 'role' });
  const given = await bench.run('grantEntitlements', {
    ...bench.input(),
    accounts: [account(bench)],
    wanted: { aeriksen: [role('Auditor')] },
  });
  expect(given).toMatchObject({ outcome: 'done' });
  expect(bench.standIn.account('aeriksen')?.roles).toEqual(['Auditor']);
  const unknown = await bench.run('grantEntitlements', {
    ...bench.input(),
    accounts: [account(bench)],
    wanted: { aeriksen: [role('Emperor')] },
  });
  expect(unknown.parked?.detail).toContain('Emperor');
  expect(unknown.granted).toEqual({});
  expect(bench.standIn.account('aeriksen')?.roles).toEqual(['Auditor']);
});
