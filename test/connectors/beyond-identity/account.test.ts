import {
  Unobservable,
  VendorAnswerInvalid,
  VendorConflict,
  VendorIgnoredWrite,
  VendorRejected,
  VendorUnauthorized,
  VendorUnavailable,
} from '../../../connectors/errors';
import { call, everyPage, found, person, rig } from './rig';

let bench: Awaited<ReturnType<typeof rig>>;
const start = async (...given: Parameters<typeof rig>) => (bench = await rig(...given));
afterEach(() => bench.vendor.stop());

const since = (from: number) => bench.vendor.requests.slice(from).map(({ method, path }) => `${method} ${path}`);
const crowd = (count: number) => Array.from({ length: count }, (_none, index) => person(`user${String(index)}`));

test('disabling suspends: one PATCH of the status alone, read back', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'ANNA');
  const before = vendor.realm.byUsername('anna');
  const from = vendor.requests.length;
  const written = await connector.setAccountEnabled(account, false, call);
  expect(written).toMatchObject({ change: 'done', after: { enabled: false, vendorState: 'suspended' } });
  const path = `/identities/${account.id}`;
  expect(since(from)).toEqual([`PATCH ${path}`, `GET ${path}`]);
  const after = vendor.realm.byUsername('anna');
  expect(after).toEqual({ ...before, status: 'suspended', update_time: after?.update_time });
});

test('an account found suspended is read once more and not written', async () => {
  const { connector, vendor } = await start();
  await connector.setAccountEnabled(await found(connector, 'anna'), false, call);
  const account = await found(connector, 'anna');
  const from = vendor.requests.length;
  expect((await connector.setAccountEnabled(account, false, call)).change).toBe('already');
  expect(since(from)).toEqual([`GET /identities/${account.id}`]);
});

test('an account that was enabled again since it was found is suspended all the same', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  const written = await connector.setAccountEnabled({ ...account, enabled: false }, false, call);
  expect(written.change).toBe('done');
  expect(vendor.account('anna')?.enabled).toBe(false);
});

test('a yes without effect is not believed, and a hidden status proves nothing', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  vendor.faults.add({ kind: 'no-effect', method: 'PATCH' });
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorIgnoredWrite);
  vendor.faults.add({ kind: 'missing-field', field: 'status', method: 'GET' });
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(Unobservable);
});

test.each(['reply-lost', 'error-after-commit', 'slow'] as const)('after %s the next attempt succeeds', async (kind) => {
  const { connector, vendor } = await start();
  vendor.faults.add({ kind, method: 'PATCH', milliseconds: 5000 });
  await expect(connector.setAccountEnabled(await found(connector, 'anna'), false, call)).rejects.toThrow(
    VendorUnavailable,
  );
  const again = await connector.setAccountEnabled(await found(connector, 'anna'), false, call);
  expect(again.change).toBe('already');
});

test('an expired token answers 403: it is replaced once and the step goes on', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  expect(vendor.tokensIssued).toBe(1);
  vendor.tokens.expireAll();
  await connector.setAccountEnabled(account, false, call);
  expect(vendor.tokensIssued).toBe(2);
  expect(vendor.account('anna')?.enabled).toBe(false);
});

test('a scope that is missing also answers 403, and is a refusal for a person', async () => {
  const { connector, vendor } = await start({ vendor: { withheld: ['identities'] } });
  await expect(found(connector, 'anna')).rejects.toThrow(VendorRejected);
  expect(vendor.tokensIssued).toBe(2);
});

test('a console token that died is told from a missing scope: everything is refused, not one thing', async () => {
  const { connector, vendor } = await start({ consoleToken: 'play-console-token' });
  const account = await found(connector, 'anna');
  vendor.tokens.expireAll({ statics: true });
  await expect(found(connector, 'anna')).rejects.toThrow(VendorUnauthorized);
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorUnauthorized);
  await expect(connector.check(call)).rejects.toThrow(VendorUnauthorized);
  expect(vendor.account('anna')?.enabled).toBe(true);
});

test('a console token that lacks one scope is alive: that is a refusal for a person', async () => {
  const { connector } = await start({ consoleToken: 'play-console-token', vendor: { withheld: ['credentials'] } });
  const account = await found(connector, 'anna');
  await expect(connector.credentials?.list(account, call)).rejects.toThrow(VendorRejected);
});

test('a console token works without a token request', async () => {
  const { connector, vendor } = await start({ consoleToken: 'play-console-token' });
  expect((await found(connector, 'anna')).username).toBe('anna');
  expect(vendor.tokensIssued).toBe(0);
});

test('finds by user name alone, and does not ask for names that the vendor cannot hold', async () => {
  const { connector, vendor } = await start();
  const keys = { externalId: ['e-anna'], username: ['anna', 'ACME\\anna'], email: ['anna@example.test'] };
  const search = await connector.findAccounts(keys, call);
  expect(search.found.map(({ account, by }) => [account.username, by])).toEqual([
    ['anna', ['externalId', 'username', 'email']],
  ]);
  expect(search.tried).toEqual(['username=anna', 'username=ACME\\anna (not asked: the vendor allows no such name)']);
  expect(search.notSearchable).toEqual(['externalId', 'email']);
  expect(vendor.requests.filter(({ path }) => path === '/identities').length).toBe(1);
});

test('a filter that minds the case is asked once more in lower case, and only when nobody came back', async () => {
  const { connector, vendor } = await start({ vendor: { exactCase: true } });
  const of = async (...username: string[]) => {
    const from = vendor.requests.length;
    const { found: matches, tried } = await connector.findAccounts({ externalId: [], username, email: [] }, call);
    const requests = since(from).filter((line) => line.startsWith('GET')).length;
    return { names: matches.map(({ account }) => account.username), tried, requests };
  };
  expect(await of('Anna')).toEqual({ names: ['anna'], tried: ['username=Anna', 'username=anna'], requests: 2 });
  expect(await of('Anna', 'anna')).toMatchObject({ names: ['anna'], requests: 2 });
  expect(await of('anna')).toEqual({ names: ['anna'], tried: ['username=anna'], requests: 1 });
});

test('an ignored filter leads to the right account on a later page, never to "no account"', async () => {
  const { connector, vendor } = await start({ vendor: { people: crowd(25) }, options: { pageSize: 5 } });
  vendor.faults.add({ kind: 'filter-ignored', times: 9 });
  expect((await found(connector, 'user24')).username).toBe('user24');
  vendor.faults.clear();
  vendor.faults.add({ kind: 'filter-ignored', times: 9 });
  expect((await connector.findAccounts({ externalId: [], username: ['nobody'], email: [] }, call)).found).toEqual([]);
});

test('an empty answer that promises rows is no proof that there is no account', async () => {
  const { connector, vendor } = await start();
  vendor.faults.add({ kind: 'empty-page' });
  const account = found(connector, 'anna');
  await expect(account.then(({ username }) => username)).resolves.toBe('anna');
});

test('a listing is whole over clamped and empty pages, and fails rather than repeat', async () => {
  const people = crowd(25);
  const { connector, vendor } = await start({ vendor: { people }, options: { pageSize: 10 } });
  vendor.faults.add({ kind: 'clamped-page' });
  vendor.faults.add({ kind: 'empty-page' });
  const all = await everyPage((after) => connector.listAccounts(after, call));
  expect(all.map(({ username }) => username).sort()).toEqual(people.map(({ username }) => username).sort());
  vendor.faults.add({ kind: 'duplicate-page' });
  await expect(everyPage((after) => connector.listAccounts(after, call))).rejects.toThrow(VendorAnswerInvalid);
});

test('creates with 200 and reads back; a taken name is a conflict', async () => {
  const { connector, vendor } = await start();
  const wanted = { username: 'new', email: 'n@example.test', displayName: 'N', externalId: 'e-new' };
  const made = await connector.createAccount(wanted, call);
  expect(made).toMatchObject({ username: 'new', enabled: true, email: 'n@example.test', externalId: 'e-new' });
  expect(vendor.account('new')?.id).toBe(made.id);
  await expect(connector.createAccount(wanted, call)).rejects.toThrow(VendorConflict);
});

test('updates send what differs and keep every other trait', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  const before = vendor.realm.byUsername('anna')?.traits;
  const changes = { email: 'anna.e@example.test', attributes: { title: 'Lead' } };
  const written = await connector.updateAccount(account, changes, call);
  expect(written).toMatchObject({ change: 'done', after: { email: 'anna.e@example.test' } });
  expect(vendor.realm.byUsername('anna')?.traits).toEqual({
    ...before,
    primary_email_address: 'anna.e@example.test',
    title: 'Lead',
  });
  expect((await connector.updateAccount(account, changes, call)).change).toBe('already');
});

test('deletes, proves it gone, and knows when it was gone already', async () => {
  const { connector, vendor } = await start();
  const account = await found(connector, 'anna');
  vendor.faults.add({ kind: 'no-effect', method: 'DELETE' });
  await expect(connector.deleteAccount(account, call)).rejects.toThrow(VendorIgnoredWrite);
  expect(await connector.deleteAccount(account, call)).toEqual({ change: 'done', proof: 'gone' });
  expect(vendor.account('anna')?.deleted).toBe(true);
  expect(await connector.deleteAccount(account, call)).toEqual({ change: 'already', proof: 'gone' });
  expect(await connector.getAccount(account.id, call)).toBeUndefined();
  await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorConflict);
});

test('the check tells proven rights, withheld ones and those that only a write can prove', async () => {
  const { connector, vendor } = await start({ vendor: { withheld: ['resource-servers', 'credentials'] } });
  const report = await connector.check(call);
  const states = Object.fromEntries(report.findings.map(({ name, state }) => [name, state]));
  expect(states).toMatchObject({
    authentication: 'proven',
    'realms:read': 'proven',
    'identities:read': 'proven',
    'groups:read': 'proven',
    'credentials:read': 'failed',
    'credential-binding-jobs:read': 'proven',
    'resource-servers:read': 'failed',
    'identities:update': 'unknown',
  });
  expect(report.tokenLifetimeSeconds).toBe(3600);
  expect(vendor.requests.every(({ write }) => !write)).toBe(true);
});
