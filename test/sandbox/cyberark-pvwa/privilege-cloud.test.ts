import { startCyberArkPrivilegeCloud } from '../../../sandbox/cyberark-privilege-cloud';

type Options = Parameters<typeof startCyberArkPrivilegeCloud>[0];
type Cloud = Awaited<ReturnType<typeof startCyberArkPrivilegeCloud>>;

const anna = {
  id: 'e1',
  username: 'anna',
  email: 'anna@acme.test',
  givenName: 'Anna',
  familyName: 'Eriksen',
  displayName: 'Anna Eriksen',
  groups: ['Admins', 'Auditors'],
  roles: ['Linux-Root'],
  sessions: 2,
};
const annaliese = { ...anna, id: 'e2', username: 'annaliese', email: 'al@acme.test', groups: ['Admins'], sessions: 0 };

let cloud: Cloud;
afterEach(() => cloud.stop());

async function start(options: Options = {}) {
  cloud = await startCyberArkPrivilegeCloud({ people: [anna, annaliese], ...options });
  const token = cloud.tokens.issue();
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${cloud.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

const idOf = (username: string) => Number(cloud.account(username)?.id);

test('tokens come from the identity tenant and nothing is read without one', async () => {
  await start();
  const { tokenUrl = '', clientId = '', clientSecret = '' } = cloud.auth;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const granted = (await answer.json()) as { access_token: string };
  expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: 1800 });
  expect((await fetch(`${cloud.baseUrl}/Users`)).status).toBe(401);
  expect((await fetch(`${cloud.baseUrl}/Users`, { headers: { authorization: granted.access_token } })).status).toBe(
    401,
  );
});

test('a search is "contains" and shows the longer name first', async () => {
  const call = await start();
  const { body } = await call('GET', '/Users?Search=anna');
  expect(body.Users.map((user: { username: string }) => user.username)).toEqual(['annaliese', 'anna']);
  expect(body.Total).toBe(2);
  expect(Object.keys(body.Users[0])).toEqual(['id', 'username', 'userType', 'enableUser']);
});

test('users are paged, and a filter that this version does not know shows everybody', async () => {
  const call = await start();
  const all = (await call('GET', '/Users')).body.Users;
  const first = (await call('GET', '/Users?limit=2&offset=0')).body;
  const second = (await call('GET', '/Users?limit=2&offset=2')).body;
  expect([...first.Users, ...second.Users]).toEqual(all.slice(0, 4));
  expect(first.Total).toBe(all.length);
  expect((await call('GET', '/Users?filter=userName%20eq%20anna')).body.Total).toBe(all.length);
});

test('a PUT resets what it leaves out, and enables the user by it', async () => {
  const call = await start();
  const path = `/Users/${String(idOf('anna'))}`;
  await call('PUT', path, { ...(await call('GET', path)).body, enableUser: false });
  expect((await call('GET', path)).body).toMatchObject({
    enableUser: false,
    email: 'anna@acme.test',
    location: '\\Users',
  });
  await call('PUT', path, { username: 'anna' });
  expect((await call('GET', path)).body).toMatchObject({ enableUser: true, email: '', location: '\\', firstName: '' });
});

test('a PUT without the user name is refused, unless this version lets it pass', async () => {
  const strict = await start();
  expect((await strict('PUT', `/Users/${String(idOf('anna'))}`, { enableUser: false })).status).toBe(400);
  expect(cloud.account('anna')?.enabled).toBe(true);
  await cloud.stop();
  const lenient = await start({ putNeedsName: false });
  expect((await lenient('PUT', `/Users/${String(idOf('anna'))}`, { enableUser: false })).body).toMatchObject({
    enableUser: false,
    email: '',
  });
});

test('the second add of a member is a conflict with the vendor’s code, the second removal a 404', async () => {
  const call = await start();
  const group = cloud.vault.ensureGroup('Operators').id;
  const path = `/UserGroups/${String(group)}/Members`;
  const member = { memberId: idOf('anna'), memberType: 'User' };
  expect((await call('POST', path, member)).status).toBe(201);
  expect(await call('POST', path, member)).toMatchObject({ status: 409, body: { ErrorCode: 'PASWS213E' } });
  expect((await call('DELETE', `${path}/${String(idOf('anna'))}`)).status).toBe(204);
  expect((await call('DELETE', `${path}/${String(idOf('anna'))}`)).status).toBe(404);
});

test('in the vendor’s profile members go by name, with a slash behind a dot', async () => {
  const dotted = { ...anna, id: 'e3', username: 'anna.eriksen' };
  const call = await start({ profile: 'vendor', people: [dotted] });
  const group = cloud.vault.ensureGroup('Admins').id;
  const path = `/UserGroups/${String(group)}/Members`;
  expect((await call('POST', path, { memberId: idOf('anna.eriksen'), memberType: 'User' })).status).toBe(400);
  expect((await call('DELETE', `${path}/${String(idOf('anna.eriksen'))}/`)).status).toBe(404);
  expect((await call('DELETE', `${path}/anna.eriksen`)).status).toBe(404);
  expect((await call('DELETE', `${path}/anna.eriksen/`)).status).toBe(204);
  expect(cloud.account('anna.eriksen')?.groups).toEqual(['Auditors']);
});

test('users come nested in the vendor’s profile, and rows do not tell whether they are enabled', async () => {
  const call = await start({ profile: 'vendor' });
  const whole = (await call('GET', `/Users/${String(idOf('anna'))}`)).body;
  expect(whole).toMatchObject({
    personalDetails: { firstName: 'Anna' },
    internet: { businessEmail: 'anna@acme.test' },
  });
  expect(whole).not.toHaveProperty('firstName');
  const [row] = (await call('GET', '/Users?search=annaliese')).body.Users;
  expect(row).not.toHaveProperty('enableUser');
  const [detailed] = (await call('GET', '/Users?search=annaliese&ExtendedDetails=true')).body.Users;
  expect(detailed).toMatchObject({ enableUser: true, groupsMembership: [{ groupName: 'Admins' }] });
});

test('the disable endpoint exists only where the version has it', async () => {
  const seed = await start();
  expect((await seed('POST', `/Users/${String(idOf('anna'))}/disable/`)).status).toBe(404);
  await cloud.stop();
  const vendor = await start({ profile: 'vendor' });
  expect((await vendor('POST', `/Users/${String(idOf('anna'))}/disable/`)).status).toBe(200);
  expect(cloud.account('anna')?.enabled).toBe(false);
});

test('lifting a suspension does not enable', async () => {
  const call = await start();
  const user = cloud.vault.user(String(idOf('anna')));
  cloud.vault.setSuspended(user, true);
  cloud.vault.setEnabled(cloud.vault.user(String(user.id)), false);
  await call('POST', `/Users/${String(user.id)}/Activate`);
  expect((await call('GET', `/Users/${String(user.id)}`)).body).toMatchObject({ suspended: false, enableUser: false });
});

test('a directory’s users keep their details and its groups their members', async () => {
  const call = await start({ ldapUsers: ['anna'], directoryGroups: ['Auditors'] });
  const path = `/Users/${String(idOf('anna'))}`;
  const whole = (await call('GET', path)).body;
  expect(whole).toMatchObject({ source: 'LDAP', distinguishedName: expect.stringContaining('CN=anna') });
  expect((await call('PUT', path, { ...whole, email: 'x@acme.test' })).status).toBe(403);
  expect((await call('PUT', path, { ...whole, enableUser: false })).body).toMatchObject({ enableUser: false });
  const group = whole.groupsMembership.find((one: { groupType: string }) => one.groupType === 'Directory');
  expect((await call('DELETE', `/UserGroups/${String(group.groupID)}/Members/${String(whole.id)}`)).status).toBe(403);
});

test('live sessions come 25 at a time, outlive the disable, and end when terminated', async () => {
  const call = await start({ people: [{ ...anna, sessions: 30 }] });
  const path = `/Users/${String(idOf('anna'))}`;
  await call('PUT', path, { ...(await call('GET', path)).body, enableUser: false });
  const first = (await call('GET', '/LiveSessions?limit=100')).body;
  expect([first.LiveSessions.length, first.Total]).toEqual([25, 30]);
  const id = first.LiveSessions[0].SessionID;
  expect((await call('POST', `/LiveSessions/${id}/Terminate`)).status).toBe(200);
  expect((await call('POST', `/LiveSessions/${id}/Terminate`)).status).toBe(404);
  expect(cloud.account('anna')?.live['psm-session']).toBe(29);
});

test('a session can be beyond termination, and one can start after the disable', async () => {
  const call = await start({ unterminatable: ['anna'], lateSessionMs: 0, profile: 'vendor' });
  const [session] = (await call('GET', '/LiveSessions?search=anna')).body.LiveSessions;
  expect(session).toMatchObject({ CanTerminate: false, IsLive: true });
  expect((await call('POST', `/LiveSessions/${session.SessionID}/Terminate`)).status).toBe(403);
  await call('POST', `/Users/${String(idOf('anna'))}/disable/`);
  expect(cloud.account('anna')?.live['psm-session']).toBe(3);
});

test('a delete is for good: memberships and safes go too, the id is never found again', async () => {
  const call = await start();
  const id = idOf('anna');
  expect((await call('DELETE', `/Users/${String(id)}`)).status).toBe(204);
  expect(await call('GET', `/Users/${String(id)}`)).toMatchObject({ status: 404, body: { ErrorCode: 'ITATS003E' } });
  expect(cloud.vault.ensureGroup('Admins').members).toEqual([idOf('annaliese')]);
  expect(cloud.vault.ensureSafe('Linux-Root').members).toEqual([idOf('annaliese')]);
  expect(cloud.account('anna')).toMatchObject({ deleted: true, id: String(id) });
  const again = await call('POST', '/Users', {
    username: 'anna',
    userType: 'EPVUser',
    initialPassword: 'Play-Secret-1',
  });
  expect(again.body.id).not.toBe(id);
});

test('the state survives as JSON', async () => {
  const call = await start({ sshKeys: 1 });
  const saved = JSON.parse(JSON.stringify(cloud.save()));
  await call('DELETE', `/Users/${String(idOf('anna'))}`);
  cloud.restore(saved);
  expect(cloud.account('anna')).toMatchObject({
    groups: ['Admins', 'Auditors'],
    roles: ['Linux-Root'],
    live: { 'psm-session': 2, 'ssh-key': 1 },
  });
});
