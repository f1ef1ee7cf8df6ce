import { sessionsSchema, toAccount, userSchema, usersSchema } from '../../../connectors/delinea-rest/mapping';
import type { Connector } from '../../../connectors/connector';
import type { Account } from '../../../domain/account';
import type { StandIn } from '../../../sandbox/core';
import { startDelineaRest, type DelineaRestOptions } from '../../../sandbox/delinea-rest';
import { startDelineaScim } from '../../../sandbox/delinea-scim';
import { aCall, anna, asked, connect, crowd, keysFor, secret } from './rig';

const running: StandIn[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function start(options: DelineaRestOptions = {}) {
  const standIn = await startDelineaRest({ people: [anna], terminateMs: 20, ...options });
  running.push(standIn);
  return standIn;
}

async function annaIn(delinea: Connector, call = aCall()): Promise<Account> {
  return (await delinea.findAccounts(keysFor(anna.username), call)).found[0]!.account;
}

describe.each(['seed', 'long', 'scim', 'names', 'texts'] as const)(
  'groups, roles and addresses as %s',
  (shapes: NonNullable<DelineaRestOptions['shapes']>) => {
    test('are read, and all that is held goes', async () => {
      const rest = await start({ shapes });
      const scim = await startDelineaScim({ tenant: rest.tenant });
      running.push(scim);
      const delinea = connect(rest, {
        scim: { baseUrl: scim.baseUrl, auth: { token: secret(scim.auth['token'] ?? '') } },
      });
      const account = await annaIn(delinea);
      expect(account.email).toBe(anna.email);
      const shown = account.grants?.map(({ entitlement: { kind, name } }) => `${kind} ${name}`).sort();
      const held = ['group Unix Admins', 'group Vault Users', 'role User', 'role Vault Admin'];
      // Some shapes tell of a group its id or its name alone.
      expect(shown).toEqual(expect.arrayContaining(held.slice(2)));
      expect(shown).toHaveLength(held.length);
      expect(await delinea.setAccountEnabled(account, false, aCall())).toMatchObject({ change: 'done' });
      const grants = await delinea.listGrants(account, aCall());
      expect(grants.map(({ entitlement: { kind, name } }) => `${kind} ${name}`).sort()).toEqual(held);
      const results = await delinea.revoke(account, grants, aCall());
      expect(results.map(({ change }) => change)).toEqual(grants.map(() => 'done'));
      expect(rest.account(anna.username)).toMatchObject({ enabled: false, groups: [], roles: [] });
    });

    test('an address is changed and read back', async () => {
      const delinea = connect(await start({ shapes }));
      const account = await annaIn(delinea);
      expect(await delinea.updateAccount(account, { email: 'new@acme.test' }, aCall())).toMatchObject({
        ...{ change: 'done', after: { email: 'new@acme.test' } },
      });
      expect(await delinea.updateAccount(account, { email: 'new@acme.test' }, aCall())).toMatchObject({
        change: 'already',
      });
    });
  },
);

test('groups and roles that cannot be read are not shown: the disable is done, the strip is told', async () => {
  const delinea = connect(await start({ shapes: 'unreadable' }));
  const account = await annaIn(delinea);
  expect(account).not.toHaveProperty('grants');
  expect(await delinea.setAccountEnabled(account, false, aCall())).toMatchObject({ change: 'done' });
  await expect(delinea.listGrants(account, aCall())).rejects.toMatchObject({ name: 'Unobservable' });
});

test.each<[string, object, object]>([
  ['a group among others that cannot be read', { groups: [{ id: 'g1' }, 7, {}] }, { groups: undefined }],
  ['numbered groups', { groups: [{ groupId: 7, groupName: 'A' }] }, { groups: [{ id: '7', name: 'A' }] }],
  ['a role among others that cannot be read', { roles: ['User', { id: 'r1' }] }, { roles: undefined }],
  ['lists that are none', { groups: 'A', roles: {}, emails: 'a@b.test' }, { groups: undefined, roles: undefined }],
  ['an address that is missing', { emails: [{ value: null }] }, { emails: undefined }],
  [
    'one that is missing among others',
    { emails: [{ value: null }, { value: 'a@b.test' }] },
    { emails: [{ value: 'a@b.test' }] },
  ],
  ['numbers for texts', { externalId: 1042, displayName: 7 }, { externalId: '1042', displayName: '7' }],
  ['objects for texts', { externalId: {}, name: 'Anna', active: 'yes' }, { externalId: undefined, active: undefined }],
])('a user with %s is readable', (_what, shown, read) => {
  const user = userSchema.parse({ id: 'u1', userName: 'anna@acme.test', ...shown });
  expect(user).toMatchObject(read);
  expect(toAccount(user)).toMatchObject({ id: 'u1', username: 'anna@acme.test' });
});

test('a total in another form is a hint or none, and never the end of the listing', () => {
  const totals = [150, '150', -1, 'many', null, undefined].map((total) => usersSchema.parse({ data: [], total }).total);
  expect(totals).toEqual([150, 150, undefined, undefined, null, undefined]);
});

test('dates of sessions come as text, seconds or milliseconds', () => {
  const data = ['2026-01-01T00:00:00Z', 1767225600, 1767225600000, {}].map((startedAt, index) => ({
    ...{ id: index, userId: 7, status: 'active', startedAt },
  }));
  const rows = sessionsSchema.parse({ data }).data;
  expect(rows.map(({ id, userId }) => [id, userId])).toEqual([0, 1, 2, 3].map((id) => [String(id), '7']));
  const iso = '2026-01-01T00:00:00.000Z';
  expect(rows.map(({ startedAt }) => startedAt)).toEqual(['2026-01-01T00:00:00Z', iso, iso, undefined]);
});

test('sessions that are numbered are listed and ended', async () => {
  const standIn = await start({ sessionNumbers: true, totals: 'text' });
  const delinea = connect(standIn);
  const account = await annaIn(delinea);
  const live = await delinea.sessions!.list(account, aCall());
  expect(live).toMatchObject([{ id: '1', since: expect.stringMatching(/^\d{4}-.*Z$/) }, { id: '2' }]);
  for (const one of live) expect(await delinea.sessions!.end(one, account, aCall())).toEqual({ change: 'done' });
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(await delinea.sessions!.list(account, aCall())).toEqual([]);
});

test.each([400, 405, 422, 501] as const)(
  'a filter that is refused with %s: everybody is read',
  async (filterRefusal) => {
    const standIn = await start({ people: [...crowd(120), anna], filters: 'refused', filterRefusal });
    expect(await annaIn(connect(standIn))).toMatchObject({ username: anna.username });
    expect(asked(standIn).filter((one) => one === 'GET /users')).toHaveLength(1 + 2);
  },
);

test.each(['missing', 'unknown', 'text'] as const)(
  'a filter that is ignored, pages cut short and a total that is %s: nobody is overlooked',
  async (totals) => {
    const standIn = await start({ people: [...crowd(60), anna], filterIgnoredEvery: 1, maxTake: 25, totals });
    const delinea = connect(standIn);
    expect(await annaIn(delinea)).toMatchObject({ username: anna.username });
    expect((await delinea.findAccounts(keysFor('nobody@acme.test'), aCall())).found).toEqual([]);
  },
);

test('without a total a filter that is obeyed is asked once', async () => {
  const standIn = await start({ people: [...crowd(60), anna], filterIgnoredEvery: 0, totals: 'missing' });
  const { id } = await annaIn(connect(standIn));
  expect(asked(standIn)).toEqual(['GET /users', `GET /users/${id}`]);
});

test('a name whose accents the vendor stores in the other form is asked for in that form too', async () => {
  const username = 'jose\u0301@acme.test';
  const standIn = await start({ people: [...crowd(3), { ...anna, username, email: username }], filterIgnoredEvery: 0 });
  const { found } = await connect(standIn).findAccounts(keysFor('jos\u00e9@acme.test'), aCall());
  expect(found).toMatchObject([{ account: { username }, by: ['username'] }]);
});
