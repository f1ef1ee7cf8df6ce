import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigProblems, loadConfig, settingsOf } from '../../../workers/config';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'tenure-config-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const target = (id: string, type: string, more = '') =>
  `  - { id: ${id}, type: ${type}, baseUrl: 'https://${id}.acme.test/api', auth: { token: '\${env:T}' }${more} }\n`;
const targets = `targets:\n${target('vault', 'cyberark-privilege-cloud')}${target('tenant', 'delinea-rest')}`;

function problemsOf(file: string): readonly string[] {
  try {
    loadConfig({ path: file });
  } catch (error) {
    if (error instanceof ConfigProblems) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

it('tells the problems of a policy in its own file with the others, each by its file and line', () => {
  write(
    'policy.yaml',
    'leaver: { retention: soon }\naccess:\n  rules:\n    - { id: a, when: person.x, target: vlt }\n',
  );
  const file = write('tenure.yaml', `mode: sometimes\npolicyFile: policy.yaml\n${targets}`);
  expect(problemsOf(file)).toEqual([
    expect.stringMatching(/^ {2}mode \(line 1\): /),
    '  policy.yaml: leaver.retention (line 1): must be an ISO 8601 duration such as P30D, PT4H or PT0.2S',
    '  policy.yaml: access.rules.0.when (line 4): a person has no field x; a field of your own HR system is named in access.personFields (at character 7)',
    '  policy.yaml: access.rules.0.target (line 4): no target has the id vlt; there are vault, tenant',
  ]);
});

it('tells them by their place in the configuration when the policy is part of it', () => {
  const rules = 'policy:\n  access:\n    rules:\n      - { id: a, when: "1", target: vault }\n';
  expect(problemsOf(write('tenure.yaml', targets + rules))).toEqual([
    '  policy.access.rules.0.when (line 7): gives a number, and must give true or false (at character 1)',
  ]);
});

it('knows what each target can grant as it is configured', () => {
  const grants = 'grants: [{ kind: group, name: Users }, { kind: safe, name: S }]';
  const rules = `policy: { access: { rules: [{ id: a, when: true, targets: all, ${grants} }] } }\n`;
  const problems = problemsOf(write('tenure.yaml', targets + rules));
  expect(problems).toEqual([
    expect.stringMatching(/grants\.0\.kind.*tenant \(delinea-rest\) has no group to grant, only role \(.*scim/s),
    expect.stringMatching(/grants\.1\.kind.*vault .* has no safe to grant, only group \(.*options\.safes/),
    expect.stringMatching(/grants\.1\.kind.*tenant \(delinea-rest\) has no safe to grant, only role/),
  ]);
});

it('reads the policy once, keeps its hash in that of the configuration, and adds what it protects', () => {
  const protects = 'protected: { people: [e2, e1], accounts: [{ target: tenant, username: root }] }';
  const policy = write('policy.yaml', `access: { ${protects}, rules: [{ id: a, when: 'true', target: vault }] }`);
  const safety = 'safety: { protected: { people: [e1], accounts: [{ target: vault, username: breakglass }] } }\n';
  const file = write('tenure.yaml', `policyFile: ${policy}\n${safety}${targets}`);
  const before = loadConfig({ path: file });
  expect(before.access.isGiven).toBe(true);
  expect(settingsOf(before).protected).toEqual({
    people: ['e1', 'e2'],
    accounts: [
      { target: 'vault', username: 'breakglass' },
      { target: 'tenant', username: 'root' },
    ],
  });
  write('policy.yaml', "access: { rules: [{ id: b, when: 'true', target: vault }] }");
  const after = loadConfig({ path: file });
  expect(after.hash).not.toBe(before.hash);
  expect(after.access.hash).not.toBe(before.access.hash);
});

it('goes without a policy, which then wants nothing', () => {
  const { access } = loadConfig({ path: write('tenure.yaml', targets) });
  expect(access.isGiven).toBe(false);
  const question = { person: { id: 'e1' }, at: '2026-01-01T00:00:00Z', timeBoxes: {} };
  expect(access.desired(question)).toEqual({ accounts: [], problems: [] });
});
