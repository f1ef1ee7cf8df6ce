// Adds up jest's JSON results in a folder and prints `N passed, N failed`. With --failed-steps N, steps that failed
// without a test (formatting, lint, a run that never wrote results) count as failures: nothing red may read as green.
import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { 'failed-steps': { type: 'string', default: '0' } },
  allowPositionals: true,
});

const [folder = '.'] = positionals;
const files = (await fs.readdir(folder)).filter((name) => name.endsWith('.json'));
const results = await Promise.all(
  files.map(async (name) => JSON.parse(await fs.readFile(path.join(folder, name), 'utf8'))),
);
const sum = (pick) => results.reduce((total, result) => total + pick(result), 0);

const passed = sum((result) => result.numPassedTests);
// A file that cannot be loaded has no tests to count, yet it failed.
const inTests = sum((result) => result.numFailedTests + result.numRuntimeErrorTestSuites);
const failed = inTests > 0 ? inTests : Number(values['failed-steps']);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
