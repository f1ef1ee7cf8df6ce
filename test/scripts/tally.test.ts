import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-tally-'));
const script = path.resolve(__dirname, '../../scripts/tally.mjs');

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function tally(...args: string[]): string {
  return execFileSync(process.execPath, [script, folder, ...args], { encoding: 'utf8' });
}

function results(name: string, passed: number, failed: number, broken = 0): void {
  const counts = { numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: broken };
  fs.writeFileSync(path.join(folder, name), JSON.stringify(counts));
}

test('adds up all runs; a file that cannot be loaded and a step without tests count as failed', () => {
  results('test.json', 40, 0);
  results('full.json', 2, 0);
  expect(tally()).toBe('42 passed, 0 failed\n');
  expect(tally('--failed-steps', '1')).toBe('42 passed, 1 failed\n');
  results('full.json', 1, 1, 2);
  expect(tally('--failed-steps', '1')).toBe('41 passed, 3 failed\n');
});
