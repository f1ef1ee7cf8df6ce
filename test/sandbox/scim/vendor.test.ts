import { startBeyondTrustScim } from '../../../sandbox/beyondtrust-scim';
import type { StandIn } from '../../../sandbox/core';
import { startCyberArkIdentityScim } from '../../../sandbox/cyberark-identity-scim';
import { startDelineaScim, type DelineaScimOptions } from '../../../sandbox/delinea-scim';
import { DelineaTenant } from '../../../sandbox/delinea-tenant';
import { people, scimClient } from './client';

let standIn: StandIn;
let scim: ReturnType<typeof scimClient>;
const id = (username: string) => standIn.account(username)?.id ?? '';
const off = { op: 'replace', path: 'active', value: false };
const on = { op: 'replace', path: 'active', value: true };

async function use(starting: Promise<StandIn>) {
  standIn = await starting;
  scim = scimClient(standIn);
}
afterEach(async () => standIn.stop());

describe('BeyondTrust', () => {
  beforeEach(() => use(startBeyondTrustScim({ people, ownedByDirectory: ['Linux Admins'] })));

  test('names come in mixed case, users without groups, and a PUT takes the memberships', async () => {
    const path = `/Users/${id('ben@acme.test')}`;
    const { body } = await scim.ask('GET', path);
    expect(body).toMatchObject({ userName: 'ben@acme.test', Active: true, ExternalId: 'e2' });
    expect(body).not.toHaveProperty('groups');
    expect((await scim.patch(path, off)).body).toMatchObject({ Active: false });
    expect(standIn.account('ben@acme.test')).toMatchObject({ enabled: false, groups: ['Vault Users'] });
    await scim.ask('PUT', path, { userName: 'ben@acme.test', active: false });
    expect(standIn.account('ben@acme.test')).toMatchObject({ enabled: false, groups: [] });
  });

  test('only the verbs of the guide', async () => {
    const { id: group } = await scim.group('Vault Users');
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await scim.ask(method, `/Groups/${group}`, method === 'PUT' ? { displayName: 'x' } : undefined);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'PATCH']);
    }
    expect((await scim.ask('GET', '/ServiceProviderConfig')).status).toBe(404);
  });

  test('a group that Active Directory owns keeps its members', async () => {
    const { id: group } = await scim.group('Linux Admins');
    const remove = { op: 'remove', path: `members[value eq "${id('anna@acme.test')}"]` };
    const { status, body } = await scim.patch(`/Groups/${group}`, remove);
    expect([status, body['scimType']]).toEqual([400, 'mutability']);
    expect(body['detail']).toContain('Active Directory');
    expect((await scim.group('Linux Admins')).members).toContain('anna@acme.test');
    await standIn.stop();
    const dialect = { ownedMembers: 'forbidden' } as const;
    await use(startBeyondTrustScim({ people, ownedByDirectory: ['Linux Admins'], dialect }));
    expect((await scim.patch(`/Groups/${group}`, remove)).status).toBe(403);
  });
});

describe('CyberArk Identity', () => {
  beforeEach(() => use(startCyberArkIdentityScim({ people })));

  test('filters mind the case; a new user needs a password', async () => {
    expect(await scim.find('/Users', 'userName eq "Ben@acme.test"')).toEqual([]);
    expect(await scim.find('/Users', 'userName eq "ben@acme.test"')).toHaveLength(1);
    const wanted = { userName: 'cleo@acme.test', externalId: 'e3' };
    expect((await scim.ask('POST', '/Users', wanted)).status).toBe(400);
    expect((await scim.ask('POST', '/Users', { ...wanted, password: 'Pa55word!' })).status).toBe(201);
  });

  test('client credentials work as well as the token from the console', async () => {
    await standIn.stop();
    standIn = await startCyberArkIdentityScim({ people, auth: 'client-credentials' });
    const { tokenUrl = '', clientId = '', clientSecret = '' } = standIn.auth;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const { access_token } = (await (
      await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })
    ).json()) as { access_token: string };
    const get = (token: string) =>
      fetch(`${standIn.baseUrl}/Users`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);
    expect(await Promise.all([get(access_token), get('play-cyberark-scim-token'), get('wrong')])).toEqual([
      200, 200, 401,
    ]);
  });
});

describe('Delinea', () => {
  const start = (options: DelineaScimOptions = {}) => use(startDelineaScim({ people, ...options }));

  test('a PATCH answers 204 and 200 by turns; sessions outlive the disable', async () => {
    await start();
    const path = `/Users/${id('anna@acme.test')}`;
    const first = await scim.patch(path, off);
    const second = await scim.patch(path, off);
    expect([first.status, first.body, second.status]).toEqual([204, {}, 200]);
    expect(second.body).toMatchObject({ active: false });
    expect(standIn.account('anna@acme.test')).toMatchObject({ enabled: false, live: { session: 2 } });
  });

  test('every fifth search overlooks its filter', async () => {
    await start();
    const sizes = [];
    for (let turn = 0; turn < 10; turn += 1) sizes.push((await scim.find('/Users', 'externalId eq "e2"')).length);
    expect(sizes).toEqual([1, 1, 1, 1, 3, 1, 1, 1, 1, 3]);
  });

  test('counts are cut at 100', async () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ ...people[1]!, id: `n${index}`, username: `n${index}` }));
    await start({ people: many });
    expect((await scim.ask('GET', '/Users?count=500')).body).toMatchObject({ totalResults: 130, itemsPerPage: 100 });
    expect((await scim.ask('GET', '/Users')).body).toMatchObject({ totalResults: 130, itemsPerPage: 25 });
  });

  test('on premises a delete only disables, once, and disabled users get no groups', async () => {
    await start({ onPremises: true });
    const ben = id('ben@acme.test');
    expect((await scim.ask('DELETE', `/Users/${ben}`)).status).toBe(204);
    expect((await scim.ask('DELETE', `/Users/${ben}`)).status).toBe(404);
    expect(standIn.account('ben@acme.test')).toMatchObject({ enabled: false, deleted: false });
    const { id: group } = await scim.group('Linux Admins');
    const add = { op: 'add', path: 'members', value: [{ value: ben }] };
    expect((await scim.patch(`/Groups/${group}`, add)).status).toBe(400);
    await scim.patch(`/Users/${ben}`, on);
    expect((await scim.patch(`/Groups/${group}`, add)).status).toBe(200);
    expect(standIn.account('ben@acme.test')?.groups).toEqual(['Vault Users', 'Linux Admins']);
  });

  test('a tenant that is handed in is the one that is shown', async () => {
    const tenant = new DelineaTenant();
    tenant.seed(people);
    await use(startDelineaScim({ tenant }));
    await scim.patch(`/Users/${id('ben@acme.test')}`, off);
    expect(tenant.account('ben@acme.test')?.enabled).toBe(false);
  });
});
