import type { Connector } from '../../connectors/connector';
import type { DesiredAccount } from '../../domain/access';
import type { ProvisionCutOff, ProvisionInput } from '../../domain/provisioning';
import type { SeedPerson, StandInType } from '../../sandbox';
import { anna, StepBench, type BenchOptions } from './step-bench';

const annaThere: SeedPerson = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', givenName: 'Anna', familyName: 'Eriksen' },
  ...{ displayName: 'Anna Eriksen', groups: ['Operators'], sessions: 0 },
};

let bench: StepBench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function start(type: StandInType, people: readonly SeedPerson[], more: Partial<BenchOptions<StandInType>> = {}) {
  bench = await StepBench.start({ type, ...more, standIn: { people, ...more.standIn } });
  return bench;
}
function desired(username: string, attributes: Readonly<Record<string, unknown>> = {}): DesiredAccount {
  return { target: 'under-test', username, attributes, grants: [], because: ['everybody'] };
}
function provision(
  of: StepBench,
  wanted: readonly DesiredAccount[],
  more: Partial<ProvisionInput> = {},
): ProvisionInput {
  return { ...of.input(), desired: wanted, renames: false, purpose: 'joiner', ...more };
}

/** A vendor that shows what it was told only after some searches. */
function slowToShow(searches: number): (connector: Connector) => Connector {
  let left = searches;
  return (connector) => ({
    ...connector,
    findAccounts: async (keys, call) => {
      const search = await connector.findAccounts(keys, call);
      if (search.found.length === 0) return search;
      left -= 1;
      return left < 0 ? search : { ...search, found: [] };
    },
  });
}

test('a lost creation that does not show yet is waited for, not made again', async () => {
  const bench = await start('cyberark-privilege-cloud', [], { around: slowToShow(2) });
  bench.standIn.faults.add({ kind: 'reply-lost', method: 'POST', path: '^/Users' });
  const before = bench.standIn.accounts().length;
  const report = await bench.run('provisionAccounts', provision(bench, [desired('aeriksen')]));
  expect(report).toMatchObject({ outcome: 'done-on-retry', accounts: [{ how: 'created', username: 'aeriksen' }] });
  expect(bench.standIn.accounts()).toHaveLength(before + 1);
});

test('a name that somebody unseen has parks at once, and no undo takes it for ours', async () => {
  const bench = await start('cyberark-privilege-cloud', [annaThere], { around: slowToShow(100) });
  const report = await bench.run('provisionAccounts', provision(bench, [desired('aeriksen')]));
  expect(report.parked).toMatchObject({ reason: 'ambiguous' });
  expect(report.absentBefore).toBeUndefined();
  expect(report.accounts).toEqual([]);
});

test('an account of the wanted name that is somebody else’s parks, and nothing is made beside it', async () => {
  const bench = await start('beyondtrust-rest', [{ ...annaThere, id: 'e9', email: 'else@acme.test' }]);
  const report = await bench.run('provisionAccounts', provision(bench, [desired('aeriksen')]));
  expect(report.parked?.reason).toBe('ambiguous');
  const linked = await bench.run(
    'provisionAccounts',
    provision(bench, [desired('x')], { linkedToOthers: [bench.standIn.account('aeriksen')?.id ?? ''] }),
  );
  expect(linked.parked?.detail).toContain('linked to somebody else');
  expect(bench.writes).toEqual([]);
});

test('two accounts, with an external id each; both are found again', async () => {
  const bench = await start('cyberark-identity-scim', []);
  const wanted = [desired('anna.eriksen@acme.test'), desired('aeriksen-adm')];
  const report = await bench.run('provisionAccounts', provision(bench, wanted));
  expect(report.accounts.map(({ serves, how }) => [serves, how])).toEqual([
    ['anna.eriksen@acme.test', 'created'],
    ['aeriksen-adm', 'created'],
  ]);
  const after = report.evidence.map((draft) => (draft.after as { externalId?: string }).externalId);
  expect(after).toEqual(['e1042', 'e1042:aeriksen-adm']);
  const written = bench.writes.length;
  const again = await bench.run('provisionAccounts', provision(bench, wanted));
  expect(again).toMatchObject({ outcome: 'already' });
  expect(bench.writes).toHaveLength(written);
  const found = await bench.run('disableAccounts', {
    ...bench.input(),
    links: report.accounts.map(({ id, username }) => ({ id, username })),
  });
  expect(found.accounts).toHaveLength(2);
});

test('a mover changes name, address, job and manager, and renames by policy only', async () => {
  const boss: SeedPerson = {
    ...annaThere,
    id: 'e1001',
    username: 'boss',
    email: 'boss@acme.test',
    displayName: 'Boss',
    groups: [],
  };
  const bench = await start('delinea-scim', [boss, annaThere]);
  const person = {
    ...anna,
    ...{ username: 'ahansen', email: 'anna.hansen@acme.test', familyName: 'Hansen', displayName: 'Anna Hansen' },
    ...{ title: 'Lead', department: 'Security', manager: 'e1001', aliases: ['aeriksen', 'anna.eriksen@acme.test'] },
  };
  const stay = await bench.run(
    'provisionAccounts',
    provision(bench, [desired('ahansen')], { person, purpose: 'mover' }),
  );
  expect(stay).toMatchObject({ outcome: 'done', accounts: [{ username: 'aeriksen', serves: 'ahansen' }] });
  const { changed } = stay.evidence[0]?.data as { changed: readonly { name: string; to: unknown }[] };
  const bossId = bench.standIn.account('boss')?.id;
  expect(Object.fromEntries(changed.map(({ name, to }) => [name.split(':').at(-1), to]))).toMatchObject({
    ...{ displayName: 'Anna Hansen', 'name.familyName': 'Hansen', title: 'Lead', department: 'Security' },
    manager: { value: bossId },
  });
  expect(stay.before[stay.accounts[0]?.id ?? '']).toMatchObject({
    account: { displayName: 'Anna Eriksen' },
    attributes: { displayName: 'Anna Eriksen' },
  });
  const written = bench.writes.length;
  expect(await bench.run('provisionAccounts', provision(bench, [desired('ahansen')], { person }))).toMatchObject({
    outcome: 'already',
  });
  expect(bench.writes).toHaveLength(written);
  const renamed = await bench.run(
    'provisionAccounts',
    provision(bench, [desired('ahansen')], { person, renames: true, purpose: 'mover' }),
  );
  expect(renamed.accounts).toEqual([expect.objectContaining({ username: 'ahansen' })]);
  expect(bench.standIn.account('ahansen')).toMatchObject({ enabled: true, groups: ['Operators'] });
});

test('what the system has no place for is said, not dropped', async () => {
  const bench = await start('beyondtrust-rest', []);
  const report = await bench.run(
    'provisionAccounts',
    provision(bench, [desired('aeriksen')], { person: { ...anna, manager: 'e1001' } }),
  );
  expect(report.evidence[0]?.data).toMatchObject({
    notKept: ['department: not kept here', 'title: not kept here', 'manager: not kept here'],
  });
});

test('a fixed attribute that differs parks, the other account is made all the same, and the undo knows both', async () => {
  const bench = await start('beyondtrust-rest', [annaThere]);
  const wanted = [desired('aeriksen', { account_type: 'SAML' }), desired('aeriksen-adm')];
  const report = await bench.run('provisionAccounts', provision(bench, wanted));
  expect(report.parked).toMatchObject({ reason: 'rejected', detail: expect.stringContaining('account_type') });
  expect(report.accounts.map(({ username, how }) => [username, how])).toEqual([
    ['aeriksen', 'adopted'],
    ['aeriksen-adm', 'created'],
  ]);
});

test('cut off in the middle of a creation: what was begun is in the failure, and the undo leaves nothing enabled', async () => {
  const bench = await start('cyberark-privilege-cloud', []);
  bench.standIn.faults.add({ kind: 'slow', method: 'POST', path: '^/Users', milliseconds: 9_000 });
  const handle = await bench.begin('provisionAccounts', provision(bench, [desired('aeriksen')]));
  while (bench.standIn.account('aeriksen') === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  await handle.cancel();
  const cutOff = (await handle.result()) as ProvisionCutOff;
  expect(Object.keys(cutOff.creating)).toEqual(['aeriksen']);
  const nothing = { ...bench.input(), intended: ['aeriksen', 'aeriksen-adm'], accounts: [], granted: {} };
  const doubtful = await bench.run('withdrawAccounts', nothing);
  expect(doubtful.parked?.reason).toBe('ambiguous');
  expect(bench.standIn.account('aeriksen')?.enabled).toBe(true);
  const report = await bench.run('withdrawAccounts', { ...nothing, absentBefore: Object.keys(cutOff.creating) });
  expect(report).toMatchObject({ outcome: 'done', detail: 'aeriksen withdrawn' });
  expect(report.parked).toBeUndefined();
  expect(bench.standIn.account('aeriksen')).toMatchObject({ enabled: false, deleted: false });
});

test('an external id is no proof that this joiner made the account: it parks, and stays enabled', async () => {
  const bench = await start('delinea-scim', [annaThere]);
  const begun = { ...bench.input(), intended: ['aeriksen', 'aeriksen-adm'], accounts: [], granted: {} };
  for (const absentBefore of [[], ['aeriksen-adm']]) {
    const report = await bench.run('withdrawAccounts', { ...begun, absentBefore });
    expect(report.parked).toMatchObject({ reason: 'ambiguous', detail: expect.stringContaining('aeriksen (') });
  }
  expect(bench.writes).toEqual([]);
  expect(bench.standIn.account('aeriksen')?.enabled).toBe(true);
});

test('a joiner of an older version tells of no search: there the external id proves it, unless the account was linked', async () => {
  const bench = await start('delinea-scim', [annaThere]);
  const { id = '' } = bench.standIn.account('aeriksen') ?? {};
  const nothing = { ...bench.input(), intended: ['aeriksen'], accounts: [], granted: {} };
  const linked = await bench.run('withdrawAccounts', { ...nothing, links: [{ id, username: 'aeriksen' }] });
  expect(linked.parked?.reason).toBe('ambiguous');
  expect(bench.standIn.account('aeriksen')?.enabled).toBe(true);
  expect(await bench.run('withdrawAccounts', nothing)).toMatchObject({ outcome: 'done' });
  expect(bench.standIn.account('aeriksen')?.enabled).toBe(false);
});

test('a preview says all that joiner and mover would do, and the vendor is asked for nothing but reading', async () => {
  const bench = await start('delinea-scim', [
    { ...annaThere, groups: ['Operators', 'Readers', 'Own'] },
    { ...annaThere, id: 'e2', username: 'x', email: 'x@acme.test', groups: ['Admins'] },
  ]);
  const grant = (name: string) => ({ kind: 'group', name, privileged: false, because: ['everybody'] });
  const preview = await bench.run('previewChange', {
    ...{
      ...provision(bench, [desired('aeriksen', { title: 'Lead' }), desired('aeriksen-adm')], {
        person: { ...anna, title: 'Lead' },
      }),
      kind: 'provision',
    },
    wanted: { aeriksen: [grant('Operators'), grant('Admins'), grant('Nowhere')], 'aeriksen-adm': [grant('Admins')] },
    lost: { aeriksen: [grant('Readers')] },
  });
  expect(preview.outcome).toBe('would-change');
  expect(preview.would).toEqual(
    expect.arrayContaining([
      ...['adopt aeriksen as aeriksen', 'create aeriksen-adm', 'set title of aeriksen to Lead'],
      ...['grant group Admins to aeriksen', 'grant group Admins to aeriksen-adm', 'take group Readers from aeriksen'],
    ]),
  );
  expect(preview.remarks).toEqual(
    expect.arrayContaining([
      'aeriksen: under-test has no group Nowhere',
      'group Own of aeriksen is left alone: no rule gave it',
    ]),
  );
  expect(bench.standIn.requests.filter(({ write }) => write)).toEqual([]);
});

test('mode observe holds for every step', async () => {
  const bench = await start('cyberark-privilege-cloud', [annaThere]);
  const { id = '', username = '' } = bench.standIn.account('aeriksen') ?? {};
  const accounts = [{ id, username, serves: 'aeriksen', how: 'created' as const, enabledHere: true }];
  const grant = { kind: 'group', name: 'Operators', privileged: false, because: [] };
  const base = { ...bench.input({ mode: 'observe' }), accounts };
  const image = { account: { id, username, enabled: true }, readAt: '' };
  const reports = [
    await bench.run('grantEntitlements', {
      ...base,
      wanted: { aeriksen: [{ ...grant, name: 'Operators' }], other: [grant] },
    }),
    await bench.run('revokeEntitlements', { ...base, lost: { aeriksen: [grant] }, kept: {} }),
    await bench.run('withdrawAccounts', { ...base, intended: [], granted: {} }),
    await bench.run('restoreAccounts', { ...base, accounts: [{ id, username, before: image, removed: [], lost: [] }] }),
  ];
  expect(reports.map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['observed', 'mode observe: would grant group Operators to other'],
    ['observed', 'mode observe: would take group Operators from aeriksen'],
    ['observed', 'mode observe: would disable aeriksen'],
    ['observed', 'mode observe: would change nothing'],
  ]);
  expect(bench.writes).toEqual([]);
});

test('requests stay near the least', async () => {
  const bench = await start('cyberark-privilege-cloud', []);
  const counted = async (work: () => Promise<unknown>) => {
    const before = bench.standIn.requests.length;
    await work();
    return bench.standIn.requests.slice(before).filter(({ path }) => !/token/i.test(path)).length;
  };
  const input = provision(bench, [desired('aeriksen')]);
  // Three searches for three names of Anna, the creation, the reading back.
  expect(await counted(() => bench.run('provisionAccounts', input))).toBeLessThanOrEqual(5);
  // Searches and the user's own record: rows of a search do not show everything.
  expect(await counted(() => bench.run('provisionAccounts', input))).toBeLessThanOrEqual(4);
});
