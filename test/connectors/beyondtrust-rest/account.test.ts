import {
  Unobservable,
  VendorAnswerInvalid,
  VendorConflict,
  VendorIgnoredWrite,
  VendorRejected,
  VendorUnavailable,
} from '../../../connectors/errors';
import { call, found, person, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
const start = async (...given: Parameters<typeof rig>) => (bench = await rig(...given));
afterEach(() => bench.vendor.stop());

const wire = (username: string) => bench.vendor.appliance.byUsername(username);
const since = (from: number) => bench.vendor.requests.slice(from).map(({ method, path }) => `${method} ${path}`);

test('disabling changes the flag and nothing else', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'JDoe');
  const before = wire('jdoe');
  const from = vendor.requests.length;
  const written = await connector.setAccountEnabled(account, false, call);
  expect(written).toMatchObject({
    change: 'done',
    after: { id: account.id, enabled: false, email: 'jdoe@example.test' },
  });
  expect(wire('jdoe')).toEqual({ ...before, enabled: false });
  const path = `/users/${account.id}`;
  expect(since(from)).toEqual([`GET ${path}`, `PUT ${path}`, `GET ${path}`]);
  expect(vendor.appliance.passwordOf(Number(account.id))).toBe('play-jdoe');
});

test('disabling twice writes once', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  await connector.setAccountEnabled(account, false, call);
  const from = vendor.requests.length;
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('already');
  expect(since(from)).toEqual([`GET /users/${account.id}`]);
});

test('what somebody else changed a moment ago survives, since the user is read just before the write', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  const user = wire('jdoe');
  if (user === undefined) throw new Error('not seeded');
  vendor.appliance.replace(user, { ...user, public_key: 'ssh-ed25519 AAAA', group_memberships: [5] });
  await connector.setAccountEnabled(account, false, call);
  expect(wire('jdoe')).toMatchObject({ public_key: 'ssh-ed25519 AAAA', group_memberships: [5], enabled: false });
});

test.each(['group_memberships', 'email_address', 'public_key', 'locale', 'display_name'])(
  'a disable is refused while %s is not shown, and nothing is written',
  async (field) => {
    const { connector, vendor } = await start();
    const account = await found(connector, 'jdoe');
    const before = wire('jdoe');
    vendor.faults.add({ kind: 'missing-field', field, path: `/users/${account.id}` });
    const refused = connector.setAccountEnabled(account, false, call);
    await expect(refused).rejects.toThrow(Unobservable);
    await expect(refused).rejects.toThrow(field);
    expect(wire('jdoe')).toEqual(before);
    expect(vendor.requests.some(({ method }) => method === 'PUT')).toBe(false);
  },
);

test('a full replace that changed more than it was about is named, and the disable holds', async () => {
  const { connector } = await start({ vendor: { losesMemberships: true } });
  const account = await found(connector, 'jdoe');
  const disabled = connector.setAccountEnabled(account, false, call);
  await expect(disabled).rejects.toThrow(VendorConflict);
  await expect(disabled).rejects.toThrow('enabled was written and reads so, and group_memberships reads otherwise');
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('already');
});

test('a hidden flag does not stop the disable that owns it; a hidden proof does', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  vendor.faults.add({ kind: 'missing-field', field: 'enabled', path: `/users/${account.id}`, method: 'GET' });
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('done');
  await connector.setAccountEnabled(account, true, call);
  vendor.faults.add({ kind: 'missing-field', field: 'enabled', path: `/users/${account.id}`, method: 'GET', times: 2 });
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(Unobservable);
  expect(wire('jdoe')?.enabled).toBe(false);
});

test('a yes without effect is not believed', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  vendor.faults.add({ kind: 'no-effect', method: 'PUT' });
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorIgnoredWrite);
});

test.each(['reply-lost', 'error-after-commit', 'slow'] as const)(
  'after %s the next attempt finds it done',
  async (kind) => {
    const { connector, vendor } = await start();
    const account = await found(connector, 'jdoe');
    vendor.faults.add({ kind, method: 'PUT', milliseconds: 5000 });
    await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorUnavailable);
    expect((await connector.setAccountEnabled(account, false, call)).change).toBe('already');
  },
);

test('an account that vanished is a conflict for a person, on disable; already gone on delete', async () => {
  const { connector } = await start();
  const account = await found(connector, 'jdoe');
  expect(await connector.deleteAccount(account, call)).toEqual({ change: 'done', proof: 'gone' });
  expect(bench.vendor.account('jdoe')).toMatchObject({ deleted: true });
  expect(await connector.deleteAccount(account, call)).toEqual({ change: 'already', proof: 'gone' });
  expect(await connector.getAccount(account.id, call)).toBeUndefined();
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorConflict);
});

test('a delete without effect is not believed', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  vendor.faults.add({ kind: 'no-effect', method: 'DELETE' });
  await expect(connector.deleteAccount(account, call)).rejects.toThrow(VendorIgnoredWrite);
  expect(vendor.account('jdoe')?.deleted).toBe(false);
});

test('finds by exact user name only, and says which keys it cannot use', async () => {
  const people = ['jdoe', 'jdoe2', 'x.jdoe'].map((name) => person(name));
  const { connector } = await start({ vendor: { people } });
  const keys = { externalId: ['e-jdoe'], username: ['JDOE', 'jdoe@example.test'], email: ['jdoe@example.test'] };
  const search = await connector.findAccounts(keys, call);
  expect(search.found.map(({ account, by }) => [account.username, by])).toEqual([['jdoe', ['username', 'email']]]);
  expect(search.tried).toEqual(['username=JDOE', 'username=jdoe@example.test']);
  expect(search.notSearchable).toEqual(['externalId', 'email']);
});

test('a filter that minds the case is asked once more in lower case, and only when nobody came back', async () => {
  const { connector, vendor } = await start({ vendor: { exactCase: true } });
  const of = async (...username: string[]) => {
    const from = vendor.requests.length;
    const { found: matches, tried } = await connector.findAccounts({ externalId: [], username, email: [] }, call);
    return {
      names: matches.map(({ account }) => account.username),
      tried,
      requests: since(from).filter((line) => line.startsWith('GET')).length,
    };
  };
  expect(await of('JDoe')).toEqual({ names: ['jdoe'], tried: ['username=JDoe', 'username=jdoe'], requests: 2 });
  expect(await of('JDoe', 'jdoe')).toMatchObject({ names: ['jdoe'], requests: 2 });
  expect(await of('jdoe')).toEqual({ names: ['jdoe'], tried: ['username=jdoe'], requests: 1 });
  expect(await of('Nobody')).toMatchObject({ names: [], requests: 2 });
});

test('a vendor that shows empty lists as null has nobody of that name, and a user in no group', async () => {
  const { connector } = await start({ vendor: { people: [person('jdoe', [])], nullLists: true } });
  expect((await connector.findAccounts({ externalId: [], username: ['no'], email: [] }, call)).found).toEqual([]);
  const account = await found(connector, 'jdoe');
  expect(account.grants).toEqual([]);
  expect(await connector.listGrants(account, call)).toEqual([]);
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('done');
});

test('an ignored filter leads to the right account on a later page, never to "no account"', async () => {
  const people = Array.from({ length: 25 }, (_none, index) => person(`user${String(index)}`));
  const { connector, vendor } = await start({ vendor: { people }, options: { pageSize: 10 } });
  vendor.faults.add({ kind: 'filter-ignored', times: 9 });
  vendor.faults.add({ kind: 'clamped-page', times: 1 });
  expect((await found(connector, 'user24')).username).toBe('user24');
});

test('an empty answer that promises rows is no proof that there is no account', async () => {
  const { connector, vendor } = await start();
  vendor.faults.add({ kind: 'empty-page' });
  await expect(found(connector, 'jdoe')).rejects.toThrow(VendorAnswerInvalid);
});

test('a row that shows little is asked for as a whole', async () => {
  const { connector } = await start({ vendor: { abridgedRows: true } });
  const account = await found(connector, 'jdoe');
  expect(account).toMatchObject({ email: 'jdoe@example.test', enabled: true });
  expect(account.grants?.length).toBe(2);
});

test('creates, reads back, and never shows the password', async () => {
  const { connector, vendor } = await start();
  const wanted = { username: 'new', email: 'n@example.test', displayName: 'N', initialPassword: 'S3cur3-once!' };
  const made = await connector.createAccount(wanted, call);
  expect(made).toMatchObject({ username: 'new', enabled: true, email: 'n@example.test', grants: [] });
  expect(vendor.appliance.passwordOf(Number(made.id))).toBe('S3cur3-once!');
  const refused = connector.createAccount(wanted, call);
  await expect(refused).rejects.toThrow(VendorConflict);
  await expect(refused).rejects.toThrow(made.id);
  await expect(refused).rejects.not.toThrow('S3cur3');
});

test('a refused creation is told apart from a taken name', async () => {
  const { connector } = await start();
  const refused = connector.createAccount({ username: 'nobody' }, call);
  await expect(refused).rejects.toThrow(VendorRejected);
  await expect(refused).rejects.toThrow('password');
});

test('updates own their fields only; what cannot be changed is refused before anything is written', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  const before = wire('jdoe');
  const changes = { email: 'jane@example.test', attributes: { locale: 'nb-NO' } };
  const written = await connector.updateAccount(account, changes, call);
  expect(written).toMatchObject({ change: 'done', after: { email: 'jane@example.test' } });
  expect(wire('jdoe')).toEqual({ ...before, email_address: 'jane@example.test', locale: 'nb-NO' });
  expect((await connector.updateAccount(account, changes, call)).change).toBe('already');
  const from = vendor.requests.length;
  const fixed = connector.updateAccount(account, { attributes: { account_type: 'LDAP' } }, call);
  await expect(fixed).rejects.toThrow(VendorRejected);
  const mirrored = { ...account, ownedByDirectory: 'LDAP' };
  await expect(connector.updateAccount(mirrored, { displayName: 'J' }, call)).rejects.toThrow('LDAP');
  expect(since(from).filter((sent) => !sent.startsWith('GET '))).toEqual([]);
});

test('one token serves all, and a dead one is replaced once', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'jdoe');
  await connector.setAccountEnabled(account, false, call);
  expect(vendor.tokensIssued).toBe(1);
  vendor.tokens.expireAll();
  await connector.setAccountEnabled(account, true, call);
  expect(vendor.tokensIssued).toBe(2);
});
