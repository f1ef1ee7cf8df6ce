import {
  createBody,
  emailOf,
  groupGrantsOf,
  groupsSchema,
  isAbridged,
  liveSessionsOf,
  sessionsSchema,
  toAccount,
  userSchema,
  usersSchema,
} from '../../../connectors/cyberark-pvwa/mapping';
import { pvwaOptions } from '../../../connectors/cyberark-pvwa';
import { searchQuery } from '../../../connectors/cyberark-pvwa/wire';

const options = pvwaOptions({ tokenLifetime: 'PT30M' }).parse({});
const account = (fields: object) => toAccount(userSchema.parse({ id: 12, username: 'jdoe', ...fields }), options);

test('the row of seed 002 becomes an account, and what it does not show stays away', () => {
  const row = { id: 12, username: 'jdoe', userType: 'EPVUser', enableUser: true };
  expect(account(row)).toEqual({
    id: '12',
    username: 'jdoe',
    enabled: true,
    vendorState: 'enableUser=true',
    kind: 'person',
  });
  expect(isAbridged(userSchema.parse(row))).toBe(true);
});

test('flat and nested users read alike', () => {
  const flat = { firstName: 'John', lastName: 'Doe', email: 'jdoe@example.test' };
  const nested = {
    personalDetails: { firstName: 'John', lastName: 'Doe' },
    internet: { businessEmail: 'jdoe@example.test' },
  };
  expect(account(nested)).toEqual(account(flat));
  expect(account(flat)).toMatchObject({ displayName: 'John Doe', email: 'jdoe@example.test' });
});

test.each([
  [{ userType: 'EPVUser' }, 'person'],
  [{ userType: 'AIMAccount' }, 'service'],
  [{ userType: 'appprovider' }, 'service'],
  [{ userType: 'EPVUser', componentUser: true }, 'service'],
  [{}, undefined],
])('%j is of kind %s', (fields, kind) => expect(account(fields).kind).toBe(kind));

test.each([
  [{ source: 'CyberArk', distinguishedName: 'CN=pki' }, undefined],
  [{ source: 'LDAP' }, 'LDAP'],
  [{ source: 'LDAP', distinguishedName: 'CN=jdoe' }, 'LDAP CN=jdoe'],
  [{ distinguishedName: 'CN=jdoe' }, 'CN=jdoe'],
  [{ distinguishedName: '' }, undefined],
])('%j is owned by %s', (fields, directory) => expect(account(fields).ownedByDirectory).toBe(directory));

test('an answer without groups is not an answer with none', () => {
  expect(account({})).not.toHaveProperty('grants');
  expect(account({ groupsMembership: null })).not.toHaveProperty('grants');
  expect(account({ groupsMembership: [] }).grants).toEqual([]);
});

test('a directory’s group says whose it is', () => {
  const groupsMembership = [
    { groupID: 7, groupName: 'Vault admins', groupType: 'Vault' },
    { groupID: 8, groupName: 'AD admins', groupType: 'Directory' },
  ];
  const [own, mirrored] = groupGrantsOf(userSchema.parse({ id: 1, username: 'x', groupsMembership })) ?? [];
  expect(own).toEqual({ entitlement: { kind: 'group', id: '7', name: 'Vault admins' } });
  expect(mirrored?.ownedByDirectory).toBeDefined();
});

test.each([
  { groupID: 5, groupName: 'Auditors' },
  { groupId: '5', groupName: 'Auditors' },
  { id: 5, name: 'Auditors' },
  { value: '5', display: 'Auditors' },
])('a group of a user is read as %j', (group) => {
  expect(account({ groupsMembership: [group] }).grants).toEqual([
    { entitlement: { kind: 'group', id: '5', name: 'Auditors' } },
  ]);
});

test.each([[['Auditors']], [{ Auditors: 5 }], ['Auditors'], [[{ groupName: 'Auditors' }]], [[{ id: 5 }, 'Auditors']]])(
  'groups as %j are not shown, and the user is read all the same',
  (groupsMembership) => {
    expect(account({ groupsMembership, enableUser: true })).toMatchObject({ id: '12', enabled: true });
    expect(account({ groupsMembership })).not.toHaveProperty('grants');
  },
);

test('a field in a form that says nothing is not shown, and goes back as it came', () => {
  const odd = { userType: 7, email: ['j@example.test'], internet: 'none', enableUser: 'yes', personalDetails: 'John' };
  const user = userSchema.parse({ id: 12, username: 'jdoe', ...odd });
  expect(user).toMatchObject(odd);
  expect(emailOf(user)).toBeUndefined();
  expect(toAccount(user, options)).toEqual({ id: '12', username: 'jdoe' });
  expect(isAbridged(user)).toBe(true);
});

test('what says in words that it is a component is one', () => {
  expect(account({ userType: 'EPVUser', componentUser: 'True' }).kind).toBe('service');
  expect(account({ userType: 'EPVUser', componentUser: 'false' }).kind).toBe('person');
});

test.each([
  { value: [{ id: 5, groupName: 'Auditors' }], count: 1 },
  [{ id: 5, groupName: 'Auditors' }],
  { Groups: [{ groupId: 5, name: 'Auditors' }], Total: '1' },
  { UserGroups: [{ groupID: 5, groupName: 'Auditors' }], Total: -1 },
])('a listing of groups is read as %j', (body) => {
  expect(groupsSchema.parse(body).value).toMatchObject([{ id: 5, groupName: 'Auditors' }]);
});

test('a total in words counts, and one that is no count is none', () => {
  expect(usersSchema.parse({ Users: [], Total: '7' }).Total).toBe(7);
  expect(sessionsSchema.parse({ LiveSessions: [], Total: 'many' }).Total).toBeUndefined();
  expect(usersSchema.parse({ Users: [], Total: -1 }).Total).toBeUndefined();
  expect(groupsSchema.parse({ Groups: [], Total: '7' }).count).toBe(7);
});

test('a link to the next page that cannot be read is no end of the listing', () => {
  expect(groupsSchema.safeParse({ value: [], nextLink: { href: 'x' } }).success).toBe(false);
});

test('sessions are this user’s alone, and ended ones are none', () => {
  const LiveSessions = [
    {
      SessionID: '1',
      User: 'JDOE',
      Start: 1700000000,
      CanTerminate: true,
      RemoteMachine: 'web-1',
      AccountUsername: 'root',
    },
    { SessionID: '2', User: 'jdoe2' },
    { SessionID: '3', User: 'other', AccountUsername: 'jdoe' },
    { SessionID: '4', User: 'jdoe', IsLive: false },
    { SessionID: 5, User: 'jdoe' },
  ];
  expect(liveSessionsOf(sessionsSchema.parse({ LiveSessions }).LiveSessions, 'jdoe')).toEqual([
    { id: '1', kind: 'psm-session', since: '2023-11-14T22:13:20.000Z', endable: true, detail: 'as root on web-1' },
    { id: '5', kind: 'psm-session' },
  ]);
});

test('a new user is written flat or nested, beside what policy sets', () => {
  const wanted = {
    username: 'jdoe',
    email: 'j@example.test',
    givenName: 'John',
    initialPassword: 'x',
    attributes: { userType: 'BasicUser' },
  };
  const common = { username: 'jdoe', userType: 'BasicUser', enableUser: true, initialPassword: 'x' };
  expect(createBody(wanted, options)).toEqual({ ...common, firstName: 'John', email: 'j@example.test' });
  expect(createBody(wanted, { ...options, userShape: 'nested' })).toEqual({
    ...common,
    personalDetails: { firstName: 'John' },
    internet: { businessEmail: 'j@example.test' },
  });
});

test('a search never carries what PVWA refuses in a URL', () => {
  expect(searchQuery('jdoe', options)).toEqual({ Search: 'jdoe' });
  expect(searchQuery('j+adm@example.test', options)).toEqual({ Search: 'adm@example.test' });
  expect(searchQuery('jdoe', { ...options, findBy: 'filter' })).toEqual({ filter: 'userName eq jdoe' });
  expect(searchQuery('a&b', { ...options, findBy: 'filter' })).toEqual({ Search: 'a' });
  expect(searchQuery('+', options)).toEqual({});
});
