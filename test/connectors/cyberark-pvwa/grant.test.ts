import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../../../connectors/errors';
import type { Grant } from '../../../domain/account';
import { asked, call, cloudRig, found, person, vendorDialect } from './rig';

type Rig = Awaited<ReturnType<typeof cloudRig>>;
let rig: Rig;
afterEach(() => rig.vendor.stop());
const open = async (...[options]: Parameters<typeof cloudRig>) => (rig = await cloudRig(options));

test('groups come from the user’s own record, and each leaves by one request', async () => {
  const { connector, vendor } = await open();
  const account = await found(connector, 'anna');
  const held = await connector.listGrants(account, call);
  expect(held.map(({ entitlement }) => [entitlement.kind, entitlement.name])).toEqual([
    ['group', 'Admins'],
    ['group', 'Auditors'],
  ]);
  const results = await connector.revoke(account, held, call);
  expect(results.map(({ change }) => change)).toEqual(['done', 'done']);
  expect(vendor.account('anna')?.groups).toEqual([]);
  expect(asked(vendor).filter((line) => line.startsWith('DELETE'))).toEqual(
    held.map(({ entitlement }) => `DELETE /UserGroups/${entitlement.id}/Members/${account.id}`),
  );
  expect((await connector.revoke(account, held, call)).map(({ change }) => change)).toEqual(['already', 'already']);
});

test('in the vendor’s dialect groups and safes leave by name, dots included', async () => {
  const { connector, vendor } = await open({
    standIn: { profile: 'vendor', people: [person('anna.eriksen@acme.test')] },
    options: vendorDialect,
  });
  expect(connector.abilities.grants).toEqual(['group', 'safe']);
  const account = await found(connector, 'anna.eriksen@acme.test');
  expect(account).not.toHaveProperty('grants');
  const held = await connector.listGrants(account, call);
  expect(held.map(({ entitlement }) => entitlement.kind)).toEqual(['group', 'group', 'safe']);
  expect((await connector.revoke(account, held, call)).map(({ change }) => change)).toEqual(['done', 'done', 'done']);
  expect(vendor.account('anna.eriksen@acme.test')).toMatchObject({ groups: [], roles: [] });
});

test('a directory’s group is reported and not asked for', async () => {
  const { connector, vendor } = await open({ standIn: { directoryGroups: ['Auditors'] } });
  const account = await found(connector, 'anna');
  const held = await connector.listGrants(account, call);
  const results = await connector.revoke(account, held, call);
  expect(results.map(({ change }) => change)).toEqual(['done', 'owned-by-directory']);
  expect(asked(vendor).filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
  expect(vendor.account('anna')?.groups).toEqual(['Auditors']);
});

test('one refusal does not stop the others', async () => {
  const { connector, vendor } = await open({ standIn: { directoryGroups: ['Admins'] } });
  const account = await found(connector, 'anna');
  const held = (await connector.listGrants(account, call)).map(({ entitlement }): Grant => ({ entitlement }));
  expect(await connector.revoke(account, held, call)).toMatchObject([
    { change: 'refused', reason: expect.stringContaining('PASWS041E') },
    { change: 'done' },
  ]);
  expect(vendor.account('anna')?.groups).toEqual(['Admins']);
});

test('a member’s name that no URL of PVWA carries is handed to a person', async () => {
  const { connector } = await open({
    standIn: { people: [person('anna+adm')], memberRef: 'name' },
    options: { memberRef: 'name' },
  });
  const account = await found(connector, 'anna+adm');
  const results = await connector.revoke(account, await connector.listGrants(account, call), call);
  expect(results.map(({ change }) => change)).toEqual(['refused', 'refused']);
});

test('a 404 for a member who is named in the wrong way is no removal', async () => {
  const { connector } = await open({
    standIn: { profile: 'vendor', people: [person('anna.eriksen')] },
    options: { ...vendorDialect, memberRemove: 'plain', safes: false },
  });
  const account = await found(connector, 'anna.eriksen');
  const attempt = connector.revoke(account, await connector.listGrants(account, call), call);
  await expect(attempt).rejects.toThrow(VendorIgnoredWrite);
  await expect(attempt).rejects.toThrow('options.memberRemove');
});

test('groups that are not shown are unknown, never none', async () => {
  const { connector, vendor } = await open();
  const account = await found(connector, 'anna');
  vendor.faults.add({ kind: 'missing-field', field: 'groupsMembership', path: '/Users/\\d+$', times: 2 });
  await expect(connector.listGrants(account, call)).rejects.toThrow(Unobservable);
  expect(await connector.getAccount(account.id, call)).not.toHaveProperty('grants');
});

test('safes that the version does not list are unknown where the options promise them', async () => {
  const { connector } = await open({ options: { safes: true } });
  await expect(connector.listGrants(await found(connector, 'anna'), call)).rejects.toThrow('options.safes');
});

test('without the list of safes a person is told what to do', async () => {
  const { connector } = await open();
  expect(connector.abilities.grants).toEqual(['group']);
  expect(connector.abilities.unsupported['safe']).toContain('person');
});

test.each([{}, vendorDialect])('a group is given once and "already" the second time', async (options) => {
  const { connector, vendor } = await open({
    standIn: { profile: options === vendorDialect ? 'vendor' : 'seed' },
    options,
  });
  const account = await found(connector, 'anna');
  const { id } = vendor.vault.ensureGroup('Operators');
  const wanted = { kind: 'group', id: String(id), name: 'Operators' };
  expect(await connector.grant(account, wanted, call)).toBe('done');
  expect(await connector.grant(account, wanted, call)).toBe('already');
  expect(vendor.account('anna')?.groups).toContain('Operators');
});

test('a grant without effect is noticed, safes are not guessed', async () => {
  const { connector, vendor } = await open();
  const account = await found(connector, 'anna');
  const operators = { kind: 'group', id: String(vendor.vault.ensureGroup('Operators').id) };
  vendor.faults.add({ kind: 'no-effect', method: 'POST' });
  await expect(connector.grant(account, operators, call)).rejects.toThrow(VendorIgnoredWrite);
  await expect(connector.grant(account, { kind: 'safe', id: 'Linux-Root' }, call)).rejects.toThrow(VendorRejected);
});

test('a conflict with a code that nobody listed is "already" for a member, and stays a conflict for others', async () => {
  const { connector, vendor } = await open({ options: { memberAlreadyCodes: [], retryableCodes: [] } });
  const account = await found(connector, 'anna');
  const [held] = await connector.listGrants(account, call);
  if (held === undefined) throw new Error('no group');
  expect(await connector.grant(account, held.entitlement, call)).toBe('already');
  const operators = { kind: 'group', id: String(vendor.vault.ensureGroup('Operators').id) };
  vendor.vault.busyChanges = 2;
  await expect(connector.grant(account, operators, call)).rejects.toThrow(VendorConflict);
  vendor.faults.add({ kind: 'missing-field', field: 'groupsMembership', path: '/Users/\\d+$', method: 'GET' });
  await expect(connector.grant(account, held.entitlement, call)).rejects.toThrow(VendorConflict);
});

test.each([{}, vendorDialect])('every group is listed, by link or by offset', async (options) => {
  const { connector, vendor } = await open({
    standIn: { profile: options === vendorDialect ? 'vendor' : 'seed' },
    options: { ...options, pageSize: 2 },
  });
  for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) vendor.vault.ensureGroup(name);
  const names: (string | undefined)[] = [];
  let next: string | undefined;
  do {
    const page = await connector.listEntitlements(next, call);
    names.push(...page.items.map(({ name }) => name));
    next = page.next;
  } while (next !== undefined);
  expect(names).toEqual(['Admins', 'Auditors', 'A', 'B', 'C', 'D', 'E', 'F']);
});
