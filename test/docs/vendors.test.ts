import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openConnector, vendors } from '../../connectors/registry';
import { targetSchema } from '../../connectors/target-schema';
import { Secret } from '../../domain/secret';

const root = `${__dirname}/../..`;
const page = readFileSync(`${root}/docs/reference/vendors.md`, 'utf8');
const types = Object.keys(vendors);

/** What the label of a row means in a target's configuration. */
const configurations: Readonly<Record<string, object>> = {
  'options.applications': { options: { applications: ['app-1'] } },
  'options.safes': { options: { safes: true } },
  scim: { scim: { baseUrl: 'https://vendor.test/scim/v2', auth: { token: '${env:X}' } } },
  'options.deletion: disables': { options: { deletion: 'disables' } },
};

const words = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '');
const tables = page.split(/\n\n/).filter((block) => block.startsWith('| '));
const rowsOf = (table = '') =>
  table
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const [abilities = '', steps = '', keeping = '', making = ''] = tables;

function connectorFor(type: string, label: string | undefined) {
  const auth = type === 'cyberark-pam-self-hosted' ? { username: 'u', password: '${env:X}' } : { token: '${env:X}' };
  const extra = label === undefined ? {} : configurations[label];
  if (extra === undefined) throw new Error(`the page names a configuration that this test does not know: ${label}`);
  const schema = targetSchema((reference) => new Secret(reference, () => 'x'));
  return openConnector(schema.parse({ id: 't', type, baseUrl: 'https://vendor.test/api', auth, ...extra }));
}

test.each(rowsOf(abilities).map((row) => [words(row[0]).join(' with '), row] as const))(
  '%s: the page is what the connector says',
  (_name, row) => {
    const [type = '', label] = words(row[0]);
    const connector = connectorFor(type, label);
    const { grants, unsupported, deletion, tokenLifetime, searchableBy } = connector.abilities;
    const drains = (['sessions', 'checkouts', 'credentials'] as const).filter((name) => connector[name] !== undefined);
    expect(row.slice(1).map((cell) => [...words(cell)].sort())).toEqual(
      [
        ...[grants, drains, [deletion], [tokenLifetime], searchableBy, Object.keys(unsupported)],
        connector.members?.kinds ?? [],
      ].map((cell) => [...cell].sort()),
    );
  },
);

test('both tables have every vendor of the registry, and no other', () => {
  expect([...new Set(rowsOf(abilities).map((row) => words(row[0])[0]))]).toEqual(types);
  expect(rowsOf(steps).map((row) => words(row[0])[0])).toEqual(types);
});

test.each(rowsOf(keeping).map((row) => [words(row[0])[0] ?? '', row] as const))(
  '%s: what it keeps of a person, and whether it gets a password, is what the connector says',
  (type, row) => {
    const { abilities: able, firstSignIn } = connectorFor(type, undefined);
    const { password } = firstSignIn({ username: 'aeriksen' });
    expect(row.slice(1).map((cell) => [...words(cell)].sort())).toEqual(
      [able.keeps, able.namedOnly ?? [], password === undefined ? [] : ['sent']].map((cell) => [...cell].sort()),
    );
  },
);

test('the tables of joiner and mover have every vendor as well', () => {
  for (const table of [keeping, making]) expect(rowsOf(table).map((row) => words(row[0])[0])).toEqual(types);
});

test.each(types)('%s: what a connector cannot do is drained, or named with what a person does', (type) => {
  const connector = connectorFor(type, undefined);
  for (const [ability, advice] of Object.entries(connector.abilities.unsupported)) {
    expect([ability, advice]).toEqual([
      ability,
      expect.stringMatching(/\bperson\b|nothing to hand over|by their own target/),
    ]);
    expect(connector.abilities.grants).not.toContain(ability);
    if (ability === 'sessions' || ability === 'checkouts' || ability === 'credentials')
      expect(connector[ability]).toBeUndefined();
  }
});

test.each(types)('%s has a page that explains every option of its schema', (type) => {
  const text = withLinkedPages(`${root}/connectors/${type}/README.md`);
  const options = (vendors[type as keyof typeof vendors].options as unknown as { shape: Record<string, unknown> })
    .shape;
  expect(Object.keys(options).filter((name) => !new RegExp(`\`${name}[.\`]`).test(text))).toEqual([]);
});

/** A page and those of the rooms that it shares code with, such as `../cyberark-pvwa/README.md`. */
function withLinkedPages(file: string): string {
  const text = readFileSync(file, 'utf8');
  const links = [...text.matchAll(/\]\((\.\.\/[\w-]+\/README\.md)\)/g)].map(([, link]) => link ?? '');
  return [text, ...links.map((link) => readFileSync(path.join(path.dirname(file), link), 'utf8'))].join('\n');
}
