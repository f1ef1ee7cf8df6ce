import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { vendors } from '../connectors/registry';
import { standInTypes } from '../sandbox';

const root = path.resolve(__dirname, '..');
const rooms = [
  'activities',
  'bench',
  'cli',
  'client',
  'connectors',
  'domain',
  'policy',
  'sandbox',
  'sources',
  'store',
  'workers',
  'workflows',
  'test',
] as const;

/** Who may import whom, as room names; `type:` allows a type-only import. Packages are the linter's business. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  workflows: ['domain', 'type:activities'],
  connectors: ['domain'],
  policy: ['domain'],
  // HR systems: read through the HTTP room of the connectors, and free of Temporal as these are.
  sources: ['domain', 'connectors/http', 'connectors/errors', 'type:connectors', 'connectors/target-schema'],
  activities: ['domain', 'store', 'connectors/connector', 'connectors/errors', 'type:workflows', 'type:sources'],
  store: ['domain'],
  sandbox: [],
  client: ['domain', 'workflows', 'workflows/messages', 'type:sources'],
  cli: [
    'client',
    'workers',
    'sandbox',
    'sources',
    'store',
    'domain',
    'workflows/messages',
    'type:activities',
    'type:policy',
    'type:workflows',
    'type:connectors',
  ],
  // The workflows themselves are only named by their path, for the bundler.
  workers: ['activities', 'connectors', 'domain', 'policy', 'sources', 'store', 'workflows'],
  bench: [
    'workers',
    'sandbox',
    'client',
    'domain',
    'store',
    'workflows/messages',
    'type:connectors',
    'connectors',
    'activities',
    'workflows',
  ],
};

const hardLimit = 350;

function filesOf(room: string): readonly string[] {
  const folder = path.join(root, room);
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file) && statSync(path.join(folder, file)).isFile())
        .map((file) => path.join(room, file))
    : [];
}

function importsOf(file: string): readonly { readonly to: string; readonly typeOnly: boolean }[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = [
    ...text.matchAll(/^(?:import|export)\s+(type\s+)?[^'"]*?from\s+'(\.[^']+)'/gms),
    ...text.matchAll(/\b()require(?:\.resolve)?\('(\.[^']+)'\)/g),
  ];
  return found.map((match) => ({
    to: path.relative(root, path.resolve(root, path.dirname(file), match[2] ?? '')),
    typeOnly: match[1] !== undefined && match[1] !== '',
  }));
}

describe('the house', () => {
  test.each(Object.keys(mayImport))('%s imports only what it may', (room) => {
    const allowed = mayImport[room] ?? [];
    const wrong = filesOf(room).flatMap((file) =>
      importsOf(file)
        .filter(({ to, typeOnly }) => {
          const target = to.split(path.sep)[0] ?? '';
          if (target === room || !(rooms as readonly string[]).includes(target)) return false;
          const fits = (rule: string) => to === rule || to.startsWith(`${rule}/`);
          return !allowed.some((rule) =>
            rule.startsWith('type:') ? typeOnly && fits(rule.slice('type:'.length)) : fits(rule),
          );
        })
        .map(({ to }) => `${file} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  test('one vendor never imports another but the code they openly share', () => {
    const shared = ['http', 'scim', 'cyberark-pvwa'];
    const wrong = filesOf('connectors').flatMap((file) => {
      const [, own] = file.split(path.sep);
      return importsOf(file)
        .map(({ to }) => to.split(path.sep))
        .filter(
          ([room, other, rest]) =>
            room === 'connectors' &&
            rest !== undefined &&
            other !== own &&
            !shared.includes(other ?? '') &&
            !/^connectors.registry\.ts$/.test(file),
        )
        .map((to) => `${file} imports ${to.join('/')}`);
    });
    expect(wrong).toEqual([]);
  });

  test('axios is spoken in connectors/http alone', () => {
    const speakers = filesOf('connectors').filter((file) =>
      /from 'axios'/.test(readFileSync(path.join(root, file), 'utf8')),
    );
    expect(speakers.every((file) => file.startsWith(path.join('connectors', 'http')))).toBe(true);
    expect(
      [...filesOf('workflows'), ...filesOf('activities'), ...filesOf('client'), ...filesOf('workers')].filter((file) =>
        /from 'axios'/.test(readFileSync(path.join(root, file), 'utf8')),
      ),
    ).toEqual([]);
  });

  test(`no file is longer than ${hardLimit} lines`, () => {
    const long = rooms
      .flatMap((room) => filesOf(room))
      .filter((file) => readFileSync(path.join(root, file), 'utf8').split('\n').length > hardLimit);
    expect(long).toEqual([]);
  });

  test.each(Object.keys(vendors))('%s has a README, a stand-in and a conformance test', (type) => {
    expect(existsSync(path.join(root, 'connectors', type, 'README.md'))).toBe(true);
    expect(standInTypes as readonly string[]).toContain(type);
    expect(existsSync(path.join(root, 'test', 'connectors', type, 'conformance.test.ts'))).toBe(true);
  });

  test('names nobody else has to guess: no utils, helpers, common, shared', () => {
    const vague = rooms
      .flatMap((room) => filesOf(room))
      .filter((file) => /(^|[/\\])(utils?|helpers?|common|shared)([/\\.]|$)/i.test(file));
    expect(vague).toEqual([]);
  });

  test('no test is skipped, and no product code is unfinished', () => {
    const files = execFileSync(
      'git',
      ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.js', '*.mjs'],
      { cwd: root, encoding: 'utf8' },
    ).split('\n');
    const read = (file: string) =>
      existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : '';
    const skipped = files.filter(
      (file) =>
        file.startsWith('test/') &&
        file !== 'test/house.test.ts' &&
        /\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(/.test(read(file)),
    );
    const unfinished = files.filter(
      (file) => file !== '' && !file.startsWith('test/') && /\b(?:TODO|FIXME|XXX|not implemented)\b/i.test(read(file)),
    );
    expect({ skipped, unfinished }).toEqual({ skipped: [], unfinished: [] });
  });
});
