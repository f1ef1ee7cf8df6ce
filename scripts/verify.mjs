// `npm run verify`: everything that must hold before a change is handed in, cheapest first, up to the first failure.
//   --without NAME,…  leaves steps out (CI has run `npm test` already)
//   --json FOLDER     has each test run write jest's results there, as <step>.json
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const LOGS = '.tenure/verify';

// The golden histories and the documents are checked by projects of `npm test`.
const STEPS = [
  { name: 'format', script: 'format:check' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'types' },
  { name: 'test', script: 'test', isTest: true },
  { name: 'test:full', script: 'test:full', isTest: true },
];

const { values: options } = parseArgs({ options: { without: { type: 'string' }, json: { type: 'string' } } });
const without = new Set((options.without ?? '').split(',').filter((name) => name !== ''));
const unknown = [...without].filter((name) => !STEPS.some((step) => step.name === name));

async function verify() {
  if (unknown.length > 0) throw new Error(`There is no step ${unknown.join(', ')}.`);
  await fs.mkdir(path.join(root, LOGS), { recursive: true });
  for (const step of STEPS) {
    if (without.has(step.name)) continue;
    const started = Date.now();
    process.stdout.write(`${step.name.padEnd(10)} `);
    const { code, logFile } = await run(step);
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(`${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n`);
    if (code === 0) continue;
    const output = await fs.readFile(path.join(root, logFile), 'utf8');
    process.stdout.write(`${output.trimEnd().split('\n').slice(-200).join('\n')}\n`);
    throw new Error(`verify: ${step.name} failed. All of it is in ${logFile}; to repeat it: npm run ${step.script}`);
  }
  process.stdout.write('verify: all good\n');
}

async function run(step) {
  const logFile = path.join(LOGS, `${step.name.replace(':', '-')}.log`);
  const log = await fs.open(path.join(root, logFile), 'w');
  const results = step.isTest && options.json ? path.resolve(options.json, `${step.name.replace(':', '-')}.json`) : '';
  const args = ['run', '--silent', step.script, ...(results ? ['--', '--json', `--outputFile=${results}`] : [])];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const child = spawn(npm, args, { cwd: root, stdio: ['ignore', log.fd, log.fd], shell: npm.endsWith('.cmd') });
  // A sign of life every half minute: some hosts end a job that says nothing.
  const alive = setInterval(() => process.stdout.write('.'), 30_000);
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  clearInterval(alive);
  await log.close();
  return { code, logFile };
}

verify().catch((error) => {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
});
