import { execFileSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

// In a process of its own: ESLint loads its settings as an ES module, which jest cannot.
const SCRIPT = `
  import { ESLint } from 'eslint';
  const eslint = new ESLint();
  const told = [];
  for (const [filePath, text] of JSON.parse(process.argv[1])) {
    const [result] = await eslint.lintText(text, { filePath });
    const rules = result.messages.filter((message) => /restricted|floating|fatal/.test(message.ruleId ?? 'fatal'));
    told.push(rules.map((message) => message.ruleId ?? message.message));
  }
  console.log(JSON.stringify(told));`;

const IMPORT = '@typescript-eslint/no-restricted-imports';

const CASES: readonly [file: string, text: string, rules: readonly string[]][] = [
  ['domain/person.ts', `import { z } from 'zod';\nexport const x = z;`, [IMPORT]],
  ['domain/person.ts', `import { x } from '../store/x';\nexport const y = x;`, [IMPORT]],
  ['domain/person.ts', `import { x } from './account';\nexport const y = x;`, []],
  ['domain/person.ts', `export const x = process.env.X;`, ['no-restricted-globals']],
  ['workflows/leaver.ts', `import { x } from '../activities/contract';\nexport const y = x;`, [IMPORT]],
  ['workflows/leaver.ts', `import type { X } from '../activities/contract';\nexport type Y = X;`, []],
  ['workflows/leaver.ts', `import fs from 'node:fs';\nexport const y = fs;`, [IMPORT]],
  ['workflows/leaver.ts', `import { Worker } from '@temporalio/worker';\nexport const y = Worker;`, [IMPORT]],
  ['workflows/leaver.ts', `export const y = () => setTimeout(() => {}, 1);`, ['no-restricted-globals']],
  [
    'workflows/leaver.ts',
    `export function y(): void {\n  Promise.resolve();\n}`,
    ['@typescript-eslint/no-floating-promises'],
  ],
  ['connectors/http/contract.ts', `import { x } from '../../client/x';\nexport const y = x;`, [IMPORT]],
  ['connectors/http/contract.ts', `import { x } from '../client';\nexport const y = x;`, []],
  ['connectors/connector.ts', `import { log } from '@temporalio/activity';\nexport const y = log;`, [IMPORT]],
  ['policy/load.ts', `import { log } from '@temporalio/activity';\nexport const y = log;`, [IMPORT]],
  ['policy/cel/kind.ts', `import { x } from '../../store/hash';\nexport const y = x;`, [IMPORT]],
  ['policy/cel/kind.ts', `import { x } from '../person-field';\nexport const y = x;`, []],
  ['activities/planning.ts', `import { x } from '../policy/load';\nexport const y = x;`, [IMPORT]],
  ['activities/planning.ts', `import type { X } from '../policy/load';\nexport type Y = X;`, []],
  ['workflows/leaver.ts', `import { x } from '../policy/hash';\nexport const y = x;`, [IMPORT]],
  ['sandbox/core/contract.ts', `import { x } from '../../connectors/errors';\nexport const y = x;`, [IMPORT]],
];

test('a room that imports what it must not is told, and nothing else is', () => {
  const texts = JSON.stringify(CASES.map(([file, text]) => [file, text]));
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT, texts], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = (JSON.parse(told) as string[][]).map((rules, i) => [CASES[i]?.[0], CASES[i]?.[1], rules]);
  expect(found).toEqual(CASES);
});
