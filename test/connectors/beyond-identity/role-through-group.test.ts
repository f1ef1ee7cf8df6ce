import { call, found, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
afterEach(() => bench.vendor.stop());

/** Anna and Ben are Engineers, and Engineers hold the role Deployer; nobody holds it directly. */
async function start(vendor: { readonly rolesThroughGroups?: boolean } = {}) {
  bench = await rig({ vendor });
  const { realm } = bench.vendor;
  const server = realm.ensureResourceServer('Play API').id;
  const role = realm.ensureRole(server, 'Deployer');
  const group = realm.ensureGroup('Engineers');
  role.groups.push(group.id);
  const deployer = { kind: 'role', id: `${server}/${role.id}`, name: 'Deployer' };
  const engineers = { kind: 'group', id: group.id, name: 'Engineers' };
  return { ...bench, role, deployer, engineers, anna: await found(bench.connector, 'anna') };
}
const rolesIn = (grants: readonly { entitlement: { kind: string; name?: string } }[]) =>
  grants.flatMap(({ entitlement: { kind, name } }) => (kind === 'role' ? [name] : []));

test('a role that comes through a group is no grant of the account, but makes it a holder', async () => {
  const { connector, anna, deployer } = await start();
  expect(rolesIn(await connector.listGrants(anna, call))).toEqual(['Help desk']);
  const holders: string[] = [];
  for await (const { username } of connector.members?.of(deployer, call) ?? []) holders.push(username);
  expect(holders.sort()).toEqual(['anna', 'ben']);
});

test('given directly it is a grant of its own, which stays when the group goes and goes by itself', async () => {
  const { connector, anna, role, deployer, engineers } = await start();
  expect(await connector.grant(anna, deployer, call)).toBe('done');
  expect(role.members).toEqual([anna.id]);
  await connector.revoke(anna, [{ entitlement: engineers }], call);
  expect(rolesIn(await connector.listGrants(anna, call)).sort()).toEqual(['Deployer', 'Help desk']);
  await connector.revoke(anna, [{ entitlement: deployer }], call);
  expect(role.members).toEqual([]);
  expect(role.groups).toEqual([engineers.id]);
});

describe('where the vendor lists roles that come through groups too', () => {
  test('taking such a role away is refused, and the groups that may carry it are named', async () => {
    const { connector, anna, role, deployer } = await start({ rolesThroughGroups: true });
    expect(rolesIn(await connector.listGrants(anna, call)).sort()).toEqual(['Deployer', 'Help desk']);
    const [revoked] = await connector.revoke(anna, [{ entitlement: deployer }], call);
    expect(revoked).toMatchObject({ change: 'refused', reason: expect.stringContaining('Engineers') as string });
    expect(role.groups).toHaveLength(1);
  });

  test('a strip leaves the groups first, so that the role goes with them and nothing is held', async () => {
    const { connector, vendor, anna, role, engineers } = await start({ rolesThroughGroups: true });
    const held = await connector.listGrants(anna, call);
    const from = vendor.requests.length;
    const revoked = await connector.revoke(anna, [...held].reverse(), call);
    const removals = vendor.requests.slice(from).filter(({ method }) => method === 'POST');
    expect(removals.map(({ path }) => path.split('/')[1])).toEqual([
      ...['groups', 'groups'],
      ...['resource-servers', 'resource-servers'],
    ]);
    expect(revoked.map(({ change }) => change)).toEqual(held.map(() => 'done'));
    expect(await connector.listGrants(anna, call)).toEqual([]);
    expect(role.groups).toEqual([engineers.id]);
    const ben = await found(connector, 'ben');
    expect(rolesIn(await connector.listGrants(ben, call))).toContain('Deployer');
  });
});
