import type { Call, Connector } from '../../../connectors/connector';
import { VendorAnswerInvalid, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../../../connectors/errors';
import { cyberArkPrivilegeCloud } from '../../../connectors/cyberark-privilege-cloud';
import { asked, call, cloudRig, found, person, vendorDialect } from './rig';

type Rig = Awaited<ReturnType<typeof cloudRig>>;
let rig: Rig;
afterEach(() => rig.vendor.stop());

const open = async (...[options]: Parameters<typeof cloudRig>) => (rig = await cloudRig(options));
const keys = (...username: string[]) => ({ externalId: ['e-1'], username, email: ['anna@acme.test'] });
const people = (count: number) => Array.from({ length: count }, (_, n) => person(`user-${String(n)}`));
const userOf = (name: string) => rig.vendor.vault.user(rig.vendor.account(name)?.id ?? '');

describe('finding', () => {
  test('the exact name, case aside, although a longer one comes first', async () => {
    const { connector } = await open();
    const { found: matches, tried, notSearchable } = await connector.findAccounts(keys('ANNA'), call);
    expect(matches).toMatchObject([
      { account: { username: 'anna', enabled: true, kind: 'person' }, by: ['username', 'email'] },
    ]);
    expect(tried).toEqual(['username=ANNA']);
    expect(notSearchable).toEqual(['externalId', 'email']);
  });

  test('pages on when the exact name is not on the first page', async () => {
    const crowd = Array.from({ length: 7 }, (_, n) => person(`annabel-${String(n)}`));
    const { connector } = await open({ standIn: { people: [...crowd, person('anna')] }, options: { pageSize: 3 } });
    expect((await found(connector, 'anna')).username).toBe('anna');
  });

  test('an ignored filter shows everybody, and only the named one is taken', async () => {
    const { connector } = await open({ options: { findBy: 'filter', pageSize: 2 } });
    expect((await found(connector, 'anna')).username).toBe('anna');
    expect((await connector.findAccounts(keys('ann'), call)).found).toEqual([]);
  });

  test('names that PVWA cannot carry in a URL are found by the part that it can', async () => {
    const { connector, vendor } = await open({ standIn: { people: [person('anna'), person('anna+adm@acme.test')] } });
    expect((await found(connector, 'anna+adm@acme.test')).username).toBe('anna+adm@acme.test');
    expect(vendor.requests.every(({ query }) => !Object.values(query).some((value) => /[+&%]/.test(value)))).toBe(true);
  });

  describe.each([false, true])('a name with a plus where the vault refuses that in a URL: %s', (refusesPlus) => {
    test('goes out whole when its longest part found nobody', async () => {
      const plus = person('x+anna@acme.test');
      const { connector, vendor } = await open({ standIn: { refusesPlus, search: 'begins', people: [plus] } });
      const { found: matches } = await connector.findAccounts(keys(plus.username), call);
      expect(matches).toHaveLength(refusesPlus ? 0 : 1);
      const searched = vendor.requests.flatMap(({ query }) => query['Search'] ?? []);
      expect(searched).toEqual(['anna@acme.test', plus.username]);
    });
  });

  test('a vault that is away in between is no vault that refuses', async () => {
    const { connector, vendor } = await open({ standIn: { people: [] } });
    const later: Call = {
      ...call,
      noteExchange: () => vendor.faults.add({ kind: 'throttled', path: '/Users', times: 9 }),
    };
    await expect(connector.findAccounts(keys('x+anna@acme.test'), later)).rejects.toMatchObject({
      name: 'VendorThrottled',
    });
  });

  test('a second account with the person’s e-mail address is taken from the rows that were read anyway', async () => {
    const second = person('adm-7', { email: 'anna@acme.test' });
    const { connector, vendor } = await open({
      standIn: { profile: 'vendor', filter: false, people: [person('anna'), second, person('annaliese')] },
      options: vendorDialect,
    });
    const { found: matches } = await connector.findAccounts(keys('anna'), call);
    expect(matches.map(({ account, by }) => [account.username, by])).toEqual([
      ['anna', ['username', 'email']],
      ['adm-7', ['email']],
    ]);
    expect(asked(vendor)).toEqual(['GET /Users']);
  });

  test('an empty page where the total promises more is no proof that nobody is there', async () => {
    const { connector, vendor } = await open();
    vendor.faults.add({ kind: 'empty-page', path: '/Users' });
    await expect(found(connector, 'anna')).rejects.toThrow(VendorAnswerInvalid);
  });

  test('components and built-in users are services, directory users say whose they are', async () => {
    const { connector } = await open({ standIn: { ldapUsers: ['anna'] } });
    expect(await found(connector, 'PVWAGWUser')).toMatchObject({ kind: 'service' });
    expect(await found(connector, 'Administrator')).toMatchObject({ kind: 'service' });
    expect((await found(connector, 'anna')).ownedByDirectory).toBe('LDAP CN=anna,OU=People,DC=acme,DC=test');
  });

  test('with extended details the rows say it all and nothing is asked twice', async () => {
    const { connector, vendor } = await open({ standIn: { profile: 'vendor' }, options: vendorDialect });
    expect(await found(connector, 'anna')).toMatchObject({ enabled: true, email: 'anna@acme.test' });
    expect(asked(vendor)).toEqual(['GET /Users']);
  });
});

describe('listing', () => {
  async function listedNames(connector: Connector): Promise<readonly string[]> {
    const names: string[] = [];
    let next: string | undefined;
    do {
      const page = await connector.listAccounts(next, call);
      names.push(...page.items.map(({ username }) => username));
      next = page.next;
    } while (next !== undefined);
    return names;
  }

  test.each(['limit-offset', 'pageOffset', 'none'] as const)('every user once, paging %s', async (paging) => {
    const people = Array.from({ length: 11 }, (_, n) => person(`user-${String(n)}`));
    const { connector, vendor } = await open({
      standIn: { people, paging, maxRows: 4 },
      options: { paging, pageSize: 10 },
    });
    expect(await listedNames(connector)).toEqual(vendor.accounts().map(({ username }) => username));
  });

  test('a list that comes whole whatever is asked, and without a total, ends when it repeats', async () => {
    const { connector } = await open({ standIn: { people: people(7), paging: 'none', totals: false } });
    expect(await listedNames(connector)).toEqual(rig.vendor.accounts().map(({ username }) => username));
    expect((await connector.findAccounts(keys('nobody'), call)).found).toEqual([]);
  });

  test.each(['empty-page', 'duplicate-page'] as const)('%s never passes for the whole', async (kind) => {
    const { connector, vendor } = await open({ options: { pageSize: 2 } });
    const { next } = await connector.listAccounts(undefined, call);
    vendor.faults.add({ kind, path: '/Users' });
    await expect(connector.listAccounts(next, call)).rejects.toThrow(VendorAnswerInvalid);
  });
});

describe('creating and changing', () => {
  const wanted = {
    username: 'new.user',
    email: 'new@acme.test',
    givenName: 'New',
    familyName: 'User',
    initialPassword: 'Play-Secret-1',
  };

  test.each([{}, vendorDialect])('a new user has names and e-mail in either shape', async (options) => {
    const { connector } = await open({ standIn: { profile: options === vendorDialect ? 'vendor' : 'seed' }, options });
    const made = await connector.createAccount({ ...wanted, attributes: { location: '\\Users' } }, call);
    expect(made).toMatchObject({
      username: 'new.user',
      email: 'new@acme.test',
      displayName: 'New User',
      enabled: true,
    });
    expect(userOf('new.user')).toMatchObject({ location: '\\Users', userType: 'EPVUser' });
    await expect(connector.createAccount(wanted, call)).rejects.toThrow(VendorConflict);
  });

  test.each([{}, { ...vendorDialect, disableStyle: 'put-merged' }])(
    'a change touches what it names',
    async (options) => {
      const { connector } = await open({ standIn: { profile: 'memberRef' in options ? 'vendor' : 'seed' }, options });
      const before = userOf('anna');
      const account = await found(connector, 'anna');
      const changes = { familyName: 'Berg', attributes: { location: '\\Leavers' } };
      expect(await connector.updateAccount(account, changes, call)).toMatchObject({
        change: 'done',
        after: { displayName: 'Anna Berg' },
      });
      expect(userOf('anna')).toEqual({ ...before, lastName: 'Berg', location: '\\Leavers' });
      expect(await connector.updateAccount(account, changes, call)).toMatchObject({ change: 'already' });
    },
  );

  test('what the vault has no field for is refused, not skipped', async () => {
    const { connector } = await open();
    const account = await found(connector, 'anna');
    await expect(connector.updateAccount(account, { externalId: 'e-2' }, call)).rejects.toThrow(VendorRejected);
    await expect(connector.updateAccount(account, { displayName: 'A. E.' }, call)).rejects.toThrow('givenName');
    expect(await connector.updateAccount(account, { displayName: 'Anna Eriksen' }, call)).toMatchObject({
      change: 'already',
    });
  });

  test('a code that means "try again" is no refusal, whatever its status', async () => {
    const { connector, vendor } = await open({ options: { retryableCodes: ['PLAY409E'] } });
    await expect(connector.createAccount({ ...wanted, username: 'anna' }, call)).rejects.toMatchObject({
      name: 'VendorUnavailable',
    });
    expect(vendor.accounts().filter(({ username }) => username === 'anna')).toHaveLength(1);
  });
});

describe('deleting', () => {
  test('is proven by the vault’s own 404, and a second time it is already so', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna');
    expect(await connector.deleteAccount(account, call)).toEqual({ change: 'done', proof: 'gone' });
    expect(vendor.account('anna')?.deleted).toBe(true);
    expect(await connector.deleteAccount(account, call)).toEqual({ change: 'already', proof: 'gone' });
    expect(await connector.getAccount(account.id, call)).toBeUndefined();
  });

  test('accepts 200 as well as 204', async () => {
    const { connector } = await open({ standIn: { deleteStatus: 200 } });
    expect(await connector.deleteAccount(await found(connector, 'anna'), call)).toMatchObject({ change: 'done' });
  });

  describe.each(['other-code', 'empty'] as const)('where a 404 is %s', (notFound) => {
    test('a list that answers and holds the user no more is the proof', async () => {
      const { connector, vendor } = await open({ standIn: { notFound } });
      const account = await found(connector, 'anna');
      expect(await connector.deleteAccount(account, call)).toEqual({ change: 'done', proof: 'gone' });
      expect(await connector.deleteAccount(account, call)).toEqual({ change: 'already', proof: 'gone' });
      const soFar = asked(vendor).length;
      expect(await connector.getAccount(account.id, call)).toBeUndefined();
      expect(asked(vendor).slice(soFar)).toEqual([`GET /Users/${account.id}`, 'GET /Users']);
      await expect(connector.setAccountEnabled(account, false, call)).rejects.toThrow(VendorConflict);
    });

    test('a list that still holds the user contradicts it', async () => {
      const { connector, vendor } = await open({ standIn: { notFound, people: people(7) }, options: { pageSize: 3 } });
      const account = await found(connector, 'user-6');
      const { id } = account;
      const lost = vendor.vault.user.bind(vendor.vault);
      vendor.vault.user = (one) => lost(one === id ? 'nobody' : one);
      for (const ask of [() => connector.getAccount(id, call), () => connector.deleteAccount(account, call)]) {
        await expect(ask()).rejects.toThrow(VendorAnswerInvalid);
        await expect(ask()).rejects.toThrow('still holds it');
      }
    });

    test('a list that is a 404 too proves nothing', async () => {
      const { vendor, target } = await open({ standIn: { notFound } });
      const { id } = vendor.account('anna') ?? { id: '' };
      const lost = cyberArkPrivilegeCloud.open({ ...target, baseUrl: `${vendor.baseUrl}/Elsewhere` });
      const attempt = lost.getAccount(id, call);
      await expect(attempt).rejects.toThrow(VendorAnswerInvalid);
      await expect(attempt).rejects.toThrow('check baseUrl');
    });
  });

  test('a page of HTML proves nothing, whatever its status', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna');
    vendor.faults.add({ kind: 'html', path: '/Users', times: 9 });
    await expect(connector.getAccount(account.id, call)).rejects.toThrow(VendorAnswerInvalid);
  });

  test('a delete without effect is noticed', async () => {
    const { connector, vendor } = await open();
    const account = await found(connector, 'anna');
    vendor.faults.add({ kind: 'no-effect', method: 'DELETE' });
    await expect(connector.deleteAccount(account, call)).rejects.toThrow(VendorIgnoredWrite);
  });
});
