// Runs before `npm start`, `npm test`, `npm run test:full` and `npm run bench`: makes a fresh clone ready, and costs
// a fraction of a second when it already is. Node built-ins only, because nothing is installed yet when it starts.
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../workers/engine/cache.js';
import { findEngine } from '../workers/engine/find.js';
import { showProgress } from '../workers/engine/progress.js';
import { buildWhenStale } from './lib/build.mjs';
import { installPackages } from './lib/install.mjs';
import { findTestServer } from './lib/test-server.cjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 3];

async function prepare(flags) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Error(`Tenure needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  }
  const progress = showProgress();
  const say = progress.say;
  const workFolder = path.join(root, '.tenure');
  const logFile = path.join(workFolder, 'prepare.log');
  try {
    await fs.mkdir(workFolder, { recursive: true });
    await fs.rm(logFile, { force: true });
    const onWait = () => say('waiting for another command that is preparing this folder');
    await withLock({ file: path.join(workFolder, 'prepare.lock'), onWait }, async () => {
      await installPackages({ root, say, logFile });
      if (flags.has('--build')) await buildWhenStale({ root, say, logFile });
    });
    if (flags.has('--engine')) await findEngine({ say });
    if (flags.has('--test-server')) await findTestServer({ say });
  } finally {
    progress.done();
  }
}

prepare(new Set(process.argv.slice(2))).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
