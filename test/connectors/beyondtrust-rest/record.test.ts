import { Unobservable } from '../../../connectors/errors';
import { call, found, person, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
const start = async (...given: Parameters<typeof rig>) => (bench = await rig(...given));
afterEach(() => bench.vendor.stop());

const wire = (username: string) => bench.vendor.appliance.byUsername(username);
const since = (from: number) => bench.vendor.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
const handOver = () => bench.connector.abilities.unsupported['fields not shown'];

test('what no record of the server shows is left out of the PUT, after one look at the others, and that is said', async () => {
  const { connector, vendor } = await start({ vendor: { lacksFields: ['public_key', 'locale'] } });
  const account = await found(connector, 'jdoe');
  expect(handOver()).toBeUndefined();
  const from = vendor.requests.length;
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('done');
  const path = `/users/${account.id}`;
  expect(since(from)).toEqual([`GET ${path}`, 'GET /users', `PUT ${path}`, `GET ${path}`]);
  expect(vendor.account('jdoe')).toMatchObject({ enabled: false, groups: ['Admins', 'Vault users'] });
  expect(handOver()).toContain('public_key, locale');

  // The others cost nothing more: what this server has is known.
  const other = await found(connector, 'asmith');
  const then = vendor.requests.length;
  const step = { ...call };
  const held = await connector.listGrants(other, step);
  await connector.revoke(other, held, step);
  expect(vendor.account('asmith')?.groups).toEqual([]);
  expect(since(then)).not.toContain('GET /users');
});

test('the very user of the seed can be disabled: five fields and no more', async () => {
  const lacksFields = ['group_memberships', 'public_key', 'locale', 'account_type', 'last_login', 'created_at'];
  const { connector, vendor } = await start({ vendor: { lacksFields } });
  const account = await found(connector, 'jdoe');
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('done');
  expect(vendor.account('jdoe')?.enabled).toBe(false);
  expect(handOver()).toContain('group_memberships');
  // Groups that nobody shows are not none: a strip stays refused.
  await expect(connector.listGrants(account, { ...call })).rejects.toThrow(Unobservable);
});

test('a field that another user shows is hidden or unset here: nobody can tell, and nothing is written', async () => {
  const { connector, vendor } = await start({ vendor: { omitsUnset: true } });
  const other = wire('asmith');
  if (other === undefined) throw new Error('not seeded');
  vendor.appliance.replace(other, { ...other, public_key: 'ssh-ed25519 AAAA' });
  const refused = connector.setAccountEnabled(await found(connector, 'jdoe'), false, call);
  await expect(refused).rejects.toThrow(Unobservable);
  await expect(refused).rejects.toThrow('public_key');
  expect(vendor.requests.some(({ method }) => method === 'PUT')).toBe(false);
  expect(handOver()).toBeUndefined();
});

test('where rows show little, some others are read whole before a field counts as none of the server', async () => {
  const { connector, vendor } = await start({ vendor: { omitsUnset: true, abridgedRows: true } });
  const other = wire('asmith');
  if (other === undefined) throw new Error('not seeded');
  vendor.appliance.replace(other, { ...other, public_key: 'ssh-ed25519 AAAA' });
  const refused = connector.setAccountEnabled(await found(connector, 'jdoe'), false, call);
  await expect(refused).rejects.toThrow('public_key');
});

test('a field that shows up later counts from then on', async () => {
  const people = ['jdoe', 'asmith', 'new'].map((name) => person(name));
  const { connector, vendor } = await start({ vendor: { omitsUnset: true, people } });
  await connector.setAccountEnabled(await found(connector, 'jdoe'), false, call);
  expect(handOver()).toContain('public_key');
  const key = { attributes: { public_key: 'ssh-ed25519 AAAA' } };
  await connector.updateAccount(await found(connector, 'new'), key, call);
  expect(handOver()).toBeUndefined();
  await expect(connector.setAccountEnabled(await found(connector, 'asmith'), false, call)).rejects.toThrow(
    Unobservable,
  );
  expect(vendor.account('asmith')?.enabled).toBe(true);
});

test('where other users may not be read nobody knows what the server has, and the PUT is refused', async () => {
  const refuses: Record<string, number> = {};
  const { connector } = await start({ vendor: { lacksFields: ['locale'], refuses } });
  const account = await found(connector, 'jdoe');
  refuses['GET /users'] = 403;
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow('locale');
  delete refuses['GET /users'];
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('done');
});

test('the check says which fields no user shows, and that a strip needs the memberships', async () => {
  const { connector, vendor } = await start({ vendor: { lacksFields: ['locale'] } });
  const visible = async (of = connector) =>
    (await of.check(call)).findings.find(({ name }) => name === 'whole user visible');
  expect(await visible()).toMatchObject({ state: 'proven', detail: expect.stringContaining('locale') as string });
  await vendor.stop();
  const second = await start({ vendor: { lacksFields: ['group_memberships'] } });
  expect(await visible(second.connector)).toMatchObject({ state: 'failed' });
});
