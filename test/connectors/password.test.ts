import fc from 'fast-check';
import { everyKind, generatePassword } from '../../connectors/password';

const kinds = fc.subarray([...everyKind], { minLength: 1 });

test('every password has the length that the rule says, and something of every kind, and nothing else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 12, max: 128 }), kinds, (length, some) => {
      const password = generatePassword({ length, kinds: some });
      expect(password).toHaveLength(length);
      for (const kind of some) expect([...password].some((letter) => kind.includes(letter))).toBe(true);
      for (const letter of password) expect(some.join('')).toContain(letter);
    }),
  );
});

test('no kind has a place of its own: the first letters of many passwords are of every kind', () => {
  const firsts = Array.from({ length: 500 }, () => generatePassword({ length: 16, kinds: everyKind }).charAt(0));
  for (const kind of everyKind) expect(firsts.some((letter) => kind.includes(letter))).toBe(true);
});

test('none comes twice, and no letter stands for another', () => {
  const made = Array.from({ length: 2_000 }, () => generatePassword({ length: 20, kinds: everyKind }));
  expect(new Set(made).size).toBe(made.length);
  expect(made.join('')).not.toMatch(/[0O1lI]/);
});
