import type { SeedPerson } from '../../../sandbox/core';
import { startBeyondIdentity, type BeyondIdentityOptions } from '../../../sandbox/beyond-identity';

const people: readonly SeedPerson[] = Array.from({ length: 30 }, (_none, index) => ({
  id: `e${String(index)}`,
  username: `user${String(index)}`,
  email: `user${String(index)}@example.test`,
  displayName: `User ${String(index)}`,
  groups: ['Administrators'],
  roles: index === 0 ? ['Help desk'] : [],
  sessions: 2,
}));

let vendor: Awaited<ReturnType<typeof startBeyondIdentity>>;
let bearer = 'play-console-token';
beforeEach(() => {
  bearer = 'play-console-token';
});
afterEach(() => vendor.stop());

async function start(options: BeyondIdentityOptions = {}): Promise<void> {
  vendor = await startBeyondIdentity({ people, ...options });
}

type Json = Record<string, unknown>;
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const answer = await fetch(vendor.baseUrl + path, init);
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
}
const idOf = (username: string): string => vendor.account(username)?.id ?? '';
const rowsOf = (body: Json, key: string): readonly Json[] => body[key] as Json[];

test('a token that has expired gets 403, a missing one 401', async () => {
  await start();
  const { tokenUrl = '', clientId, clientSecret } = vendor.auth;
  const basic = `Basic ${Buffer.from(`${String(clientId)}:${String(clientSecret)}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'identities:read' });
  const answer = await fetch(tokenUrl, { method: 'POST', headers: { authorization: basic }, body });
  bearer = ((await answer.json()) as { access_token: string }).access_token;
  expect((await ask('GET', '')).status).toBe(200);
  vendor.tokens.expireAll();
  expect(await ask('GET', '')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect((await fetch(vendor.baseUrl)).status).toBe(401);
});

test('pages of 20 by default, in no order, with a token to the next one', async () => {
  await start();
  const first = (await ask('GET', '/identities')).body;
  const next = String(first['next_page_token']);
  const second = (await ask('GET', `/identities?page_token=${next}`)).body;
  expect(second).not.toHaveProperty('next_page_token');
  const names = [...rowsOf(first, 'identities'), ...rowsOf(second, 'identities')].map(
    ({ traits }) => (traits as Json)['username'],
  );
  expect(names.length).toBe(30);
  expect(new Set(names).size).toBe(30);
  expect(names).not.toEqual(people.map(({ username }) => username));
  expect(first['total_size']).toBe(30);
});

test('only user names can be filtered by, case aside', async () => {
  await start();
  const filter = (text: string) => ask('GET', `/identities?filter=${encodeURIComponent(text)}`);
  expect((await filter('traits.username eq "USER3"')).body).toMatchObject({ total_size: 1 });
  expect((await filter('traits.primary_email_address eq "user3@example.test"')).status).toBe(400);
});

test('create answers 200, a taken name 409 conflict', async () => {
  await start();
  const body = { identity: { display_name: 'N', traits: { type: 'traits_v0', username: 'new' } } };
  const made = await ask('POST', '/identities', body);
  expect(made).toMatchObject({ status: 200, body: { status: 'active', enrollment_status: 'UNENROLLED' } });
  expect(await ask('POST', '/identities', body)).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('PATCH leaves out what it is not told, and wants the type of traits', async () => {
  await start();
  const path = `/identities/${idOf('user1')}`;
  expect((await ask('PATCH', path, { identity: { traits: { nick_name: 'U' } } })).status).toBe(400);
  await ask('PATCH', path, { identity: { status: 'suspended', traits: { type: 'traits_v0', nick_name: 'U' } } });
  const traits = { username: 'user1', primary_email_address: 'user1@example.test', nick_name: 'U' };
  expect((await ask('GET', path)).body).toMatchObject({ status: 'suspended', display_name: 'User 1', traits });
});

test('groups and roles are left in batches; listing roles wants a resource server that exists', async () => {
  await start();
  const id = idOf('user0');
  const [group] = rowsOf((await ask('GET', `/identities/${id}:listGroups`)).body, 'groups');
  expect(group).not.toHaveProperty('members');
  expect((await ask('POST', `/groups/${String(group?.['id'])}:deleteMembers`, { identity_ids: [] })).status).toBe(400);
  await ask('POST', `/groups/${String(group?.['id'])}:deleteMembers`, { identity_ids: [id] });
  expect(vendor.account('user0')?.groups).toEqual([]);
  expect((await ask('GET', `/identities/${id}:listRoles`)).status).toBe(400);
  expect((await ask('GET', `/identities/${id}:listRoles?resource_server_id=none`)).status).toBe(409);
  const [server] = rowsOf((await ask('GET', '/resource-servers')).body, 'resource_servers');
  const roles = `/identities/${id}:listRoles?resource_server_id=${String(server?.['id'])}`;
  const [role] = rowsOf((await ask('GET', roles)).body, 'roles');
  expect(role).toMatchObject({ display_name: 'Help desk' });
  const path = `/resource-servers/${String(server?.['id'])}/roles/${String(role?.['id'])}:deleteMembers`;
  expect((await ask('POST', path, { identity_ids: [id] })).status).toBe(200);
  expect(vendor.account('user0')?.roles).toEqual([]);
});

test('passkeys stay active through a suspension until they are revoked', async () => {
  await start();
  const id = idOf('user2');
  await ask('PATCH', `/identities/${id}`, { identity: { status: 'suspended' } });
  const list = async () => rowsOf((await ask('GET', `/identities/${id}/credentials`)).body, 'credentials');
  const [first] = await list();
  expect((await list()).map(({ state }) => state)).toEqual(['ACTIVE', 'ACTIVE']);
  await ask('POST', `/identities/${id}/credentials/${String(first?.['id'])}:revoke`);
  expect((await list()).map(({ state }) => state).sort()).toEqual(['ACTIVE', 'REVOKED']);
  expect(vendor.account('user2')?.live).toMatchObject({ passkey: 1 });
});

test('an enrolment that reached a device makes a passkey late, unless its link is revoked', async () => {
  await start();
  const late = idOf('user4');
  vendor.realm.addJob(late, { completesAfter: 1 });
  const revoked = idOf('user5');
  const job = vendor.realm.addJob(revoked, { completesAfter: 1 });
  const revoke = `/identities/${revoked}/credential-binding-jobs/${job.id}:revoke`;
  expect((await ask('POST', revoke)).body).toMatchObject({ state: 'REVOKED' });
  for (const id of [late, revoked, late, revoked]) await ask('GET', `/identities/${id}/credentials`);
  expect(vendor.account('user4')?.live).toEqual({ passkey: 3, 'pending-enrolment': 1, token: 0 });
  expect(vendor.account('user5')?.live).toEqual({ passkey: 2, 'pending-enrolment': 1, token: 0 });
  const jobs = (await ask('GET', `/identities/${late}/credential-binding-jobs`)).body;
  expect(JSON.stringify(jobs)).not.toContain('completesAfter');
});

test('a delete takes passkeys and memberships with it; the state survives being saved and restored', async () => {
  await start();
  const id = idOf('user6');
  const saved = vendor.save();
  expect((await ask('DELETE', `/identities/${id}`)).status).toBe(200);
  expect((await ask('GET', `/identities/${id}/credentials`)).status).toBe(404);
  expect(vendor.account('user6')).toMatchObject({ deleted: true, groups: [], live: { passkey: 0 } });
  vendor.restore(saved);
  expect(vendor.account('user6')).toMatchObject({ id, deleted: false, groups: ['Administrators'] });
  expect(vendor.account('user6')?.live).toMatchObject({ passkey: 2, 'pending-enrolment': 1 });
});
