import { Unobservable } from '../../../connectors/errors';
import { call, everyPage, found, person, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
const start = async (...given: Parameters<typeof rig>) => (bench = await rig(...given));
afterEach(() => bench.vendor.stop());

const unsupported = () => bench.connector.abilities.unsupported;

describe.each([404, 405, 501])('a realm without resource servers (%d)', (status) => {
  const lacks = { 'resource-servers': status };

  test('offers no roles: groups are stripped, and the roles are handed over', async () => {
    const { connector, vendor } = await start({ vendor: { lacks } });
    expect(unsupported()).not.toHaveProperty('role');
    const account = await found(connector, 'anna');
    const held = await connector.listGrants(account, call);
    expect(held.map(({ entitlement: { kind } }) => kind)).toEqual(['group', 'group']);
    expect((await connector.revoke(account, held, call)).map(({ change }) => change)).toEqual(['done', 'done']);
    expect(vendor.account('anna')?.groups).toEqual([]);
    expect(unsupported()['role']).toContain('no roles');
    expect((await everyPage((after) => connector.listEntitlements(after, call))).length).toBe(2);
  });

  test('says so in the check, which is no failure', async () => {
    const { connector } = await start({ vendor: { lacks } });
    const { findings } = await connector.check(call);
    expect(findings.find(({ name }) => name === 'resource-servers:read')).toMatchObject({ state: 'declared' });
    expect(findings.map(({ name }) => name)).not.toContain('roles:update');
    expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
  });
});

test.each([['resource-servers'], ['listRoles']])(
  'roles that may not be read (%s) do not hide the groups',
  async (part) => {
    const { connector } = await start({ vendor: { withheld: [part] } });
    const refused = connector.listGrants(await found(connector, 'anna'), call);
    await expect(refused).rejects.toThrow(Unobservable);
    await expect(refused).rejects.toMatchObject({
      seen: [{ entitlement: { kind: 'group' } }, { entitlement: { kind: 'group' } }],
    });
    expect(unsupported()).not.toHaveProperty('role');
  },
);

test('a list of groups that is not there is unobservable while the identity is, and empty once it is gone', async () => {
  const { connector } = await start({ vendor: { lacks: { listGroups: 404 } } });
  const account = await found(connector, 'anna');
  const refused = connector.listGrants(account, call);
  await expect(refused).rejects.toThrow(Unobservable);
  await expect(refused).rejects.toThrow('is there and this list of it is not');
  await connector.deleteAccount(account, call);
  expect(await connector.listGrants(account, call)).toEqual([]);
});

test('a list of passkeys that is not there is never a clean one', async () => {
  const { connector } = await start({ vendor: { lacks: { credentials: 404 } } });
  const account = await found(connector, 'anna');
  await expect(connector.credentials?.list(account, call)).rejects.toThrow(Unobservable);
  await connector.deleteAccount(account, call);
  expect(await connector.credentials?.list(account, call)).toEqual([]);
});

test.each([404, 405, 501])(
  'a realm without enrolment links (%d) is not held up, and that is handed over',
  async (status) => {
    const { connector } = await start({ vendor: { lacks: { 'credential-binding-jobs': status } } });
    const account = await found(connector, 'anna');
    expect(unsupported()).not.toHaveProperty('credentials');
    const live = (await connector.credentials?.list(account, call)) ?? [];
    expect(live.map(({ kind }) => kind)).toEqual(['passkey', 'passkey']);
    expect(unsupported()['credentials']).toContain('unproved');
    const { findings } = await connector.check(call);
    expect(findings.find(({ name }) => name === 'credential-binding-jobs:read')).toMatchObject({ state: 'unknown' });
  },
);

test('a realm that writes null for empty lists and fields is read all the same', async () => {
  const people = [person('anna', { groups: [], roles: [] })];
  const { connector, vendor } = await start({ vendor: { people, nulls: true } });
  expect((await connector.findAccounts({ externalId: [], username: ['no'], email: [] }, call)).found).toEqual([]);
  const account = await found(connector, 'anna');
  expect(await connector.listGrants(account, call)).toEqual([]);
  for (const live of (await connector.credentials?.list(account, call)) ?? [])
    expect(await connector.credentials?.end(live, account, call)).toEqual({ change: 'done' });
  await connector.updateAccount(account, { email: 'n@example.test' }, call);
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('done');
  expect(vendor.account('anna')).toMatchObject({ enabled: false, live: { passkey: 0, 'pending-enrolment': 0 } });
});
