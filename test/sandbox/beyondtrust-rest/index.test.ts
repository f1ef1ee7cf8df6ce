import type { SeedPerson } from '../../../sandbox/core';
import { startBeyondTrustRest, type BeyondTrustRestOptions } from '../../../sandbox/beyondtrust-rest';

const people: readonly SeedPerson[] = ['jdoe', 'asmith', 'bo'].map((username) => ({
  id: `e-${username}`,
  username,
  email: `${username}@example.test`,
  displayName: `Name of ${username}`,
  groups: ['Admins', 'Vault users'],
  sessions: 2,
}));

let vendor: Awaited<ReturnType<typeof startBeyondTrustRest>>;
let bearer: string;

async function start(options: BeyondTrustRestOptions = {}): Promise<void> {
  vendor = await startBeyondTrustRest({ people, ...options });
  const { tokenUrl = '', clientId = '', clientSecret = '' } = vendor.auth;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number };
  expect(expires_in).toBe(3600);
  bearer = access_token;
}
afterEach(() => vendor.stop());

type Json = Record<string, unknown>;
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const answer = await fetch(vendor.baseUrl + path, init);
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
}

test('the API root and the token endpoint are where the seed has them', async () => {
  await start();
  expect(new URL(vendor.baseUrl).pathname).toBe('/api/public/v3');
  expect(new URL(vendor.auth['tokenUrl'] ?? '').pathname).toBe('/oauth2/token');
  bearer = 'wrong';
  expect((await ask('GET', '/users')).status).toBe(401);
});

test('a PUT resets every writable field that it leaves out, and enables the user again', async () => {
  await start();
  const id = vendor.account('jdoe')?.id ?? '';
  const whole = (await ask('GET', `/users/${id}`)).body;
  await ask('PUT', `/users/${id}`, { ...whole, enabled: false, public_key: 'ssh-ed25519 AAAA' });
  expect(vendor.account('jdoe')).toMatchObject({ enabled: false, groups: ['Admins', 'Vault users'] });

  await ask('PUT', `/users/${id}`, { display_name: 'Only this' });
  const reset = (await ask('GET', `/users/${id}`)).body;
  expect(reset).toMatchObject({ username: 'jdoe', display_name: 'Only this', enabled: true, account_type: 'local' });
  expect(reset).toMatchObject({ email_address: null, group_memberships: [], public_key: null, locale: null });
  expect(reset['created_at']).toBe(whole['created_at']);
});

test('the password is never shown and survives a PUT without it', async () => {
  await start();
  const id = Number(vendor.account('jdoe')?.id);
  const whole = (await ask('GET', `/users/${String(id)}`)).body;
  expect(JSON.stringify(whole)).not.toContain('password');
  await ask('PUT', `/users/${String(id)}`, whole);
  expect(vendor.appliance.passwordOf(id)).toBe('play-jdoe');
});

test('there is no way to take a member out of a group but the PUT', async () => {
  await start();
  const id = vendor.account('jdoe')?.id ?? '';
  expect((await ask('DELETE', `/groups/5/members/${id}`)).status).toBe(404);
  expect((await ask('DELETE', '/groups/5/members')).status).toBe(405);
  expect((await ask('PATCH', `/users/${id}`, { enabled: false })).status).toBe(405);
  expect(vendor.account('jdoe')).toMatchObject({ enabled: true, groups: ['Admins', 'Vault users'] });
});

test('members join by POST, and a second time is a conflict', async () => {
  await start();
  const made = await ask('POST', '/users', {
    username: 'new',
    display_name: 'New',
    account_type: 'local',
    password: 'S3cur3!',
  });
  expect(made).toMatchObject({ status: 201, body: { username: 'new', enabled: true } });
  const user_id = made.body['id'];
  expect(await ask('POST', '/groups/5/members', { user_id })).toEqual({ status: 200, body: { group_id: 5, user_id } });
  expect((await ask('POST', '/groups/5/members', { user_id })).status).toBe(409);
  expect((await ask('POST', '/groups/99/members', { user_id })).status).toBe(404);
  expect(vendor.account('new')?.groups).toEqual(['Admins']);
});

test('creating wants a password for local users only, and refuses a taken name', async () => {
  await start();
  const wanted = { username: 'x', display_name: 'X', account_type: 'local' };
  expect((await ask('POST', '/users', wanted)).status).toBe(422);
  expect((await ask('POST', '/users', { ...wanted, account_type: 'LDAP' })).status).toBe(201);
  expect((await ask('POST', '/users', { ...wanted, username: 'JDOE', account_type: 'LDAP' })).status).toBe(409);
});

test('pages by offset and limit, never above the maximum, and finds by exact user name', async () => {
  await start({ maxRows: 2 });
  const first = await ask('GET', '/users?offset=0&limit=100');
  expect((first.body['users'] as unknown[]).length).toBe(2);
  expect(first.body['total']).toBe(3);
  expect(((await ask('GET', '/users?offset=2&limit=100')).body['users'] as unknown[]).length).toBe(1);
  expect((await ask('GET', '/users?username=JDoe')).body).toMatchObject({ total: 1, users: [{ username: 'jdoe' }] });
  expect((await ask('GET', '/users?username=jd')).body).toEqual({ total: 0, users: [] });
});

test('a delete is final and its id is not used again', async () => {
  await start();
  const id = vendor.account('bo')?.id ?? '';
  expect((await ask('DELETE', `/users/${id}`)).status).toBe(204);
  expect((await ask('GET', `/users/${id}`)).status).toBe(404);
  expect((await ask('DELETE', `/users/${id}`)).status).toBe(404);
  expect(vendor.account('bo')).toMatchObject({ deleted: true });
  const body = { username: 'bo', display_name: 'Bo', account_type: 'SAML' };
  expect((await ask('POST', '/users', body)).body['id']).not.toBe(Number(id));
});

test('the state survives being saved and restored', async () => {
  await start();
  const id = vendor.account('jdoe')?.id ?? '';
  const saved = vendor.save();
  await ask('DELETE', `/users/${id}`);
  vendor.restore(saved);
  expect(vendor.account('jdoe')).toMatchObject({ id, deleted: false, groups: ['Admins', 'Vault users'] });
  expect((await ask('GET', '/users?username=jdoe')).body['total']).toBe(1);
});
