import { startDelineaRest, type DelineaRestOptions } from '../../../sandbox/delinea-rest';

type Tenant = Awaited<ReturnType<typeof startDelineaRest>>;
let tenant: Tenant;
let token: string;

const anna = {
  ...{ id: 'e1', username: 'anna@acme.test', email: 'anna@acme.test', displayName: 'Anna Eriksen' },
  ...{ groups: ['Vault Users'], roles: ['User'], sessions: 2 },
};

async function start(options: DelineaRestOptions = {}): Promise<void> {
  tenant = await startDelineaRest({ people: [anna], filterIgnoredEvery: 0, ...options });
  const { tokenUrl = '', clientId = '', clientSecret = '', scope = '' } = tenant.auth;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
  const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  token = ((await answer.json()) as { access_token: string }).access_token;
}
afterEach(async () => tenant.stop());

async function ask(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(tenant.baseUrl + path, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}
const idOf = (username: string) => tenant.account(username)!.id;

test('lists as the seed shows it: three fields a row, skip and take, 100 at most', async () => {
  await start({ people: Array.from({ length: 130 }, (_, index) => ({ ...anna, username: `p${index}@acme.test` })) });
  const first = await ask('GET', '/users?skip=0&take=500');
  expect(first.body).toMatchObject({ total: 130, skip: 0, take: 100 });
  expect(first.body.data).toHaveLength(100);
  expect(Object.keys(first.body.data[0])).toEqual(['id', 'userName', 'active']);
  expect((await ask('GET', '/users')).body.data).toHaveLength(25);
});

test('shows a whole user by id, groups included, and knows no user by name', async () => {
  await start();
  const { body } = await ask('GET', `/users/${idOf(anna.username)}`);
  expect(body).toMatchObject({
    ...{ userName: anna.username, active: true, roles: ['User'], externalId: 'e1' },
    ...{ groups: [{ name: 'Vault Users' }], emails: [{ value: anna.email, primary: true }] },
    meta: { created: expect.any(String), lastModified: expect.any(String) },
  });
  expect((await ask('GET', `/users/${anna.username}`)).status).toBe(404);
});

test('every n-th filter is overlooked, and one that it does not know is refused', async () => {
  await start({ people: [anna, { ...anna, username: 'ben@acme.test' }], filterIgnoredEvery: 3 });
  const find = async () =>
    (await ask('GET', `/users?filter=${encodeURIComponent("userName eq 'anna@acme.test'")}`)).body.total;
  expect([await find(), await find(), await find(), await find()]).toEqual([1, 1, 2, 1]);
  expect((await ask('GET', `/users?filter=${encodeURIComponent('active eq true')}`)).status).toBe(400);
});

test('PATCH answers 200 and 204 in turn', async () => {
  await start();
  const path = `/users/${idOf(anna.username)}`;
  const answers = [await ask('PATCH', path, { active: false }), await ask('PATCH', path, { active: true })];
  expect(answers.map(({ status, text }) => [status, text === ''])).toEqual([
    [200, false],
    [204, true],
  ]);
  expect(answers[0]?.body.active).toBe(false);
});

test('groups cannot be changed here, nor fields that are not the caller’s', async () => {
  await start();
  const path = `/users/${idOf(anna.username)}`;
  expect((await ask('PATCH', path, { groups: [] })).status).toBe(400);
  expect((await ask('PATCH', path, { active: 'no' })).status).toBe(400);
  expect((await ask('GET', '/groups')).status).toBe(404);
  expect((await ask('PUT', path, { active: false })).status).toBe(405);
  expect(tenant.account(anna.username)).toMatchObject({ enabled: true, groups: ['Vault Users'] });
});

test('a create without external id makes a duplicate; with it the name is taken', async () => {
  await start();
  const fields = { userName: anna.username, emails: [{ value: anna.email, primary: true }] };
  expect((await ask('POST', '/users', { ...fields, externalId: 'e1' })).status).toBe(409);
  expect((await ask('POST', '/users', fields)).status).toBe(201);
  expect(tenant.accounts().filter(({ username }) => username === anna.username)).toHaveLength(2);
  expect((await ask('POST', '/users', { userName: 'new@acme.test' })).status).toBe(400);
});

test('a terminated session answers 202 and stays for a while; one more opens after the disable', async () => {
  await start({ terminateMs: 3_600_000, cleanUpMs: 3_600_000, lateSessionMs: 1 });
  const id = idOf(anna.username);
  const live = async () =>
    (await ask('GET', `/sessions?userId=${id}&status=active`)).body.data as { id: string; status: string }[];
  const [first] = await live();
  expect((await ask('POST', `/sessions/${first?.id}/terminate`)).status).toBe(202);
  expect(await live()).toHaveLength(2);
  await ask('PATCH', `/users/${id}`, { active: false });
  while ((await live()).length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await ask('POST', '/sessions/unknown/terminate')).status).toBe(404);
});

test('the vault cleans up after a disable, one session after the other', async () => {
  await start({ cleanUpMs: 60 });
  const id = idOf(anna.username);
  await ask('PATCH', `/users/${id}`, { active: false });
  while (tenant.account(anna.username)?.live['session'] !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await ask('GET', `/sessions?userId=${id}&status=active`)).body.total).toBe(0);
  expect((await ask('GET', `/sessions?userId=${id}&status=ended`)).body.total).toBe(2);
});

test('429 has no Retry-After, and a dead token is 401', async () => {
  await start();
  tenant.faults.add({ kind: 'throttled' });
  const throttled = await ask('GET', '/users');
  expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, null]);
  tenant.tokens.expireAll();
  expect((await ask('GET', '/users')).status).toBe(401);
});

test('delete is for good, and a restart forgets nothing', async () => {
  await start();
  const path = `/users/${idOf(anna.username)}`;
  const saved = tenant.save();
  expect((await ask('DELETE', path)).status).toBe(204);
  expect((await ask('DELETE', path)).status).toBe(404);
  expect(tenant.account(anna.username)).toMatchObject({ deleted: true, enabled: false });
  tenant.restore(saved);
  expect(tenant.account(anna.username)).toMatchObject({ deleted: false, enabled: true, live: { session: 2 } });
});
