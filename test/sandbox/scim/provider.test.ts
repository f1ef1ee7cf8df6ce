import type { StandIn } from '../../../sandbox/core';
import { plainDialect, type ScimDialect } from '../../../sandbox/scim/dialect';
import { Directory } from '../../../sandbox/scim/directory';
import { startScim } from '../../../sandbox/scim/provider';
import { people, scimClient } from './client';

let standIn: StandIn;
let scim: ReturnType<typeof scimClient>;
const id = (username: string) => standIn.account(username)?.id ?? '';

async function start(dialect: Partial<ScimDialect> = {}) {
  const provider = {
    type: 'plain',
    apiRoot: '/scim/v2',
    tokenPath: '/token',
    staticToken: 'play',
    dialect: plainDialect,
    directory: new Directory(),
  };
  standIn = await startScim(provider, { people, dialect });
  scim = scimClient(standIn);
}
afterEach(async () => standIn.stop());

const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'cleo@acme.test' };
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('users', () => {
  beforeEach(() => start());

  test('a user is created, read, replaced, patched and deleted', async () => {
    const created = await scim.ask('POST', '/Users', { ...user, externalId: 'e3', password: 'once', title: 'SRE' });
    expect(created).toMatchObject({ status: 201, body: { userName: user.userName, active: true, externalId: 'e3' } });
    expect(created.body).not.toHaveProperty('password');
    expect(created.headers.get('content-type')).toContain('application/scim+json');
    const path = `/Users/${String(created.body['id'])}`;
    expect(created.headers.get('location')).toBe(standIn.baseUrl + path);
    const patched = await scim.patch(
      path,
      { op: 'Replace', path: 'name.givenName', value: 'Cleo' },
      { op: 'add', path: 'emails', value: [{ value: 'cleo@acme.test', type: 'work' }] },
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'c@acme.test' },
      { op: 'add', path: `${enterprise}:department`, value: 'Platform' },
      { op: 'replace', value: { active: false, displayName: 'Cleo', [`${enterprise}:manager`]: { value: 'm' } } },
    );
    expect(patched.body).toMatchObject({
      active: false,
      displayName: 'Cleo',
      title: 'SRE',
      name: { givenName: 'Cleo' },
      emails: [{ value: 'c@acme.test', type: 'work' }],
      [enterprise]: { department: 'Platform' },
    });
    const replaced = await scim.ask('PUT', path, user);
    expect(replaced.body).toMatchObject({ active: true, userName: user.userName });
    for (const gone of ['title', 'externalId', 'emails', 'displayName']) expect(replaced.body).not.toHaveProperty(gone);
    expect((await scim.ask('DELETE', path)).status).toBe(204);
    expect((await scim.ask('DELETE', path)).status).toBe(404);
    expect(standIn.account(user.userName)).toMatchObject({ deleted: true });
  });

  test('errors wear the SCIM form, and a refused PATCH changes nothing at all', async () => {
    const path = `/Users/${id('anna@acme.test')}`;
    const refused = async (answer: Promise<{ status: number; body: object }>, status: number, scimType?: string) => {
      const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status) };
      expect(await answer).toMatchObject({ status, body: { ...body, ...(scimType ? { scimType } : {}) } });
    };
    await refused(scim.ask('POST', '/Users', { ...user, userName: 'ANNA@acme.test' }), 409, 'uniqueness');
    await refused(scim.ask('POST', '/Users', { ...user, externalId: 'e1' }), 409, 'uniqueness');
    await refused(scim.ask('POST', '/Users', {}), 400, 'invalidValue');
    await refused(scim.patch(path, { op: 'replace', path: 'userName', value: 'ben@acme.test' }), 409, 'uniqueness');
    await refused(scim.patch(path, { op: 'replace', path: 'active', value: 'False' }), 400, 'invalidValue');
    await refused(scim.patch(path, { op: 'remove', path: 'groups' }), 400, 'mutability');
    await refused(scim.patch(path, { op: 'replace', path: 'id', value: 'x' }), 400, 'mutability');
    await refused(scim.patch(path, { op: 'replace', path: 'colour', value: 'x' }), 400, 'invalidPath');
    await refused(
      scim.patch(path, { op: 'replace', path: 'emails[type eq "home"].value', value: 'x' }),
      400,
      'noTarget',
    );
    await refused(scim.patch(path, { op: 'move', path: 'active', value: false }), 400, 'invalidSyntax');
    await refused(scim.ask('PATCH', path, { Operations: [] }), 400, 'invalidSyntax');
    await refused(scim.ask('GET', '/Users/nobody'), 404);
    await refused(scim.ask('GET', '/Users?filter=title%20eq%20%22x%22'), 400, 'invalidFilter');
    await refused(scim.ask('GET', '/Users?filter=userName%20gt%20%22x%22'), 400, 'invalidFilter');
    await refused(scim.ask('GET', '/Users?filter=userName'), 400, 'invalidFilter');
    const half = [
      { op: 'replace', path: 'active', value: false },
      { op: 'replace', path: 'colour', value: 'x' },
    ];
    await refused(scim.patch(path, ...half), 400);
    expect(standIn.account('anna@acme.test')?.enabled).toBe(true);
  });

  test('filters are exact but for case, and may be joined', async () => {
    const names = async (filter: string) => (await scim.find('/Users', filter)).map((one) => one['userName']);
    expect(await names('userName eq "ANNA@acme.test"')).toEqual(['anna@acme.test']);
    expect(await names('externalId eq "e2"')).toEqual(['ben@acme.test']);
    expect(await names('externalId eq "E2"')).toEqual([]);
    expect(await names('emails.value eq "anna@acme.test"')).toEqual(['anna@acme.test', 'anna-adm@acme.test']);
    expect(await names('emails eq "ben@acme.test" or externalId eq "e1"')).toEqual(['anna@acme.test', 'ben@acme.test']);
    expect(await names('emails eq "anna@acme.test" and externalId eq "e1"')).toEqual(['anna@acme.test']);
    expect(await names('active eq false')).toEqual([]);
  });

  test('pages start at 1, the total stays whole, and no resources come for a count of 0', async () => {
    const page = async (query: string) => {
      const { body } = await scim.ask('GET', `/Users${query}`);
      return [body['totalResults'], body['startIndex'], body['itemsPerPage'], (body['Resources'] as object[]).length];
    };
    expect(await page('')).toEqual([3, 1, 3, 3]);
    expect(await page('?startIndex=0&count=2')).toEqual([3, 1, 2, 2]);
    expect(await page('?startIndex=3&count=2')).toEqual([3, 3, 1, 1]);
    expect(await page('?startIndex=9')).toEqual([3, 9, 0, 0]);
    expect(await page('?count=0')).toEqual([3, 1, 0, 0]);
    const { body } = await scim.ask('GET', '/Users?attributes=userName&count=1');
    expect(Object.keys((body['Resources'] as object[])[0] ?? {}).sort()).toEqual(['id', 'schemas', 'userName']);
  });
});

describe('groups', () => {
  test('members are added, removed by filter and replaced; users show their groups', async () => {
    await start();
    const { id: group, members } = await scim.group('Linux Admins');
    expect(members).toEqual(['anna@acme.test', 'anna-adm@acme.test']);
    const path = `/Groups/${group}`;
    const shown = async () => (await scim.group('Linux Admins')).members;
    await scim.patch(path, { op: 'add', path: 'members', value: [{ value: id('ben@acme.test') }] });
    const remove = { op: 'remove', path: `members[value eq "${id('anna@acme.test')}"]` };
    expect((await scim.patch(path, remove)).status).toBe(200);
    expect((await scim.patch(path, remove)).status).toBe(200);
    expect(await shown()).toEqual(['anna-adm@acme.test', 'ben@acme.test']);
    const { body } = await scim.ask('GET', `/Users/${id('ben@acme.test')}`);
    expect((body['groups'] as { display: string }[]).map((one) => one.display)).toEqual([
      'Vault Users',
      'Linux Admins',
    ]);
    await scim.patch(path, {
      op: 'replace',
      value: { displayName: 'Admins', members: [{ value: id('ben@acme.test') }] },
    });
    expect((await scim.group('Admins')).members).toEqual(['ben@acme.test']);
    const changed = { op: 'replace', path: 'members[value eq "x"].value', value: 'y' };
    expect((await scim.patch(path, changed)).body).toMatchObject({ scimType: 'mutability' });
    const unknown = { op: 'add', path: 'members', value: [{ value: 'nobody' }] };
    expect((await scim.patch(path, unknown)).status).toBe(400);
  });

  test('groups come and go', async () => {
    await start();
    const wanted = { displayName: 'New', members: [{ value: id('ben@acme.test') }] };
    const created = await scim.ask('POST', '/Groups', wanted);
    expect([created.status, (await scim.ask('POST', '/Groups', wanted)).status]).toEqual([201, 409]);
    const path = `/Groups/${String(created.body['id'])}`;
    expect((await scim.ask('PUT', path, { displayName: 'New' })).body).toMatchObject({ members: [] });
    expect((await scim.ask('GET', `${path}?excludedAttributes=members`)).body).not.toHaveProperty('members');
    expect((await scim.ask('DELETE', path)).status).toBe(204);
    expect((await scim.ask('GET', path)).status).toBe(404);
  });

  const forms: [keyof ScimDialect, string, number, number][] = [
    ['bareMemberRemove', 'wipes', 200, 0],
    ['bareMemberRemove', 'refused', 400, 3],
    ['valueArrayRemove', 'accepted', 200, 2],
    ['valueArrayRemove', 'wipes', 200, 0],
    ['valueArrayRemove', 'ignored', 200, 3],
    ['valueArrayRemove', 'refused', 400, 3],
    ['filterMemberRemove', 'accepted', 200, 2],
    ['filterMemberRemove', 'refused', 400, 3],
  ];
  test.each(forms)('%s: %s', async (knob, value, status, left) => {
    await start({ [knob]: value });
    const ben = id('ben@acme.test');
    const form = {
      bareMemberRemove: { op: 'remove', path: 'members' },
      valueArrayRemove: { op: 'remove', path: 'members', value: [{ value: ben }] },
      filterMemberRemove: { op: 'remove', path: `members[value eq "${ben}"]` },
    }[knob as 'bareMemberRemove'];
    const { id: group } = await scim.group('Vault Users');
    expect((await scim.patch(`/Groups/${group}`, form)).status).toBe(status);
    expect((await scim.group('Vault Users')).members).toHaveLength(left);
  });
});

describe('dialects', () => {
  test('text for a boolean is taken, refused or overlooked', async () => {
    const disable = () =>
      scim.patch(`/Users/${id('ben@acme.test')}`, { op: 'replace', path: 'active', value: 'False' });
    for (const [textBooleans, status, enabled] of [
      ['accepted', 200, false],
      ['refused', 400, true],
      ['ignored', 200, true],
    ] as const) {
      await start({ textBooleans });
      expect((await disable()).status).toBe(status);
      expect(standIn.account('ben@acme.test')?.enabled).toBe(enabled);
      if (textBooleans !== 'ignored') await standIn.stop();
    }
  });

  test('media types, letters of operations and the kind of the status follow the dialect', async () => {
    await start({ requestTypes: ['application/json'], operationCase: 'lower', errorStatus: 'number' });
    const path = `/Users/${id('ben@acme.test')}`;
    const message = (op: string) => ({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op, path: 'active', value: false }],
    });
    expect((await scim.ask('PATCH', path, message('replace'))).body).toMatchObject({ status: 415 });
    expect((await scim.ask('PATCH', path, message('Replace'), 'application/json')).status).toBe(400);
    expect((await scim.ask('PATCH', path, message('replace'), 'application/json; charset=utf-8')).status).toBe(200);
  });

  test('a missing externalId duplicates on create, and on every write where asked for', async () => {
    await start({ missingExternalId: 'duplicates-on-write' });
    const named = () => scim.find('/Users', 'userName eq "ben@acme.test"');
    expect((await scim.ask('POST', '/Users', { userName: 'ben@acme.test', externalId: 'e9' })).status).toBe(409);
    expect((await scim.ask('POST', '/Users', { userName: 'ben@acme.test' })).status).toBe(201);
    expect(await named()).toHaveLength(2);
    const path = `/Users/${id('ben@acme.test')}`;
    const off = { op: 'replace', path: 'active', value: false };
    await scim.patch(path, off, { op: 'replace', path: 'externalId', value: 'e2' });
    expect(await named()).toHaveLength(2);
    await scim.patch(path, off);
    expect(await named()).toHaveLength(3);
    await scim.ask('PUT', path, { userName: 'ben@acme.test', externalId: 'e2' });
    expect(await named()).toHaveLength(3);
  });

  test('paging faults reach SCIM lists', async () => {
    await start();
    standIn.faults.add({ kind: 'empty-page' });
    expect((await scim.ask('GET', '/Users')).body).toMatchObject({ totalResults: 3, Resources: [] });
    standIn.faults.add({ kind: 'filter-ignored' });
    expect(await scim.find('/Users', 'userName eq "ben@acme.test"')).toHaveLength(3);
    standIn.faults.add({ kind: 'missing-field', field: 'active' });
    expect((await scim.find('/Users', 'externalId eq "e1"'))[0]).not.toHaveProperty('active');
    standIn.faults.add({ kind: 'throttled' });
    const { status, headers } = await scim.ask('GET', '/Users');
    expect([status, headers.get('retry-after')]).toEqual([429, null]);
  });
});
