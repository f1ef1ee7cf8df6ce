import fc from 'fast-check';
import { pvwaOptions } from '../../../connectors/cyberark-pvwa';
import { changedFields, userSchema } from '../../../connectors/cyberark-pvwa/mapping';
import { nestedFields, writableFields } from '../../../connectors/cyberark-pvwa/option';
import { alreadyHas, replacement } from '../../../connectors/cyberark-pvwa/replacement';

const options = pvwaOptions({ tokenLifetime: 'PT30M' }).parse({});
const flat = {
  ...{ id: 12, username: 'jdoe', userType: 'EPVUser', source: 'CyberArk', componentUser: false, suspended: true },
  ...{ firstName: 'John', lastName: 'Doe', email: 'jdoe@example.test', location: '\\Users', enableUser: true },
  ...{ changePassOnNextLogon: false, passwordNeverExpires: true, distinguishedName: '' },
  ...{ authenticationMethod: ['AuthTypePass'], groupsMembership: [], lastSuccessfulLoginDate: 5 },
};
const { firstName, lastName, email, ...shared } = flat;
const nested = {
  ...shared,
  personalDetails: { firstName, lastName, city: 'Oslo' },
  internet: { businessEmail: email, homePage: 'x' },
  ...{ description: '', expiryDate: 0, unAuthorizedInterfaces: [], vaultAuthorization: ['AddSafes'] },
  ...{ businessAddress: {}, phones: {} },
};
const readOnly = ['id', 'source', 'componentUser', 'lastSuccessfulLoginDate', 'groupsMembership', 'suspended'];

test.each([flat, nested])('everything read goes back but the read-only fields and the one that changes', (fields) => {
  const made = replacement(userSchema.parse(fields), { enableUser: false }, options);
  const expected = Object.fromEntries(Object.entries(fields).filter(([name]) => !readOnly.includes(name)));
  expect(made).toEqual({ body: { ...expected, enableUser: false } });
});

test('fields of a later version go back as they came', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{12,16}$/), fc.jsonValue()), (extra) => {
      const made = replacement(userSchema.parse({ ...flat, ...extra }), { enableUser: false }, options);
      expect('body' in made && made.body).toMatchObject(extra);
    }),
  );
});

test.each([...writableFields, ...nestedFields])('a nested user that does not show %s is not replaced', (field) => {
  const user = without(nested, field);
  const owned = field === 'enableUser' ? { location: '\\' } : { enableUser: false };
  expect(replacement(userSchema.parse(user), owned, options)).toEqual({ unknown: [field] });
  expect(replacement(userSchema.parse(user), owned, { ...options, mayReset: [field] })).toHaveProperty('body');
});

test('a field that the write owns need not be shown', () => {
  const { enableUser: _hidden, ...rest } = flat;
  expect(replacement(userSchema.parse(rest), { enableUser: false }, options)).toHaveProperty('body.enableUser', false);
});

test('empty and null texts are values, a null flag is not', () => {
  expect(
    replacement(userSchema.parse({ ...flat, email: null, location: '' }), { enableUser: false }, options),
  ).toHaveProperty('body.email', null);
  expect(
    replacement(userSchema.parse({ ...flat, passwordNeverExpires: null }), { enableUser: false }, options),
  ).toEqual({
    unknown: ['passwordNeverExpires'],
  });
});

test('a password never goes into a replace', () => {
  const made = replacement(userSchema.parse({ ...flat, initialPassword: 'leaked' }), { enableUser: false }, options);
  expect(JSON.stringify(made)).not.toContain('leaked');
});

test('a change keeps its neighbours in the nested shape', () => {
  const user = userSchema.parse(nested);
  const owned = changedFields(user, { familyName: 'Berg' }, 'flat');
  expect(owned).toEqual({ personalDetails: { firstName: 'John', lastName: 'Berg', city: 'Oslo' } });
  expect(alreadyHas(user, owned)).toBe(false);
  expect(alreadyHas(userSchema.parse({ ...nested, ...owned }), owned)).toBe(true);
});

/** Takes a field of the seed's words out of the nested shape. */
function without(user: typeof nested, field: string): object {
  const places: Readonly<Record<string, readonly [string, string]>> = {
    firstName: ['personalDetails', 'firstName'],
    lastName: ['personalDetails', 'lastName'],
    email: ['internet', 'businessEmail'],
  };
  const copy = structuredClone(user) as unknown as Record<string, Record<string, unknown>>;
  const [outer, inner] = places[field] ?? [];
  if (outer !== undefined && inner !== undefined) delete copy[outer]?.[inner];
  else delete copy[field];
  return copy;
}
