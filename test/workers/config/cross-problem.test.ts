import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigProblems, loadConfig } from '../../../workers/config';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'tenure-config-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const target = (id: string) =>
  `  - { id: ${id}, type: delinea-scim, baseUrl: 'https://${id}.acme.test/scim/v2', auth: { token: '\${env:T}' } }\n`;
const targets = `targets:\n${target('vault')}`;

function problemsOf(text: string, more: Partial<Parameters<typeof loadConfig>[0]> = {}): readonly string[] {
  const file = path.join(folder, 'tenure.yaml');
  writeFileSync(file, text);
  try {
    loadConfig({ path: file, env: {}, ...more });
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    expect(error.file).toBe(file);
    return error.message.split('\n').slice(1);
  }
  return [];
}

it('tells what two fields say together beside a field that is wrong by itself', () => {
  const text = [
    'mode: sometimes',
    `targets:\n${target('vault')}${target('vault')}`.trimEnd(),
    'safety: { protected: { accounts: [{ target: vlt, username: root }] } }',
    'policy: { leaver: { deletion: { mode: approval, targets: all, window: soon, approvers: { count: 2, minStrength: token } } } }',
    'notifications:',
    '  channels: [{ id: ann, type: slack, url: "${env:A}", kinds: [nothing] }]',
    '  approvers: [{ approver: ann@acme.test, channel: anne }]',
  ].join('\n');
  const found = problemsOf(text).join('\n');
  for (const what of [
    /mode \(line 1\)/,
    /targets\.1\.id \(line 4\): vault is used twice/,
    /safety\.protected\.accounts\.0\.target \(line 5\): no target has the id vlt/,
    /policy\.leaver\.deletion\.window \(line 6\)/,
    /policy\.leaver\.deletion\.approvers\.minStrength \(line 6\): only tokens count, and 1 of the 2/,
    /notifications\.channels\.0\.kinds\.0 \(line 8\)/,
    /notifications\.approvers\.0\.channel \(line 9\): no channel has the id anne/,
    /notifications\.tokenKey \(line 7\): approvers get signed tokens/,
  ])
    expect(found).toMatch(what);
});

it('passes over what has the wrong form', () => {
  for (const part of ['targets: 1', 'targets: [1, null, { id: 3 }]', 'notifications: [1]', 'safety: { protected: 1 }'])
    expect(problemsOf(`${part}\n`).length).toBeGreaterThan(0);
  const odd = 'policy: { leaver: { deletion: { mode: approval, approvers: { count: two, minStrength: token } } } }';
  expect(problemsOf(`${targets}${odd}`).join()).not.toContain('only tokens count');
});

it('tells of a store whose address cannot be read, with its place and all that is wrong besides', () => {
  expect(problemsOf(`mode: sometimes\n${targets}store:\n  url: "\${env:NOPE}"\n`)).toEqual([
    expect.stringMatching(/^ {2}mode \(line 1\)/),
    '  store.url (line 5): the environment variable NOPE is not set',
  ]);
  const file = path.join(folder, 'tenure.yaml');
  writeFileSync(file, `${targets}store: { url: "\${env:STORE}" }\n`);
  const env = { STORE: 'sqlite:made/here.db' };
  expect(loadConfig({ path: file, env }).store.url).toBe(`sqlite:${path.join(folder, 'made/here.db')}`);
});

describe('a policy file that is not to be had', () => {
  it('is told with all that is wrong besides, and without the advice for a configuration', () => {
    const missing = path.join(folder, 'rules.yaml');
    expect(problemsOf(`mode: sometimes\n${targets}policyFile: rules.yaml\n`)).toEqual([
      expect.stringMatching(/^ {2}mode \(line 1\)/),
      `  policyFile (line 4): ${missing}: there is no such file; the path is taken from this file’s folder`,
    ]);
    mkdirSync(missing);
    expect(problemsOf(`${targets}policyFile: rules.yaml\n`).join()).toMatch(/policyFile \(line 3\): .* is a folder/);
  });

  it('that is no YAML hides nothing either', () => {
    writeFileSync(path.join(folder, 'rules.yaml'), 'leaver: {\n');
    const found = problemsOf(`mode: sometimes\n${targets}policyFile: rules.yaml\n`);
    expect(found[0]).toMatch(/^ {2}mode \(line 1\)/);
    expect(found[1]).toMatch(/^ {2}rules\.yaml: \(whole file\) \(line \d\)/);
  });

  it('and one beside a policy is a problem of the configuration, at its line', () => {
    writeFileSync(path.join(folder, 'rules.yaml'), 'leaver: { retention: soon }\n');
    expect(problemsOf(`${targets}policy: {}\npolicyFile: rules.yaml\n`)).toEqual([
      expect.stringMatching(/^ {2}rules\.yaml: leaver\.retention \(line 1\)/),
      '  policyFile (line 4): give policy or policyFile, not both',
    ]);
  });

  it('and that was named to the command is called by its name', () => {
    const policyFile = path.join(folder, 'draft.yaml');
    expect(problemsOf(targets, { policyFile })).toEqual([`  ${policyFile}: (whole file): there is no such file`]);
  });
});
