import { Unobservable, VendorIgnoredWrite, VendorRejected } from '../../../connectors/errors';
import { call, everyPage, found, person, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
const start = async (...given: Parameters<typeof rig>) => (bench = await rig(...given));
afterEach(() => bench.vendor.stop());

const since = (from: number) => bench.vendor.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
const named = (grants: readonly { entitlement: { kind: string; name?: string } }[]) =>
  grants.map(({ entitlement: { kind, name } }) => `${kind} ${String(name)}`).sort();

test('grants are groups and the roles of every resource server', async () => {
  const { connector, vendor } = await start();
  const other = vendor.realm.ensureResourceServer('Other API');
  vendor.realm.ensureRole(other.id, 'Auditor').members.push(vendor.account('anna')?.id ?? '');
  const grants = await connector.listGrants(await found(connector, 'anna'), call);
  expect(named(grants)).toEqual(['group Administrators', 'group Engineers', 'role Auditor', 'role Help desk']);
});

test('configured resource servers are asked directly; roles can be left out, and that is said', async () => {
  const { connector, vendor } = await start();
  const [server] = [...vendor.realm.resourceServers.keys()];
  await vendor.stop();
  const second = await start({ options: { resourceServers: [server] } });
  const account = await found(second.connector, 'anna');
  const from = second.vendor.requests.length;
  expect(named(await second.connector.listGrants(account, call))).toContain('role Help desk');
  expect(since(from)).toEqual([`GET /identities/${account.id}:listGroups`, `GET /identities/${account.id}:listRoles`]);
  expect(connector.abilities.grants).toEqual(['group', 'role']);
  await second.vendor.stop();
  const third = await start({ options: { roles: false } });
  expect(third.connector.abilities.grants).toEqual(['group']);
  expect(third.connector.abilities.unsupported).toHaveProperty('role');
  const groups = await third.connector.listGrants(await found(third.connector, 'anna'), call);
  expect(named(groups)).toEqual(['group Administrators', 'group Engineers']);
});

test('roles that cannot be seen are unobservable, never none', async () => {
  const { connector } = await start({ vendor: { withheld: ['resource-servers'] } });
  const refused = connector.listGrants(await found(connector, 'anna'), call);
  await expect(refused).rejects.toThrow(Unobservable);
  await expect(refused).rejects.toThrow('options.resourceServers');
});

test('a configured resource server that does not exist is a mistake, not an empty list', async () => {
  const { connector } = await start({ options: { resourceServers: ['mistyped'] } });
  const refused = connector.listGrants(await found(connector, 'anna'), call);
  await expect(refused).rejects.toThrow(Unobservable);
  await expect(refused).rejects.toThrow('mistyped');
});

test('strips everything with one call per group and role, then proves it', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  const held = await connector.listGrants(account, call);
  const from = vendor.requests.length;
  const revoked = await connector.revoke(account, held, call);
  expect(revoked).toEqual(held.map((grant) => ({ grant, change: 'done' })));
  expect(vendor.account('anna')).toMatchObject({ groups: [], roles: [] });
  expect(vendor.account('ben')).toMatchObject({ groups: ['Administrators', 'Engineers'], roles: ['Help desk'] });
  expect(since(from).filter((line) => line.startsWith('POST')).length).toBe(3);
  expect(since(from).length).toBe(5);
});

test('a removal without effect is not believed, and the others are still made', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  const held = await connector.listGrants(account, call);
  vendor.faults.add({ kind: 'no-effect', method: 'POST' });
  await expect(connector.revoke(account, held, call)).rejects.toThrow(VendorIgnoredWrite);
  expect(vendor.account('anna')?.roles).toEqual([]);
  expect(vendor.account('anna')?.groups.length).toBe(1);
});

test('a group that is gone was left already; an unknown kind is refused', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  const [group] = await connector.listGrants(account, call);
  vendor.realm.groups.delete(group?.entitlement.id ?? '');
  const safe = { entitlement: { kind: 'safe', id: 's' } };
  if (group === undefined) throw new Error('no group');
  const revoked = await connector.revoke(account, [group, safe], call);
  expect(revoked.map(({ change }) => change)).toEqual(['already', 'refused']);
});

test('a group that refuses does not stop the others, and its reason is told', async () => {
  const { connector, vendor } = await start({ vendor: { withheld: ['groups'] } });
  const account = await found(connector, 'anna');
  const group = { entitlement: { kind: 'group', id: vendor.realm.ensureGroup('Engineers').id } };
  const [server] = [...vendor.realm.resourceServers.keys()];
  const role = vendor.realm.ensureRole(server ?? '', 'Help desk');
  const roleGrant = { entitlement: { kind: 'role', id: `${server ?? ''}/${role.id}` } };
  const revoked = await connector.revoke(account, [group, roleGrant], call);
  expect(revoked.map(({ change }) => change)).toEqual(['refused', 'done']);
  expect(revoked[0]).toMatchObject({ reason: expect.stringContaining('403') as string });
});

test('an account that is gone holds nothing', async () => {
  const { connector } = await start();
  const account = await found(connector, 'anna');
  const held = await connector.listGrants(account, call);
  await connector.deleteAccount(account, call);
  expect(await connector.listGrants(account, call)).toEqual([]);
  expect(await connector.credentials?.list(account, call)).toEqual([]);
  expect(new Set((await connector.revoke(account, held, call)).map(({ change }) => change))).toEqual(
    new Set(['already']),
  );
});

test('grants groups and roles, and tells what was so already', async () => {
  const { connector, vendor } = await start({ vendor: { people: [person('anna', { groups: [], roles: [] })] } });
  const account = await found(connector, 'anna');
  const group = { kind: 'group', id: vendor.realm.ensureGroup('Operators').id };
  const [server] = [...vendor.realm.resourceServers.keys()];
  const role = { kind: 'role', id: `${server ?? ''}/${vendor.realm.ensureRole(server ?? '', 'Auditor').id}` };
  for (const wanted of [group, role]) {
    expect(await connector.grant(account, wanted, call)).toBe('done');
    expect(await connector.grant(account, wanted, call)).toBe('already');
  }
  expect(vendor.account('anna')).toMatchObject({ groups: ['Operators'], roles: ['Auditor'] });
  await expect(connector.grant(account, { kind: 'safe', id: 's' }, call)).rejects.toThrow(VendorRejected);
});

test('entitlements are all groups, then the roles of each resource server', async () => {
  const { connector, vendor } = await start({ options: { pageSize: 1 } });
  const other = vendor.realm.ensureResourceServer('Other API');
  vendor.realm.ensureRole(other.id, 'Auditor');
  vendor.realm.ensureRole(other.id, 'Owner');
  const all = await everyPage((after) => connector.listEntitlements(after, call));
  expect(all.map(({ kind, name }) => `${kind} ${String(name)}`).sort()).toEqual([
    'group Administrators',
    'group Engineers',
    'role Auditor',
    'role Help desk',
    'role Owner',
  ]);
});
