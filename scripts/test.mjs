// `npm test` runs every project of jest.config.js but `full`; `npm run test:full` runs `full`. Other arguments go to jest.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);
const isFull = given.includes('--full');
const projects = isFull ? ['full'] : ['main', 'replay', 'docs'];

const args = [
  'node_modules/jest/bin/jest.js',
  ...given.filter((argument) => argument !== '--full'),
  // Last, because the option takes every word that follows it.
  '--selectProjects',
  ...projects,
];
const jest = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
jest.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
