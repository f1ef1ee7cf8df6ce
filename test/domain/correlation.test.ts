import { contradictionOf, keysOf, matchesAmong, sameText, spellingsOf } from '../../domain/correlation';

const composed = 'jos\u00e9@acme.test';
const decomposed = 'jose\u0301@acme.test';
const rule = { by: ['externalId', 'username', 'email'] as const, extraUsernames: [] };

test('names are the same whatever their case and however their accents are stored', () => {
  expect(sameText(composed, decomposed)).toBe(true);
  expect(sameText('JOSE\u0301@ACME.TEST', composed)).toBe(true);
  expect(sameText('jose@acme.test', composed)).toBe(false);
  expect(sameText(undefined, undefined)).toBe(false);
});

test('an account that the vendor names in the other form is the person’s, and nothing speaks against it', () => {
  const person = { id: '\u00e91', username: composed, email: composed };
  const keys = keysOf({ ...person, aliases: [decomposed] }, rule);
  expect(keys.username).toEqual([composed]);
  const account = { id: '1', username: decomposed, email: decomposed, externalId: 'e\u03011:adm' };
  expect(matchesAmong([account], keys)).toEqual([{ account, by: ['externalId', 'username', 'email'] }]);
  expect(contradictionOf(account, person, keys)).toBeUndefined();
});

test('a plain name is asked for in one way, others in each that a vendor may tell apart', () => {
  expect(spellingsOf('anna@acme.test')).toEqual(['anna@acme.test']);
  expect(spellingsOf('Anna')).toEqual(['Anna', 'anna']);
  expect(spellingsOf('Jos\u00e9')).toEqual(['Jos\u00e9', 'jos\u00e9', 'jose\u0301']);
});
