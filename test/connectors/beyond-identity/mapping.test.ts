import fc from 'fast-check';
import { optionsSchema } from '../../../connectors/beyond-identity/config';
import {
  canBeUsername,
  createBody,
  identitySchema,
  isLivePasskey,
  isOpenJob,
  liveToken,
  oneIdentitySchema,
  pageSchemas,
  partsOfPair,
  patchBody,
  roleMembersSchema,
  toAccount,
  toLive,
  toRole,
  usernameFilter,
  type Identity,
} from '../../../connectors/beyond-identity/mapping';

const identity: Identity = identitySchema.parse({
  id: 'e372db224c06e850',
  display_name: 'Anna Eriksen',
  status: 'active',
  traits: {
    type: 'traits_v0',
    username: 'aeriksen',
    primary_email_address: 'anna@example.test',
    external_id: 'e1042',
    given_name: 'Anna',
    title: 'SRE',
  },
});

test('an identity becomes an account; suspended means disabled here', () => {
  expect(toAccount(identity)).toEqual({
    id: 'e372db224c06e850',
    username: 'aeriksen',
    enabled: true,
    vendorState: 'active',
    email: 'anna@example.test',
    displayName: 'Anna Eriksen',
    externalId: 'e1042',
  });
  expect(toAccount({ ...identity, status: 'suspended' })).toMatchObject({ enabled: false, vendorState: 'suspended' });
});

test('a status that is missing or new decides nothing', () => {
  const { status: _status, ...hidden } = identity;
  expect(toAccount(hidden)).not.toHaveProperty('enabled');
  const archived = toAccount({ ...identity, status: 'archived' });
  expect(archived.vendorState).toBe('archived');
  expect(archived).not.toHaveProperty('enabled');
});

test('states are compared case aside, and the word is shown as the vendor wrote it', () => {
  expect(toAccount({ ...identity, status: 'SUSPENDED' })).toMatchObject({ enabled: false, vendorState: 'SUSPENDED' });
  expect(toAccount({ ...identity, status: 'Active' })).toMatchObject({ enabled: true, vendorState: 'Active' });
  expect(isLivePasskey({ id: 'c', state: 'revoked' })).toBe(false);
  expect(isLivePasskey({ id: 'c', state: null })).toBe(true);
  expect(isOpenJob({ id: 'j', state: 'complete' })).toBe(false);
  expect(isOpenJob({ id: 'j', state: null })).toBe(true);
});

test('ids may be counted, and what is optional may be null', () => {
  const counted = identitySchema.parse({ ...identity, id: 42, traits: { ...identity.traits, type: null } });
  expect(toAccount(counted).id).toBe('42');
  expect(patchBody(counted, { email: 'n@example.test' })).toMatchObject({
    identity: { traits: { type: 'traits_v0' } },
  });
  const key = { id: 7, identity_id: 42, state: null, create_time: null };
  const [read] = pageSchemas.credentials.parse({ credentials: [key], total_size: null }).credentials;
  expect(read).toMatchObject({ id: '7', identity_id: '42' });
  expect(read === undefined ? read : toLive('passkey', read)).toEqual({ id: '7', kind: 'passkey' });
  const token = pageSchemas.tokens.parse({ tokens: [{ id: 9, principal_id: null, issued_at: null }] }).tokens[0];
  expect(token === undefined ? token : liveToken('app', token)).toEqual({ id: 'app/9', kind: 'token' });
});

test('a list that is null or absent is empty only where its total says so', () => {
  for (const empty of [{ groups: null, total_size: 0 }, { total_size: 0 }])
    expect(pageSchemas.groups.parse(empty).groups).toEqual([]);
  for (const unclear of [{}, { groups: null }, { groups: null, total_size: null }, { total_size: 2 }, null, []])
    expect(pageSchemas.groups.safeParse(unclear).success).toBe(false);
  const one = { identities: null, total_identities_size: 0, groups: [{ id: 'g' }], total_groups_size: 1 };
  expect(roleMembersSchema.parse(one)).toMatchObject({ identities: [], groups: [{ id: 'g' }] });
  expect(roleMembersSchema.safeParse({ ...one, total_identities_size: 1 }).success).toBe(false);
});

test('one identity is accepted bare and wrapped', () => {
  expect(oneIdentitySchema.parse(identity)).toEqual(identity);
  expect(oneIdentitySchema.parse({ identity })).toEqual(identity);
  expect(oneIdentitySchema.safeParse({ identity: { id: 'x' } }).success).toBe(false);
});

test('a filter cannot be broken out of, whatever the name', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const [, quoted] = /^traits\.username eq (.*)$/s.exec(usernameFilter(name)) ?? [];
      expect(JSON.parse(quoted ?? '')).toBe(name);
    }),
  );
});

test('names that the vendor cannot hold are told apart', () => {
  expect(canBeUsername('anna.eriksen+adm@example.test')).toBe(true);
  expect(canBeUsername('ACME\\aeriksen')).toBe(false);
  expect(canBeUsername('x'.repeat(65))).toBe(false);
  expect(canBeUsername('')).toBe(false);
});

test('a PATCH says only what differs, always with the type of the traits', () => {
  const changes = { email: 'new@example.test', givenName: 'Anna', attributes: { title: 'Lead' } };
  expect(patchBody(identity, changes)).toEqual({
    identity: { traits: { type: 'traits_v0', primary_email_address: 'new@example.test', title: 'Lead' } },
  });
  expect(patchBody(identity, { displayName: 'Anna E.' })).toEqual({ identity: { display_name: 'Anna E.' } });
  expect(patchBody(identity, { username: 'aeriksen', externalId: 'e1042' })).toBeUndefined();
});

test('after its own PATCH was applied nothing is left to change', () => {
  const text = fc.option(fc.string({ minLength: 1 }), { nil: undefined });
  const someChanges = fc.record({ username: text, email: text, givenName: text, familyName: text, externalId: text });
  fc.assert(
    fc.property(someChanges, (given) => {
      const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const body = patchBody(identity, changes) as { identity: Partial<Identity> } | undefined;
      const traits = { ...identity.traits, ...body?.identity.traits };
      const after = { ...identity, ...body?.identity, traits };
      expect(patchBody(after, changes)).toBeUndefined();
      expect(after.traits['title']).toBe('SRE');
    }),
  );
});

test('a new identity carries the traits of seed 004', () => {
  expect(createBody({ username: 'new', email: 'new@example.test', displayName: 'N' })).toEqual({
    identity: {
      display_name: 'N',
      traits: { type: 'traits_v0', username: 'new', primary_email_address: 'new@example.test' },
    },
  });
});

test('only a passkey that is surely revoked and a link that is surely closed count as ended', () => {
  expect(isLivePasskey({ id: 'c', state: 'ACTIVE' })).toBe(true);
  expect(isLivePasskey({ id: 'c', state: 'REVOKED' })).toBe(false);
  expect(isLivePasskey({ id: 'c' })).toBe(true);
  for (const state of ['LINK_SENT', 'LINK_OPENED', 'REQUEST_DELIVERED', 'SOMETHING_NEW'])
    expect(isOpenJob({ id: 'j', state })).toBe(true);
  for (const state of ['COMPLETE', 'EXPIRED', 'FAILED_TO_SEND', 'REVOKED'])
    expect(isOpenJob({ id: 'j', state })).toBe(false);
  expect(isOpenJob({ id: 'j' })).toBe(true);
});

test('the id of a role leads back to its resource server', () => {
  const role = toRole('server-1', { id: 'role-1', display_name: 'Help desk' });
  expect(role).toEqual({ kind: 'role', id: 'server-1/role-1', name: 'Help desk' });
  expect(partsOfPair(role.id)).toEqual({ owner: 'server-1', own: 'role-1' });
  expect(partsOfPair('alone').owner).toBe('');
});

test('options have defaults and refuse ids with a slash', () => {
  expect(optionsSchema.parse({})).toMatchObject({ pageSize: 200, roles: true, resourceServers: [], applications: [] });
  expect(optionsSchema.safeParse({ applications: ['a/b'] }).success).toBe(false);
  expect(optionsSchema.safeParse({ pageSize: 201 }).success).toBe(false);
});
