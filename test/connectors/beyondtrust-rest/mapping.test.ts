import fc from 'fast-check';
import { optionsSchema, writableFields } from '../../../connectors/beyondtrust-rest/config';
import {
  alreadyHas,
  createBody,
  groupsSchema,
  isAbridged,
  membershipsWithout,
  replacement,
  sideEffect,
  toAccount,
  userSchema,
  usersSchema,
  type User,
} from '../../../connectors/beyondtrust-rest/mapping';

const options = optionsSchema.parse({});

const whole: User = userSchema.parse({
  id: 42,
  username: 'jdoe',
  display_name: 'Jane Doe',
  email_address: 'jdoe@example.test',
  enabled: true,
  account_type: 'local',
  group_memberships: [5, 6],
  public_key: null,
  locale: 'en-US',
  last_login: '2026-01-02T03:04:05Z',
  created_at: '2020-01-02T03:04:05Z',
});
const without = (field: string): User => {
  const { [field]: _gone, ...rest } = whole;
  return rest as User;
};

/** Any user that a deployment might answer: every documented field, and fields that nobody has told us of. */
const anyUser = fc
  .record({
    known: fc.record({
      id: fc.nat(),
      username: fc.string({ minLength: 1 }),
      display_name: fc.option(fc.string()),
      email_address: fc.option(fc.string()),
      enabled: fc.boolean(),
      account_type: fc.constantFrom('local', 'LDAP', 'SAML', 'RADIUS'),
      group_memberships: fc.uniqueArray(fc.nat()),
      public_key: fc.option(fc.string()),
      locale: fc.option(fc.string()),
    }),
    extra: fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{0,12}$/), fc.jsonValue()),
  })
  .map(({ known, extra }) => userSchema.parse({ ...extra, ...known }));

test('a replacement changes exactly the owned field and sends everything else back as it was read', () => {
  fc.assert(
    fc.property(anyUser, fc.boolean(), (user, enabled) => {
      const put = replacement(user, { enabled }, options);
      const { password: _never, ...expected }: Record<string, unknown> = { ...user, enabled };
      expect(put).toEqual({ body: expected });
    }),
  );
});

test('taking memberships away leaves the others in their order and touches no other field', () => {
  fc.assert(
    fc.property(anyUser, fc.func(fc.boolean()), (user, chosen) => {
      const going = new Set((user.group_memberships ?? []).filter((id) => chosen(id)).map(String));
      const owned = { group_memberships: membershipsWithout(user, going) };
      const put = replacement(user, owned, options);
      if (!('body' in put)) throw new Error('refused although everything is known');
      const left = (user.group_memberships ?? []).filter((id) => !going.has(String(id)));
      const { password: _never, ...expected }: Record<string, unknown> = { ...user, group_memberships: left };
      expect(put.body).toEqual(expected);
    }),
  );
});

test('a field that was not shown is never reset: the write is refused and names it', () => {
  const hiding = fc.subarray([...writableFields], { minLength: 1 });
  fc.assert(
    fc.property(anyUser, hiding, (user, hidden) => {
      const shown = Object.fromEntries(Object.entries(user).filter(([field]) => !(hidden as string[]).includes(field)));
      const put = replacement(shown as User, { enabled: false }, options);
      const expected = hidden.filter((field) => field !== 'enabled');
      expect(put).toEqual(
        expected.length > 0 ? { unknown: expected } : { body: { ...shown, enabled: false, password: undefined } },
      );
    }),
  );
});

test('a null flag is not shown; a null text is a value, and a null list an empty one', () => {
  expect(replacement({ ...whole, enabled: null }, { locale: 'nb-NO' }, options)).toEqual({ unknown: ['enabled'] });
  const put = replacement({ ...whole, group_memberships: null }, { enabled: false }, options);
  expect(put).toMatchObject({ body: { group_memberships: null } });
  expect(alreadyHas({ ...whole, group_memberships: null }, { group_memberships: [] })).toBe(true);
  expect(isAbridged({ ...whole, group_memberships: null })).toBe(false);
  const nulls = { ...whole, email_address: null, public_key: null, locale: null, display_name: null };
  expect(replacement(nulls, { enabled: false }, options)).toMatchObject({ body: { email_address: null } });
});

test('the reset of an unseen field is allowed only where the target says so', () => {
  const user = without('public_key');
  expect(replacement(user, { enabled: false }, options)).toEqual({ unknown: ['public_key'] });
  const put = replacement(user, { enabled: false }, { ...options, mayReset: ['public_key'] });
  expect(put).toEqual({ body: { ...user, enabled: false } });
});

test('a password that an answer leaks is not sent back', () => {
  const put = replacement({ ...whole, password: 'S3cur3!' }, { enabled: false }, options);
  expect(JSON.stringify(put)).not.toContain('S3cur3!');
});

test('read-only fields can be left out', () => {
  const put = replacement(whole, { enabled: false }, { ...options, readOnlyFields: 'omit' });
  if (!('body' in put)) throw new Error('refused');
  expect(Object.keys(put.body).sort()).toEqual([...writableFields].sort());
});

test('what the answer does not show stays unknown in the account', () => {
  expect(toAccount({ id: 42, username: 'jdoe' }, options)).toEqual({ id: '42', username: 'jdoe' });
  const nulls = { id: 42, username: 'jdoe', enabled: null, group_memberships: null, email_address: null };
  expect(toAccount(nulls, options)).toEqual({ id: '42', username: 'jdoe', grants: [] });
});

test('a field that no user of the server has is left out; a required one never is', () => {
  const isKept = (field: string) => field !== 'public_key';
  const user = without('public_key');
  expect(replacement(user, { enabled: false }, options, isKept)).toEqual({ body: { ...user, enabled: false } });
  const nameless = without('display_name');
  expect(replacement(nameless, { enabled: false }, options, () => false)).toEqual({ unknown: ['display_name'] });
});

test('what a write changed beside its own fields is told, but for what the vendor counts and dates by itself', () => {
  const before = { ...whole, status: 'active', row_version: 4 };
  const after = { ...before, enabled: false, group_memberships: [5], status: 'inactive', row_version: 5 };
  const owned = { enabled: false };
  expect(sideEffect(before, after, owned)).toEqual({ writable: ['group_memberships'], other: ['status'] });
  const same = { ...whole, enabled: false, group_memberships: ['6', '5'], public_key: '', last_login: null };
  expect(sideEffect(whole, same, owned)).toEqual({ writable: [], other: [] });
  const { locale: _hidden, ...less } = same;
  expect(sideEffect(whole, less as User, owned)).toEqual({ writable: [], other: [] });
});

test('rows that are null or absent are nobody only where the total says so', () => {
  expect(usersSchema.parse({ users: null, total: 0 })).toMatchObject({ users: [] });
  expect(usersSchema.parse({ total: 0 })).toMatchObject({ users: [] });
  expect(usersSchema.parse({ users: [whole], total: null })).toMatchObject({ users: [whole] });
  for (const unclear of [{}, { users: null }, { users: null, total: 3 }, [], null])
    expect(usersSchema.safeParse(unclear).success).toBe(false);
  expect(groupsSchema.parse({ groups: null, total: 0 })).toMatchObject({ groups: [] });
  expect(groupsSchema.safeParse({ groups: null }).success).toBe(false);
});

test('a whole user becomes an account with its groups', () => {
  expect(toAccount(whole, options, new Map([['5', 'Admins']]))).toEqual({
    id: '42',
    username: 'jdoe',
    enabled: true,
    vendorState: 'enabled=true',
    email: 'jdoe@example.test',
    displayName: 'Jane Doe',
    kind: 'person',
    grants: [{ entitlement: { kind: 'group', id: '5', name: 'Admins' } }, { entitlement: { kind: 'group', id: '6' } }],
  });
});

test('the account type tells whether a directory owns the fields, or nobody stands behind the account', () => {
  const typed = (account_type: string) => toAccount({ ...whole, account_type }, options);
  expect(typed('LDAP')).toMatchObject({ kind: 'person', ownedByDirectory: 'LDAP' });
  expect(typed('SAML').ownedByDirectory).toBe('SAML');
  expect(typed('Local')).not.toHaveProperty('ownedByDirectory');
  expect(typed('Service')).toMatchObject({ kind: 'service' });
  expect(typed('Service')).not.toHaveProperty('ownedByDirectory');
});

test('memberships are the same whatever their order and whether ids are numbers or digits', () => {
  expect(alreadyHas(whole, { group_memberships: ['6', '5'] })).toBe(true);
  expect(alreadyHas(whole, { group_memberships: [5] })).toBe(false);
  expect(alreadyHas(without('group_memberships'), { group_memberships: [] })).toBe(false);
  expect(alreadyHas(whole, { enabled: true })).toBe(true);
  expect(alreadyHas(without('enabled'), { enabled: false })).toBe(false);
});

test('a row with less than e-mail, state and memberships is abridged', () => {
  expect(isAbridged(whole)).toBe(false);
  expect(isAbridged({ ...whole, email_address: null })).toBe(false);
  for (const field of ['email_address', 'enabled', 'group_memberships']) expect(isAbridged(without(field))).toBe(true);
});

test('a new user has the configured account type unless policy gives another one', () => {
  const wanted = { username: 'new', givenName: 'N', familyName: 'Ew', initialPassword: 'once' };
  const body = { account_type: 'local', username: 'new', display_name: 'N Ew', password: 'once' };
  expect(createBody(wanted, options)).toEqual(body);
  const ldap = createBody({ username: 'new', attributes: { account_type: 'LDAP' } }, options);
  expect(ldap).toEqual({ account_type: 'LDAP', username: 'new', display_name: 'new' });
});

test('options have defaults and refuse what they do not know', () => {
  expect(options).toMatchObject({ pageSize: 100, memberRemove: 'put', mayReset: [], tokenLifetime: 'PT1H' });
  expect(optionsSchema.safeParse({ memberRemoval: 'put' }).success).toBe(false);
  expect(optionsSchema.safeParse({ mayReset: ['password'] }).success).toBe(false);
});
