import { z } from 'zod';
import { openConnector, vendors } from '../../connectors/registry';
import { targetSchema } from '../../connectors/target-schema';
import { Secret } from '../../domain/secret';

const schema = targetSchema((reference) => new Secret(reference, () => 'play'));
const clientAuth = { tokenUrl: 'https://t.test/token', clientId: 'c', clientSecret: '${env:S}' };
const logOn = { username: 'svc', password: '${file:./p}' };
const plain = (type: string) => ({
  ...{ id: 'one', type, baseUrl: 'https://vendor.test/api/' },
  auth: type === 'cyberark-pam-self-hosted' ? logOn : clientAuth,
});

function problemsOf(entry: unknown): readonly string[] {
  const parsed = z.array(schema).safeParse([entry]);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test.each(Object.entries(vendors))('%s: a minimal target gets its defaults and opens', (type, vendor) => {
  expect(vendor.type).toBe(type);
  const target = schema.parse(plain(type));
  expect(target).toMatchObject({
    ...{ id: 'one', type, baseUrl: 'https://vendor.test/api', system: 'one', mode: 'full', tls: {} },
    limits: { requestsPerSecond: 10, concurrency: 4, timeoutMs: 30_000 },
    correlation: { by: ['externalId', 'username', 'email'], extraUsernames: [] },
  });
  expect(openConnector(target).type).toBe(type);
  expect(JSON.stringify(target)).not.toContain('play');
});

test('every problem is told at once, by its path', () => {
  const entry = {
    ...{ id: 'not an id', type: 'delinea-scim', baseUrl: 'http://vendor.test/scim', colour: 'red' },
    auth: { token: 'eyJhbGciOi-in-clear' },
    ...{ limits: { concurrency: 0, timeout: '30s' }, options: { opCase: 'upper', pageSize: 7 }, mode: 'all' },
  };
  const problems = problemsOf(entry);
  const paths = ['id', 'baseUrl', 'auth.token', 'limits.concurrency', 'limits.timeout', 'options.opCase', 'mode'];
  for (const path of paths) expect(problems.some((problem) => problem.startsWith(`0.${path}: `))).toBe(true);
  expect(problems).toContainEqual(expect.stringContaining('"colour"'));
  expect(problems).toContain('0.auth.token: write a reference, not the secret itself: ${env:NAME} or ${file:path}');
  expect(problems.join()).not.toContain('in-clear');
});

test('an unknown type names the known ones', () => {
  const [problem] = problemsOf(plain('okta'));
  expect(problem).toMatch(/^0\.type: must be one of beyondtrust-rest, .*delinea-scim$/);
});

test.each([
  ['delinea-scim', { token: '${env:T}' }, []],
  ['delinea-scim', logOn, ['0.auth.tokenUrl', '0.auth']],
  ['cyberark-pam-self-hosted', clientAuth, ['0.auth.username', '0.auth.password']],
  ['delinea-rest', undefined, ['0.auth.tokenUrl', '0.auth.clientId', '0.auth.clientSecret']],
])('%s with auth %j', (type, auth, expected) => {
  const problems = problemsOf({ ...plain(type), auth });
  for (const path of expected) expect(problems.some((problem) => problem.startsWith(path))).toBe(true);
  expect(problems.length > 0).toBe(expected.length > 0);
});

test('plain http is for the same machine only; a SCIM surface is for delinea-rest only', () => {
  expect(problemsOf({ ...plain('delinea-scim'), baseUrl: 'http://127.0.0.1:9/scim' })).toEqual([]);
  expect(problemsOf({ ...plain('delinea-scim'), baseUrl: 'https://u:p@v.test' })[0]).toContain('no credentials');
  const scim = { baseUrl: 'https://vendor.test/scim/v2', auth: { token: '${env:T}' } };
  expect(problemsOf({ ...plain('delinea-rest'), scim })).toEqual([]);
  expect(problemsOf({ ...plain('delinea-scim'), scim })[0]).toContain('scim');
});

test.each([1, 2])('minAdmins %i without adminGroups is refused: it would guard nothing', (minAdmins) => {
  expect(problemsOf({ ...plain('delinea-scim'), minAdmins })).toEqual([
    '0.minAdmins: counts members of adminGroups: name those too',
  ]);
  const named = { ...plain('delinea-scim'), minAdmins, adminGroups: ['Admins', { kind: 'role', name: 'Root' }] };
  expect(problemsOf(named)).toEqual([]);
  const groups = [{ name: 'Admins' }, { kind: 'role', name: 'Root' }];
  expect(schema.parse(named).administrators).toEqual({ groups, min: minAdmins });
});

test('adminGroups alone keep one administrator; none of them, or none to keep, is a mistake', () => {
  expect(schema.parse({ ...plain('delinea-scim'), adminGroups: ['Admins'] }).administrators).toEqual({
    groups: [{ name: 'Admins' }],
    min: 1,
  });
  expect(schema.parse(plain('delinea-scim'))).not.toHaveProperty('administrators');
  const [empty] = problemsOf({ ...plain('delinea-scim'), adminGroups: [] });
  expect(empty).toMatch(/^0\.adminGroups: /);
  const [none] = problemsOf({ ...plain('delinea-scim'), adminGroups: ['Admins'], minAdmins: 0 });
  expect(none).toMatch(/^0\.minAdmins: /);
});

test('paths are taken from where the configuration lies', () => {
  const resolveSecret = (reference: string): Secret => new Secret(reference, () => 'play');
  const placed = targetSchema({ resolveSecret, resolvePath: (path) => `/etc/tenure/${path}` });
  const target = placed.parse({ ...plain('delinea-scim'), tls: { caFile: 'ca.pem' } });
  expect(target.tls).toEqual({ caFile: '/etc/tenure/ca.pem' });
});
