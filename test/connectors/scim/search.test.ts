import { contradictionOf } from '../../../domain/correlation';
import type { Person } from '../../../domain/person';
import { openConnector } from '../../../connectors/registry';
import { startBeyondTrustScim } from '../../../sandbox/beyondtrust-scim';
import { startCyberArkIdentityScim } from '../../../sandbox/cyberark-identity-scim';
import type { SeedPerson } from '../../../sandbox/core';
import { startDelineaScim } from '../../../sandbox/delinea-scim';
import { anna, crowd, everyPage, failureOf, keysFor, neighbour } from '../conformance';
import { recordedCall, targetAt } from '../stand-in-target';
import { bareServer } from './bare-server';
import { groupsOf, rig } from './rig';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
const started = async (given: Parameters<typeof rig>[0] = {}) => {
  const made = await rig({ ...given, dialect: { filterIgnoredEvery: 0, ...given.dialect } });
  running.push(made.standIn);
  let seen = 0;
  /** What was asked since the last look. */
  const asked = (): readonly string[] => {
    const fresh = made.standIn.requests.slice(seen);
    seen += fresh.length;
    return fresh.map(({ method, path, query }) => line(method, path, query));
  };
  return { ...made, asked };
};
function line(method: string, path: string, query: Readonly<Record<string, string>>): string {
  return [method, path.replace(/[\da-f-]{36}$/, 'ID'), query['filter']].filter(Boolean).join(' ');
}
const byExternalId = (...externalId: readonly string[]) => ({ externalId, username: [], email: [] });
const abridged = { dialect: { abridgedRows: true } };

describe('rows that are not the whole user (seed 003 prints id and userName alone)', () => {
  test('what the server found by the external id is read whole, compared, and kept', async () => {
    const { connector, call, asked } = await started(abridged);
    const { found, tried } = await connector.findAccounts(byExternalId(anna.id), call);
    expect(found).toMatchObject([
      { by: ['externalId'], account: { username: anna.username, enabled: true, externalId: anna.id } },
    ]);
    expect(tried).toEqual([`externalId=${anna.id}`]);
    expect(asked()).toEqual([`GET /Users externalId eq "${anna.id}"`, 'GET /Users/ID']);
  });

  test('nobody is read but those whom the server found, and nobody twice', async () => {
    const { connector, call, asked } = await started({ ...abridged, people: [...crowd(130), neighbour, anna] });
    const { found } = await connector.findAccounts({ ...keysFor(anna.username), externalId: [anna.id] }, call);
    expect(found).toMatchObject([{ by: ['externalId', 'username'] }]);
    expect(asked().filter((one) => one === 'GET /Users/ID')).toHaveLength(1);
  });

  test('a disable carries the external id, and memberships show, without a further reading', async () => {
    const { connector, call, standIn, asked } = await started({
      dialect: { abridgedRows: true, missingExternalId: 'duplicates-on-write' },
    });
    const [match] = (await connector.findAccounts(keysFor(anna.username), call)).found;
    if (match === undefined) throw new Error('Anna is there');
    const target = match.account;
    expect(groupsOf(await connector.listGrants(target, call))).toEqual(['Operators', 'Vault Admins']);
    expect(asked()).toEqual([`GET /Users userName eq "${anna.username}"`, 'GET /Users/ID']);
    expect((await connector.setAccountEnabled(target, false, call)).after.enabled).toBe(false);
    expect(asked()).toEqual(['PATCH /Users/ID', 'GET /Users/ID']);
    expect(standIn.accounts()).toHaveLength(3);
  });

  test('a user of the name with a foreign external id contradicts', async () => {
    const stranger: SeedPerson = { ...anna, id: 'e-of-another', extraUsernames: [] };
    const { connector, call } = await started({ ...abridged, people: [neighbour, stranger] });
    const keys = { ...keysFor(anna.username), externalId: [anna.id] };
    const [match] = (await connector.findAccounts(keys, call)).found;
    const person = { id: anna.id, email: anna.email } as Person;
    expect(match && contradictionOf(match.account, person, keys)).toContain('e-of-another');
  });

  test('a write from a listing reads the record first', async () => {
    const { connector, call, standIn } = await started({
      dialect: { abridgedRows: true, missingExternalId: 'duplicates-on-write' },
    });
    const listed = await everyPage((after) => connector.listAccounts(after, call));
    const target = listed.find(({ username }) => username === anna.username);
    if (target === undefined) throw new Error('Anna is listed');
    expect(target.enabled).toBeUndefined();
    await connector.setAccountEnabled(target, false, call);
    expect(standIn.accounts()).toHaveLength(3);
  });

  test('a filter that is overlooked is asked once more; a key that stays without an answer is not said to be tried', async () => {
    const { connector, call, standIn, asked } = await started({ ...abridged, people: [...crowd(30), neighbour, anna] });
    standIn.faults.add({ kind: 'filter-ignored', times: 1 });
    expect((await connector.findAccounts(byExternalId(anna.id), call)).found).toHaveLength(1);
    asked();
    standIn.faults.add({ kind: 'filter-ignored', times: 2 });
    const search = await connector.findAccounts({ ...byExternalId(anna.id), username: [anna.username] }, call);
    expect(search).toMatchObject({ tried: [`username=${anna.username}`], notSearchable: ['externalId'] });
    expect(search.found).toMatchObject([{ by: ['externalId', 'username'] }]);
    expect(asked().length).toBeLessThan(6);
  });

  test('what the record shows and the row does not is compared by the record', async () => {
    const { connector, call, account } = await started(abridged);
    expect(await connector.compareAccount(await account(), { displayName: 'Anna Eriksen' }, call)).toEqual([]);
  });

  test('somebody who is listed and answers 404 by id is still somebody', async () => {
    const row = { id: 'u1', userName: anna.username };
    const { connector, call, stop } = await bareServer(({ path }) =>
      path === '/Users' ? [200, { totalResults: 1, Resources: [row] }] : [404, { status: '404' }],
    );
    running.push({ stop });
    const { found } = await connector.findAccounts(keysFor(anna.username), call);
    expect(found.map(({ account }) => account)).toEqual([{ id: 'u1', username: anna.username }]);
  });
});

describe('rows that are whole cost no request more', () => {
  test('also for users without an external id, once one was seen', async () => {
    const { connector, call, asked } = await started();
    const keys = { ...keysFor(anna.username, 'anna-adm'), externalId: [anna.id] };
    expect((await connector.findAccounts(keys, call)).found).toHaveLength(2);
    expect(asked()).toHaveLength(3);
  });

  test.each(['active', 'externalId'])(
    'a server that shows %s nowhere is asked three times, not for ever',
    async (field) => {
      const { connector, call, standIn, asked } = await started();
      standIn.faults.add({ kind: 'missing-field', field, path: '^/Users', times: 999 });
      const reads: number[] = [];
      for (let round = 0; round < 6; round++) {
        const { found } = await connector.findAccounts({ ...keysFor(anna.username), externalId: [anna.id] }, call);
        expect(found).toHaveLength(1);
        reads.push(asked().filter((one) => one === 'GET /Users/ID').length);
      }
      expect(reads).toEqual([1, 1, 1, 0, 0, 0]);
    },
  );
});

describe('a filter that is refused', () => {
  const onlyNames = { userFilters: ['userName'] };
  const both = { ...keysFor(anna.username), externalId: [anna.id] };

  test.each(['invalidFilter', 'bare', 'not-implemented'] as const)(
    '%s: everybody is read once, compared here, and the filter is not tried again',
    async (refusesFilter) => {
      const { connector, call, asked } = await started({ dialect: { ...onlyNames, refusesFilter } });
      const search = await connector.findAccounts(both, call);
      expect(search.found).toMatchObject([{ by: ['externalId', 'username'] }]);
      expect(search).toMatchObject({
        tried: [`externalId=${anna.id}`, `username=${anna.username}`],
        notSearchable: [],
      });
      const name = `GET /Users userName eq "${anna.username}"`;
      expect(asked()).toEqual([`GET /Users externalId eq "${anna.id}"`, name, 'GET /Users']);
      expect((await connector.findAccounts(byExternalId(anna.id), call)).found).toHaveLength(1);
      expect(asked()).toEqual(['GET /Users']);
    },
  );

  test('whoever only the external id names is found, on whatever page', async () => {
    const { connector, call } = await started({ people: [...crowd(230), neighbour, anna], dialect: onlyNames });
    const { found } = await connector.findAccounts({ ...keysFor('old.name@acme.test'), externalId: [anna.id] }, call);
    expect(found.map(({ account }) => account.username)).toEqual([anna.username]);
  });

  test('rows that are few and abridged as well are read one by one; many leave the key untold', async () => {
    const dialect = { ...onlyNames, abridgedRows: true };
    const small = await started({ dialect });
    expect((await small.connector.findAccounts(byExternalId(anna.id), small.call)).found).toHaveLength(1);
    const large = await started({ dialect, people: [...crowd(60), neighbour, anna] });
    const search = await large.connector.findAccounts(both, large.call);
    expect(search.found).toMatchObject([{ account: { username: anna.username, externalId: anna.id } }]);
    expect(search).toMatchObject({ tried: [`username=${anna.username}`], notSearchable: ['externalId'] });
  });

  test('a value that is refused where others were answered is not held against the key', async () => {
    const row = { id: 'u1', userName: 'anna', active: true, externalId: 'e1' };
    const { connector, call, stop, asked } = await bareServer(({ filter }) =>
      filter?.includes('%') === true
        ? [400, { scimType: 'invalidFilter' }]
        : [200, { totalResults: 1, Resources: [row] }],
    );
    running.push({ stop });
    const tried = async (name: string) => {
      await connector.findAccounts(keysFor(name), call);
      return asked();
    };
    expect(await tried('anna')).toEqual(['GET /Users userName eq "anna"']);
    expect(await tried('100%')).toEqual(['GET /Users userName eq "100%"', 'GET /Users']);
    expect(await tried('anna')).toEqual(['GET /Users userName eq "anna"']);
  });

  test('a listing that is refused as well is a refusal, and so is a missing right', async () => {
    for (const status of [400, 403]) {
      const { connector, call, stop, asked } = await bareServer(() => [status, { detail: 'no' }]);
      running.push({ stop });
      const refused = () => failureOf(connector.findAccounts(keysFor('anna'), call));
      expect(await refused()).toMatchObject({ name: 'VendorRejected', context: { status } });
      expect(asked()).toHaveLength(status === 400 ? 2 : 1);
      await refused();
      expect(asked()[0]).toContain('userName eq');
    }
  });

  test('check says so, and it is so', async () => {
    const { connector, call, asked } = await started({ dialect: { userFilters: [] } });
    const { findings } = await connector.check(call);
    expect(findings.find(({ name }) => name === 'server')?.detail).toContain('each search reads everybody');
    await connector.findAccounts(both, call);
    asked();
    expect((await connector.findAccounts(both, call)).found).toHaveLength(1);
    expect(asked()).toEqual(['GET /Users']);
  });

  test('a name that is taken is still found to be taken', async () => {
    const { connector, call } = await started({ dialect: { userFilters: [] } });
    const wanted = { username: anna.username, externalId: 'e9' };
    expect((await failureOf(connector.createAccount(wanted, call))).name).toBe('VendorConflict');
  });

  test('CyberArk, whose filters mind the case: no second question in lower case', async () => {
    const standIn = await startCyberArkIdentityScim({ people: [anna], dialect: { userFilters: [] } });
    running.push(standIn);
    const connector = openConnector(targetAt(standIn));
    const { found } = await connector.findAccounts(keysFor(anna.username.toUpperCase()), recordedCall());
    expect(found).toHaveLength(1);
    expect(standIn.requests.map(({ query }) => query['filter'] !== undefined)).toEqual([true, false]);
  });

  test('a refused credential stays one', async () => {
    const { connector, call, standIn } = await started();
    standIn.faults.add({ kind: 'expired-token' });
    expect((await failureOf(connector.findAccounts(keysFor(anna.username), call))).name).toBe('VendorUnauthorized');
    expect((await connector.findAccounts(keysFor(anna.username), call)).found).toHaveLength(1);
  });
});

describe('a server whose filters mind the case, where HR writes capitals', () => {
  const exact = { filterCase: 'exact' } as const;
  const shouted = keysFor(anna.username.toUpperCase());

  test.each([startBeyondTrustScim, startDelineaScim, startCyberArkIdentityScim])(
    'is asked once more, in lower case (%p)',
    async (start) => {
      const standIn = await start({ people: [neighbour, anna], dialect: exact });
      running.push(standIn);
      const { found } = await openConnector(targetAt(standIn)).findAccounts(shouted, recordedCall());
      expect(found.map(({ account }) => account.username)).toEqual([anna.username]);
      expect(standIn.requests.map(({ query }) => query['filter'])).toEqual([
        `userName eq "${anna.username.toUpperCase()}"`,
        `userName eq "${anna.username}"`,
      ]);
    },
  );

  test('is not, where somebody was found, where there are no capitals, and where options say that it does not mind', async () => {
    const { connector, call, asked } = await started();
    expect((await connector.findAccounts(shouted, call)).found).toHaveLength(1);
    expect((await connector.findAccounts(keysFor('nobody@acme.test'), call)).found).toEqual([]);
    expect(asked()).toHaveLength(2);
    const spared = await started({ dialect: exact, options: { filterCase: 'insensitive' } });
    expect((await spared.connector.findAccounts(shouted, spared.call)).found).toEqual([]);
    expect(spared.asked()).toHaveLength(1);
  });
});
