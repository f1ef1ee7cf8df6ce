import { scimOptions, standardQuirks } from '../../../connectors/scim';
import { activeOperation, fieldChanges, memberOperation, newUser, toAccount } from '../../../connectors/scim/mapping';
import { groupListSchema, providerSchema, userListSchema, userSchema } from '../../../connectors/scim/wire';
import type { User } from '../../../connectors/scim/wire';
import { startCyberArkIdentityScim } from '../../../sandbox/cyberark-identity-scim';
import { openConnector } from '../../../connectors/registry';
import { anna, crowd, failureOf, keysFor, neighbour } from '../conformance';
import { recordedCall, targetAt } from '../stand-in-target';
import { groupsOf, rig } from './rig';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
const started = async (given: Parameters<typeof rig>[0] = {}) => {
  const made = await rig(given);
  running.push(made.standIn);
  return made;
};
const userOf = (body: object): User => userSchema.parse({ id: 'u1', userName: 'anna', ...body });

test.each([
  ['path', {}],
  ['pathless', {}],
  ['string', { textBooleans: 'accepted' }],
] as const)('activeStyle %s disables', async (activeStyle, dialect) => {
  const { connector, call, standIn, account } = await started({ options: { activeStyle }, dialect });
  const { after } = await connector.setAccountEnabled(await account(), false, call);
  expect(after.enabled).toBe(false);
  expect(standIn.account(anna.username)?.enabled).toBe(false);
});

test('a server that takes "False" for nothing is found out', async () => {
  const { connector, call, account } = await started({
    ...{ options: { activeStyle: 'string' }, dialect: { textBooleans: 'ignored' } },
  });
  expect((await failureOf(connector.setAccountEnabled(await account(), false, call))).name).toBe('VendorIgnoredWrite');
});

test('capitalised operations, as servers built for Entra want them', async () => {
  const { connector, call, account, standIn } = await started({ options: { opCase: 'capitalised' } });
  await connector.setAccountEnabled(await account(), false, call);
  expect(standIn.account(anna.username)?.enabled).toBe(false);
});

test('a strict server gets its media type after one refusal, and from then on at once', async () => {
  const { connector, call, account, standIn } = await started({ dialect: { requestTypes: ['application/json'] } });
  const { after } = await connector.setAccountEnabled(await account(), false, call);
  await connector.setAccountEnabled(after, true, call);
  expect(standIn.requests.filter(({ write }) => write).map(({ status }) => status)).toEqual([415, 204, 200]);
});

test('a value array on a strict server wipes the group: the default never does that', async () => {
  const plain = await started({ dialect: { valueArrayRemove: 'wipes', bareMemberRemove: 'wipes' } });
  const target = await plain.account();
  await plain.connector.revoke(target, await plain.connector.listGrants(target, plain.call), plain.call);
  expect(plain.standIn.account(anna.username)?.groups).toEqual([]);
  expect(plain.standIn.account(neighbour.username)?.groups).toEqual(neighbour.groups);

  const lenient = await started({
    options: { memberRemove: 'value-array' },
    dialect: { valueArrayRemove: 'accepted', filterMemberRemove: 'refused' },
  });
  const other = await lenient.account();
  const results = await lenient.connector.revoke(
    other,
    await lenient.connector.listGrants(other, lenient.call),
    lenient.call,
  );
  expect(results.map(({ change }) => change)).toEqual(['done', 'done']);
  expect(lenient.standIn.account(neighbour.username)?.groups).toEqual(neighbour.groups);
});

test('a removal always names its member', () => {
  expect(memberOperation('remove', 'u"1', standardQuirks)).toEqual({ op: 'remove', path: 'members[value eq "u\\"1"]' });
  for (const memberRemove of ['filter', 'value-array'] as const)
    expect(() => memberOperation('remove', '', { ...standardQuirks, memberRemove })).toThrow('all members');
  expect(activeOperation(false, standardQuirks)).toEqual({ op: 'replace', path: 'active', value: false });
});

test('Delinea: every write carries the external id, so that no write makes a second user', async () => {
  const { connector, call, account, standIn } = await started({
    dialect: { missingExternalId: 'duplicates-on-write' },
  });
  const target = await account();
  await connector.setAccountEnabled(target, false, call);
  await connector.updateAccount(await account(), { displayName: 'Anna E.', givenName: 'A.' }, call);
  expect(standIn.accounts()).toHaveLength(3);
  const wanted = { username: 'new@acme.test', email: 'new@acme.test', displayName: 'New' };
  expect((await failureOf(connector.createAccount(wanted, call))).message).toContain('externalId');
  const made = await connector.createAccount({ ...wanted, externalId: 'e9' }, call);
  expect(made).toMatchObject({ ...wanted, externalId: 'e9', enabled: true });
  const again = await failureOf(connector.createAccount({ ...wanted, externalId: 'e9' }, call));
  expect(again).toMatchObject({ name: 'VendorConflict', message: expect.stringContaining(made.id) });
  expect(standIn.accounts()).toHaveLength(4);
});

test('on premises: a disabled user gets no groups, and the refusal says why', async () => {
  const { connector, call, account } = await started({ onPremises: true, options: { deletion: 'disables' } });
  const held = await connector.listGrants(await account(), call);
  const { after } = await connector.setAccountEnabled(await account(), false, call);
  const results = await connector.revoke(after, held, call);
  expect(results.map(({ change }) => change)).toEqual(['done', 'done']);
  const [group] = held;
  if (group === undefined) throw new Error('Anna holds groups');
  const refused = await failureOf(connector.grant(await account(), group.entitlement, call));
  expect(refused.name).toBe('VendorRejected');
  expect(refused.message).toContain('is disabled');
});

test('a delete that turns out to only disable is no proof, and says what to configure', async () => {
  const { connector, call, account } = await started({ onPremises: true });
  const error = await failureOf(connector.deleteAccount(await account(), call));
  expect(error).toMatchObject({ name: 'VendorIgnoredWrite', message: expect.stringContaining('deletion: disables') });
});

test('users that show no groups: the groups are asked instead', async () => {
  const { connector, call, standIn } = await started({ dialect: { usersShowGroups: false } });
  const { found } = await connector.findAccounts(keysFor(anna.username), call);
  const target = found[0]?.account;
  if (target === undefined) throw new Error('Anna is there');
  expect(target.grants).toBeUndefined();
  expect(groupsOf(await connector.listGrants(target, call))).toEqual(['Operators', 'Vault Admins']);
  const silent = { kind: 'missing-field', field: 'members', path: '^/Groups', times: 9 } as const;
  standIn.faults.add(silent);
  expect((await failureOf(connector.listGrants(target, call))).message).toContain('omittedMembers');
});

test('omittedMembers: none takes a group without a list for an empty one', async () => {
  const { connector, call, account, standIn } = await started({
    ...{ dialect: { usersShowGroups: false }, options: { omittedMembers: 'none' } },
  });
  const target = await account();
  standIn.faults.add({ kind: 'missing-field', field: 'members', path: '^/Groups', times: 9 });
  expect(await connector.listGrants(target, call)).toEqual([]);
});

test('CyberArk: filters mind the case, so the key is asked for as given and in lower case', async () => {
  const standIn = await startCyberArkIdentityScim({ people: [...crowd(3), anna] });
  running.push(standIn);
  const connector = openConnector(targetAt(standIn));
  const call = recordedCall();
  const { found } = await connector.findAccounts(keysFor('Anna.Eriksen@ACME.test'), call);
  expect(found.map(({ account }) => account.username)).toEqual([anna.username]);
  expect(standIn.requests.map(({ query }) => query['filter'])).toEqual([
    'userName eq "Anna.Eriksen@ACME.test"',
    'userName eq "anna.eriksen@acme.test"',
  ]);
  const wanted = { username: 'new', externalId: 'e9', email: 'new@acme.test' };
  expect((await failureOf(connector.createAccount(wanted, call))).message).toContain('initial password');
  const initialPassword = 'Planted-Pass-9';
  await connector.createAccount({ ...wanted, initialPassword }, call);
  expect(JSON.stringify(call.exchanges)).not.toContain(initialPassword);
});

test('reads names in any case, text booleans, and tells unknown from empty', () => {
  const account = (body: object) => toAccount(userOf(body), standardQuirks);
  expect(account({ Active: 'False', DisplayName: 'A', externalID: 7 })).toEqual({
    ...{ id: 'u1', username: 'anna', enabled: false, vendorState: 'active=false', displayName: 'A', externalId: '7' },
  });
  expect(account({ active: null, groups: null })).toEqual({ id: 'u1', username: 'anna' });
  expect(account({ groups: [] }).grants).toEqual([]);
  expect(account({ userType: 'Service' }).kind).toBe('service');
  expect(account({ emails: [{ value: 'b@x' }, { value: 'a@x', primary: true }] }).email).toBe('a@x');
  expect(account({ emails: ['c@x'] }).email).toBe('c@x');
  expect(() => userOf({ active: 'maybe' })).toThrow();
});

test('a list without rows is only empty when it says so', () => {
  expect(userListSchema.parse({ totalResults: '0', Resources: [] })).toEqual({ rows: [], total: 0 });
  expect(userListSchema.parse({ totalResults: 0 })).toEqual({ rows: [], total: 0 });
  expect(groupListSchema.parse({ totalResults: 3, startIndex: 4 })).toEqual({ rows: [], total: 3 });
  expect(userListSchema.safeParse({ totalResults: 3, startIndex: 1 }).success).toBe(false);
  expect(userListSchema.safeParse({ users: [] }).success).toBe(false);
});

test('numbers may be text and text may be numbers; what is not needed may be missing', () => {
  const body = {
    ...{ TotalResults: '1', STARTINDEX: '1', ItemsPerPage: 1 },
    RESOURCES: [{ ID: 7, UserName: 1042, Active: true, ExternalId: 9, Groups: [{ Value: 3, Display: 'Ops' }] }],
  };
  const { rows, total } = userListSchema.parse(body);
  expect([total, rows.map((user) => toAccount(user, standardQuirks))]).toMatchObject([
    1,
    [
      {
        id: '7',
        username: '1042',
        enabled: true,
        externalId: '9',
        grants: [{ entitlement: { id: '3', name: 'Ops' } }],
      },
    ],
  ]);
  expect(groupListSchema.parse({ totalResults: 1, resources: [{ id: 3, members: [{ value: 7 }] }] })).toMatchObject({
    rows: [{ id: '3', members: [{ value: '7' }] }],
  });
  expect(userListSchema.parse({ totalResults: '0', startIndex: 0, itemsPerPage: '0' })).toEqual({ rows: [], total: 0 });
  expect(userListSchema.parse({ totalResults: 0, Resources: null })).toEqual({ rows: [], total: 0 });
  for (const totalResults of ['', false, []]) expect(userListSchema.safeParse({ totalResults }).success).toBe(false);
  const provider = { Patch: { Supported: 'true' }, filter: { supported: true, maxResults: '200' }, bulk: null };
  expect(providerSchema.parse(provider)).toMatchObject({ patch: { supported: true } });
});

test('one field at a time, other addresses kept, extensions read back', () => {
  const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
  const before = userOf({
    emails: [
      { value: 'old@x', primary: true },
      { value: 'home@x', type: 'home' },
    ],
    [urn]: { department: 'Ops' },
  });
  const changes = fieldChanges({ email: 'new@x', attributes: { [`${urn}:department`]: 'Ops', title: 'SRE' } }, before);
  expect(changes.map(({ name, holds }) => [name, holds(before)])).toEqual([
    ['emails', false],
    [`${urn}:department`, true],
    ['title', undefined],
  ]);
  expect(changes[0]?.operation.value).toEqual([
    { value: 'new@x', type: 'work', primary: true },
    { value: 'home@x', type: 'home' },
  ]);
});

test('no password leaves where the vendor wants none, and options refuse what they do not know', () => {
  const wanted = { username: 'a', initialPassword: 'p', attributes: { title: 'T', userName: 'other' } };
  expect(newUser(wanted, standardQuirks)).toMatchObject({ userName: 'a', title: 'T' });
  expect(newUser(wanted, standardQuirks)).not.toHaveProperty('password');
  expect(newUser(wanted, { ...standardQuirks, password: 'accepted' })).toMatchObject({ password: 'p' });
  expect(scimOptions(standardQuirks).parse({})).toEqual(standardQuirks);
  expect(scimOptions(standardQuirks).safeParse({ memberremove: 'filter' }).success).toBe(false);
});
