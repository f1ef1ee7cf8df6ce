import { startDelineaRest, type DelineaRestOptions } from '../../../sandbox/delinea-rest';
import { aCall, anna, asked, connect, crowd, keysFor } from './rig';

type Tenant = Awaited<ReturnType<typeof startDelineaRest>>;
let tenant: Tenant | undefined;
async function start(options: DelineaRestOptions = {}): Promise<Tenant> {
  tenant = await startDelineaRest({ people: [anna], ...options });
  return tenant;
}
afterEach(async () => tenant?.stop());

test('finds the person by user name, reads the whole record, and disables with two proofs', async () => {
  const standIn = await start();
  const delinea = connect(standIn);
  const call = aCall();
  const { found, tried, notSearchable } = await delinea.findAccounts(
    keysFor('Anna.Eriksen@acme.test', { email: ['x@acme.test'] }),
    call,
  );
  expect(found).toMatchObject([
    { account: { username: anna.username, enabled: true, email: anna.email, externalId: 'e1042' }, by: ['username'] },
  ]);
  expect(tried).toEqual(['username=Anna.Eriksen@acme.test']);
  expect(notSearchable).toEqual(['email']);
  const { account } = found[0]!;
  const written = await delinea.setAccountEnabled(account, false, call);
  expect(written).toMatchObject({ change: 'done', after: { id: account.id, enabled: false } });
  expect(standIn.account(anna.username)).toMatchObject({ enabled: false, roles: anna.roles, groups: anna.groups });
  expect(asked(standIn)).toEqual([
    'GET /users',
    `GET /users/${account.id}`,
    `PATCH /users/${account.id}`,
    `GET /users/${account.id}`,
  ]);
  expect(call.writes).toEqual(['disable account']);
  expect(await delinea.setAccountEnabled(account, false, aCall())).toMatchObject({ change: 'already' });
});

test.each(['200', '204'] as const)('a PATCH that answers %s is proven by reading back', async (patchAnswer) => {
  const standIn = await start({ patchAnswer });
  const delinea = connect(standIn);
  const account = (await delinea.findAccounts(keysFor(anna.username), aCall())).found[0]!.account;
  expect(await delinea.setAccountEnabled(account, false, aCall())).toMatchObject({
    change: 'done',
    after: { enabled: false },
  });
});

test.each([
  ['ignored', { filterIgnoredEvery: 1 }],
  ['refused', { filters: 'refused' }],
] as const)('a filter that is %s: every page is read and nobody else is taken', async (_how, dialect) => {
  const standIn = await start({ people: [...crowd(230), anna], ...dialect });
  const { found } = await connect(standIn).findAccounts(
    keysFor(anna.username, { username: ['aeriksen', anna.username] }),
    aCall(),
  );
  expect(found.map(({ account }) => account.username)).toEqual([anna.username]);
  expect(asked(standIn).filter((one) => one === 'GET /users')).toHaveLength(1 + 3);
});

test('a filter that is ignored on a tenant of one page takes nobody else', async () => {
  const standIn = await start({ people: [...crowd(5), anna], filterIgnoredEvery: 1 });
  const delinea = connect(standIn);
  const search = await delinea.findAccounts(keysFor('nobody@acme.test'), aCall());
  expect(search.found).toEqual([]);
  expect((await delinea.findAccounts(keysFor(anna.username), aCall())).found).toHaveLength(1);
});

test('a user name with a quote is not put into a filter', async () => {
  const username = "miles.o'brien@acme.test";
  const standIn = await start({ people: [{ ...anna, username, email: username }, ...crowd(3)] });
  const { found } = await connect(standIn).findAccounts(keysFor(username), aCall());
  expect(found).toHaveLength(1);
  expect(standIn.requests.every(({ query }) => query['filter'] === undefined)).toBe(true);
});

test.each(['clamped-page', 'duplicate-page', 'empty-page'] as const)(
  'a listing with a %s is whole or fails',
  async (kind) => {
    const standIn = await start({ people: crowd(250) });
    standIn.faults.add({ kind, path: '^/users$' });
    const delinea = connect(standIn);
    const names = new Set<string>();
    const listing = async () => {
      let next: string | undefined;
      do {
        const page = await delinea.listAccounts(next, aCall());
        for (const account of page.items) names.add(account.username);
        next = page.next;
      } while (next !== undefined);
    };
    if (kind === 'clamped-page') {
      await listing();
      expect(names.size).toBe(250);
    } else await expect(listing()).rejects.toMatchObject({ name: 'VendorAnswerInvalid' });
    expect(standIn.faults.pending).toEqual([]);
  },
);

test('a success without effect is not believed', async () => {
  const standIn = await start();
  const delinea = connect(standIn);
  const account = (await delinea.findAccounts(keysFor(anna.username), aCall())).found[0]!.account;
  standIn.faults.add({ kind: 'no-effect', method: 'PATCH' });
  await expect(delinea.setAccountEnabled(account, false, aCall())).rejects.toMatchObject({
    name: 'VendorIgnoredWrite',
  });
  expect(standIn.account(anna.username)?.enabled).toBe(true);
});

test('a state that is not shown is unobservable, before and after the write', async () => {
  const standIn = await start({ hiddenFields: ['active'] });
  const delinea = connect(standIn);
  const account = (await delinea.findAccounts(keysFor(anna.username), aCall())).found[0]!.account;
  expect(account).not.toHaveProperty('enabled');
  await expect(delinea.setAccountEnabled(account, false, aCall())).rejects.toMatchObject({ name: 'Unobservable' });
  // The write itself cannot do harm and was made: only its proof is missing.
  expect(standIn.account(anna.username)?.enabled).toBe(false);
});

test('creates with e-mail address and external id, and refuses without', async () => {
  const standIn = await start();
  const delinea = connect(standIn);
  const made = await delinea.createAccount(
    { username: 'ben@acme.test', externalId: 'e7', givenName: 'Ben', familyName: 'Ng', attributes: { title: 'SRE' } },
    aCall(),
  );
  expect(made).toMatchObject({
    username: 'ben@acme.test',
    email: 'ben@acme.test',
    externalId: 'e7',
    displayName: 'Ben Ng',
    enabled: true,
  });
  await expect(delinea.createAccount({ username: 'cleo@acme.test' }, aCall())).rejects.toMatchObject({
    name: 'VendorRejected',
  });
  await expect(delinea.createAccount({ username: 'cleo', externalId: 'e8' }, aCall())).rejects.toMatchObject({
    name: 'VendorRejected',
  });
  expect(standIn.account('cleo@acme.test')).toBeUndefined();
});

test('a taken user name is a conflict that names its holder', async () => {
  const standIn = await start();
  const holder = standIn.account(anna.username)!.id;
  const again = connect(standIn).createAccount({ username: anna.username, externalId: 'e1' }, aCall());
  await expect(again).rejects.toMatchObject({
    name: 'VendorConflict',
    message: expect.stringContaining(holder),
    context: { status: 409 },
  });
  expect(standIn.accounts()).toHaveLength(1);
});

test('an update changes the given fields and nothing else', async () => {
  const standIn = await start();
  const delinea = connect(standIn);
  const account = (await delinea.findAccounts(keysFor(anna.username), aCall())).found[0]!.account;
  const before = standIn.tenant.directory.user(account.id)!;
  const changes = {
    email: 'anna.berg@acme.test',
    familyName: 'Berg',
    displayName: 'Anna Berg',
    attributes: { title: 'Lead' },
  };
  expect(await delinea.updateAccount(account, changes, aCall())).toMatchObject({
    change: 'done',
    after: { email: 'anna.berg@acme.test' },
  });
  expect(standIn.tenant.directory.user(account.id)).toEqual({
    ...before,
    ...{ displayName: 'Anna Berg', title: 'Lead', lastModified: expect.any(String) },
    emails: [{ value: 'anna.berg@acme.test', primary: true }],
    name: { givenName: 'Anna', familyName: 'Berg' },
  });
  expect(await delinea.updateAccount(account, changes, aCall())).toMatchObject({ change: 'already' });
  await expect(delinea.updateAccount(account, { attributes: { groups: [] } }, aCall())).rejects.toMatchObject({
    name: 'VendorRejected',
  });
});

test('deletes for good, proves it, and finds it gone the second time', async () => {
  const standIn = await start();
  const delinea = connect(standIn);
  const account = (await delinea.findAccounts(keysFor(anna.username), aCall())).found[0]!.account;
  expect(await delinea.deleteAccount(account, aCall())).toEqual({ change: 'done', proof: 'gone' });
  expect(standIn.account(anna.username)?.deleted).toBe(true);
  expect(await delinea.deleteAccount(account, aCall())).toEqual({ change: 'already', proof: 'gone' });
  expect(await delinea.getAccount(account.id, aCall())).toBeUndefined();
  await expect(delinea.setAccountEnabled(account, false, aCall())).rejects.toMatchObject({ name: 'VendorConflict' });
});

test('a lost reply to a disable is seen as done before on the next attempt', async () => {
  const standIn = await start();
  const delinea = connect(standIn);
  const account = (await delinea.findAccounts(keysFor(anna.username), aCall())).found[0]!.account;
  standIn.faults.add({ kind: 'reply-lost', method: 'PATCH' });
  await expect(delinea.setAccountEnabled(account, false, aCall())).rejects.toMatchObject({ name: 'VendorUnavailable' });
  expect(await delinea.setAccountEnabled(account, false, aCall())).toMatchObject({
    change: 'already',
    after: { enabled: false },
  });
});

test('check proves what can be seen and says what cannot', async () => {
  const standIn = await start({ hiddenFields: ['roles'], sessionsApi: false });
  const report = await connect(standIn).check(aCall());
  const states = Object.fromEntries(report.findings.map(({ name, state }) => [name, state]));
  expect(states).toEqual({
    authentication: 'proven',
    'read users': 'proven',
    'whole user visible': 'failed',
    'read sessions': 'failed',
    'change groups': 'declared',
    'change users': 'declared',
    'assign roles': 'declared',
  });
  expect(report.tokenLifetimeSeconds).toBe(3600);
  expect(standIn.requests.some(({ write }) => write)).toBe(false);
});
