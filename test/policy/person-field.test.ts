import { readFileSync } from 'node:fs';
import { knownFields, unknownField } from '../../policy/person-field';

test('policies know every field that the domain knows of a person, and no other', () => {
  const source = readFileSync(`${__dirname}/../../domain/person.ts`, 'utf8');
  const body = /export interface Person \{([^]*?)\n\}/.exec(source)?.[1] ?? '';
  const fields = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
  expect(fields.length).toBeGreaterThan(10);
  expect(Object.keys(knownFields).sort()).toEqual(fields.sort());
});

test.each([
  ['departement', 'did you mean department?'],
  ['Department', 'did you mean department?'],
  ['emial', 'did you mean email?'],
  ['shoeSize', 'no field shoeSize; a field of your own'],
])('%s: %s', (name, said) => expect(unknownField(name, knownFields)).toContain(said));
