import type { Entitlement, Grant } from '../../../domain/account';
import type { Connector, PageToken } from '../../../connectors/connector';
import { Unobservable, VendorAnswerInvalid, VendorIgnoredWrite, VendorRejected } from '../../../connectors/errors';
import { call, found, person, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
const start = async (...given: Parameters<typeof rig>) => (bench = await rig(...given));
afterEach(() => bench.vendor.stop());

const since = (from: number) => bench.vendor.requests.slice(from).map(({ method, path }) => `${method} ${path}`);

async function everyName(connector: Connector): Promise<readonly string[]> {
  const names: string[] = [];
  let after: PageToken | undefined;
  do {
    const page = await connector.listAccounts(after, call);
    names.push(...page.items.map(({ username }) => username));
    after = page.next;
  } while (after !== undefined);
  return names;
}

async function everyGroup(connector: Connector) {
  const groups: Entitlement[] = [];
  let after: PageToken | undefined;
  do {
    const page = await connector.listEntitlements(after, call);
    groups.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return groups;
}

test('grants carry the names of the groups, read once per call', async () => {
  const { connector, vendor } = await start();
  const [jdoe, asmith] = [await found(connector, 'jdoe'), await found(connector, 'asmith')];
  const from = vendor.requests.length;
  const once = { ...call };
  const grants = await connector.listGrants(jdoe, once);
  await connector.listGrants(asmith, once);
  expect(grants).toEqual([
    { entitlement: { kind: 'group', id: '5', name: 'Admins' } },
    { entitlement: { kind: 'group', id: '6', name: 'Vault users' } },
  ]);
  expect(since(from)).toEqual([`GET /users/${jdoe.id}`, 'GET /groups', `GET /users/${asmith.id}`]);
});

test('one PUT takes all groups away and leaves everything else', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  const held = await connector.listGrants(account, call);
  const before = vendor.appliance.byUsername('jdoe');
  const from = vendor.requests.length;
  const revoked = await connector.revoke(account, held, { ...call });
  expect(revoked).toEqual(held.map((grant) => ({ grant, change: 'done' })));
  expect(vendor.appliance.byUsername('jdoe')).toEqual({ ...before, group_memberships: [] });
  expect(since(from).filter((line) => line.startsWith('PUT')).length).toBe(1);
  expect(since(from).length).toBe(3);
  expect(await connector.listGrants(account, { ...call })).toEqual([]);
  const again = await connector.revoke(account, held, { ...call });
  expect(again).toEqual(held.map((grant) => ({ grant, change: 'already' })));
});

test('a strip step asks no more than it must: read, names, one PUT, read back', async () => {
  const { connector, vendor } = await start();
  const { id } = await found(connector, 'jdoe');
  const from = vendor.requests.length;
  const step = { ...call };
  const account = await connector.getAccount(id, step);
  if (account === undefined) throw new Error('gone');
  await connector.revoke(account, await connector.listGrants(account, step), step);
  const path = `/users/${id}`;
  expect(since(from)).toEqual([`GET ${path}`, 'GET /groups', `PUT ${path}`, `GET ${path}`]);
  // After a write, and in another step, the vendor is asked afresh.
  expect(await connector.listGrants(account, step)).toEqual([]);
  await connector.listGrants(account, { ...call });
  expect(since(from).slice(4)).toEqual([`GET ${path}`, `GET ${path}`]);
});

test('groups that were not asked about stay, also those joined meanwhile', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  const [first] = await connector.listGrants(account, call);
  const late = vendor.appliance.ensureGroup('Joined meanwhile');
  vendor.appliance.addMember(late.id, Number(account.id));
  await connector.revoke(account, [first as Grant], { ...call });
  expect(vendor.account('jdoe')?.groups).toEqual(['Vault users', 'Joined meanwhile']);
});

test('memberships that are not shown are never taken for none', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  const held = await connector.listGrants(account, call);
  const hide = { kind: 'missing-field', field: 'group_memberships', path: `/users/${account.id}` } as const;
  vendor.faults.add(hide);
  await expect(connector.listGrants(account, { ...call })).rejects.toThrow(Unobservable);
  vendor.faults.add(hide);
  await expect(connector.revoke(account, held, { ...call })).rejects.toThrow(Unobservable);
  expect(vendor.account('jdoe')?.groups.length).toBe(2);
  expect(vendor.requests.some(({ method }) => method === 'PUT')).toBe(false);
});

test('a removal without effect is not believed', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  vendor.faults.add({ kind: 'no-effect', method: 'PUT' });
  const held = await connector.listGrants(account, call);
  await expect(connector.revoke(account, held, call)).rejects.toThrow(VendorIgnoredWrite);
});

test('a membership that a directory puts back is its own, not a retry', async () => {
  const { connector, vendor } = await start({ vendor: { directoryKeeps: ['Admins'] } });
  const admins = vendor.appliance.ensureGroup('Admins').id;
  const users = vendor.appliance.ensureGroup('Vault users').id;
  const profile = { username: 'ldap', display_name: 'L', email_address: 'l@example.test', account_type: 'LDAP' };
  vendor.appliance.create({ ...profile, group_memberships: [admins, users] });
  const account = await found(connector, 'ldap');
  const revoked = await connector.revoke(account, await connector.listGrants(account, call), call);
  expect(revoked.map(({ grant, change }) => [grant.entitlement.name, change])).toEqual([
    ['Admins', 'owned-by-directory'],
    ['Vault users', 'done'],
  ]);
  expect(vendor.account('ldap')?.groups).toEqual(['Admins']);
  expect(revoked[0]).toMatchObject({ reason: expect.stringContaining('LDAP') as string });
});

test('a deployment with a removal endpoint is asked once per group', async () => {
  const { connector, vendor } = await start({
    options: { memberRemove: 'delete-endpoint' },
    vendor: { memberRemoveRoute: true },
  });
  const account = await found(connector, 'jdoe');
  const held = await connector.listGrants(account, call);
  const from = vendor.requests.length;
  expect((await connector.revoke(account, held, call)).map(({ change }) => change)).toEqual(['done', 'done']);
  expect(since(from).filter((line) => line.startsWith('DELETE')).length).toBe(2);
  expect(vendor.requests.some(({ method }) => method === 'PUT')).toBe(false);
});

test('an endpoint that is not there refuses each group and loses none of the answers', async () => {
  const options = { memberRemove: 'delete-endpoint', alreadyCodes: { removeMember: [] } };
  const { connector, vendor } = await start({ options });
  const account = await found(connector, 'jdoe');
  const revoked = await connector.revoke(account, await connector.listGrants(account, call), call);
  expect(revoked.map(({ change }) => change)).toEqual(['refused', 'refused']);
  expect(vendor.account('jdoe')?.groups.length).toBe(2);
});

test('adding to a group is read back; the second time it was so already', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  const { id, name } = vendor.appliance.ensureGroup('Operators');
  const wanted = { kind: 'group', id: String(id), name };
  expect(await connector.grant(account, wanted, call)).toBe('done');
  expect(await connector.grant(account, wanted, call)).toBe('already');
  expect(vendor.account('jdoe')?.groups).toContain('Operators');
  const more = { kind: 'group', id: String(vendor.appliance.ensureGroup('More').id) };
  vendor.faults.add({ kind: 'no-effect', method: 'POST' });
  await expect(connector.grant(account, more, call)).rejects.toThrow(VendorIgnoredWrite);
  await expect(connector.grant(account, { kind: 'safe', id: 'x' }, call)).rejects.toThrow(VendorRejected);
});

test('a listing is whole over clamped pages, and fails rather than end short or repeat', async () => {
  const people = Array.from({ length: 25 }, (_none, index) => person(`user${String(index)}`, []));
  const { connector, vendor } = await start({ vendor: { people, maxRows: 7 }, options: { pageSize: 10 } });
  vendor.faults.add({ kind: 'clamped-page', times: 2 });
  expect([...(await everyName(connector))].sort()).toEqual(people.map(({ username }) => username).sort());
  vendor.faults.add({ kind: 'empty-page' });
  await expect(everyName(connector)).rejects.toThrow(VendorAnswerInvalid);
  vendor.faults.add({ kind: 'duplicate-page' });
  await expect(everyName(connector)).rejects.toThrow(VendorAnswerInvalid);
});

test('entitlements are the groups, whole once the second page says the same as the first', async () => {
  const { connector, vendor } = await start();
  const from = vendor.requests.length;
  expect(await everyGroup(connector)).toEqual([
    { kind: 'group', id: '5', name: 'Admins' },
    { kind: 'group', id: '6', name: 'Vault users' },
  ]);
  expect(since(from).filter((line) => line === 'GET /groups').length).toBe(2);
});

test('groups that are clamped without a total are read to the empty page', async () => {
  const { connector, vendor } = await start({ vendor: { maxGroups: 50 } });
  for (let made = 0; made < 118; made++) vendor.appliance.ensureGroup(`Group ${String(made)}`);
  expect((await everyGroup(connector)).length).toBe(120);
});

test('a hundred groups that are not paged are a hundred', async () => {
  const { connector, vendor } = await start();
  for (let made = 0; made < 98; made++) vendor.appliance.ensureGroup(`Group ${String(made)}`);
  expect((await everyGroup(connector)).length).toBe(100);
});

test('a full page of groups that repeats is the whole only where a larger one says the same', async () => {
  const { connector, vendor } = await start({ vendor: { groupsIgnoreOffset: true } });
  for (let made = 0; made < 98; made++) vendor.appliance.ensureGroup(`Group ${String(made)}`);
  expect((await everyGroup(connector)).length).toBe(100);
  vendor.appliance.ensureGroup('One more');
  await expect(everyGroup(connector)).rejects.toThrow(VendorAnswerInvalid);
});

test('names are asked for until all that are held have one, and asked on only for more', async () => {
  const { connector, vendor } = await start({ vendor: { maxGroups: 1 } });
  vendor.appliance.ensureGroup('Third');
  const account = await found(connector, 'jdoe');
  const from = vendor.requests.length;
  const named = (await connector.listGrants(account, call)).map(({ entitlement: { name } }) => name);
  expect(named).toEqual(['Admins', 'Vault users']);
  expect(since(from)).toEqual(['GET /groups', 'GET /groups']);
});

test.each([403, 404, 500])('a strip goes on by ids where the groups may not be listed (%d)', async (status) => {
  const { connector, vendor } = await start({ vendor: { refuses: { 'GET /groups': status } } });
  const account = await found(connector, 'jdoe');
  const step = { ...call };
  const held = await connector.listGrants(account, step);
  expect(held).toEqual(['5', '6'].map((id) => ({ entitlement: { kind: 'group', id } })));
  expect((await connector.revoke(account, held, step)).map(({ change }) => change)).toEqual(['done', 'done']);
  expect(vendor.account('jdoe')?.groups).toEqual([]);
});

test('an abort while names are asked for is no missing decoration', async () => {
  const { connector } = await start();
  const account = await found(connector, 'jdoe');
  await expect(
    connector.listGrants(account, { ...call, signal: AbortSignal.abort(new Error('stop')) }),
  ).rejects.toThrow('stop');
});

test.each([400, 409, 422])('status %d to an add is looked up: a member already, or a refusal', async (status) => {
  const refuses: Record<string, number> = {};
  const { connector, vendor } = await start({ vendor: { memberConflict: status, refuses } });
  const account = await found(connector, 'jdoe');
  expect(await connector.grant(account, { kind: 'group', id: '5' }, call)).toBe('already');
  const other = { kind: 'group', id: String(vendor.appliance.ensureGroup('Closed').id) };
  refuses['POST /groups/{}/members'] = status;
  const refused = connector.grant(account, other, call);
  await expect(refused).rejects.toThrow(VendorRejected);
  await expect(refused).rejects.toThrow('is not in group');
  await expect(refused).rejects.toThrow('refused');
});

test('an account that is gone holds nothing, and its groups were taken away already', async () => {
  const { connector } = await start();
  const account = await found(connector, 'jdoe');
  const held = await connector.listGrants(account, call);
  await connector.deleteAccount(account, call);
  expect(await connector.listGrants(account, call)).toEqual([]);
  expect((await connector.revoke(account, held, call)).map(({ change }) => change)).toEqual(['already', 'already']);
});

test('the check proves what it can and finds a user that is not wholly visible', async () => {
  const { connector, vendor } = await start();
  expect(connector.sessions).toBeUndefined();
  expect(connector.abilities.unsupported).toHaveProperty('sessions');
  const report = await connector.check(call);
  expect(report.tokenLifetimeSeconds).toBe(3600);
  const states = (from: typeof report) => Object.fromEntries(from.findings.map(({ name, state }) => [name, state]));
  expect(states(report)).toEqual({
    authentication: 'proven',
    'read users': 'proven',
    'whole user visible': 'proven',
    'read groups': 'proven',
    'change users': 'unknown',
  });
  vendor.faults.add({ kind: 'missing-field', field: 'public_key', path: '/users/' });
  const second = await connector.check(call);
  expect(second.findings.find(({ name }) => name === 'whole user visible')).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('public_key') as string,
  });
  expect(vendor.requests.every(({ write }) => !write)).toBe(true);
});
