import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { lastLines, runCommand } from '../../workers/engine/run-command.js';

const STAMP = 'node_modules/.tenure-lock';

/**
 * Brings node_modules to what package-lock.json says, with `npm ci`, and only when it is not there yet.
 * @param {{ root: string, say: (text: string) => void, logFile: string }} install
 */
export async function installPackages({ root, say, logFile }) {
  const wanted = await wantedStamp(root);
  if ((await read(path.join(root, STAMP))) === wanted) return;
  // Someone may have run npm by hand: what lies there can be right without our stamp.
  if (!(await isInstalled(root))) {
    say('installing packages (npm ci)');
    const run = await runCommand({ ...npm(['ci', '--include=dev']), cwd: root, logFile });
    if (run.code !== 0) {
      throw new Error(
        `npm ci failed${run.failure === undefined ? '' : `: ${run.failure}`}. Its last lines:\n${lastLines(run.output)}\n` +
          `All of it is in ${logFile}. Check the network and the npm registry settings, then run the command again.`,
      );
    }
  }
  await fs.writeFile(path.join(root, STAMP), wanted);
}

async function wantedStamp(root) {
  const lock = await fs.readFile(path.join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

/** Compares npm's own record of what it installed with the lock file. */
async function isInstalled(root) {
  const record = await read(path.join(root, 'node_modules/.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages ?? {};
  const locked = JSON.parse(await fs.readFile(path.join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  return Object.entries(locked).every(([place, wanted]) => {
    if (place === '') return true;
    const found = installed[place];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

/**
 * How to start npm. Under `npm start` npm tells where it is; what it says about the running script must not reach the
 * inner npm, which would take it for settings of its own.
 */
function npm(args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfOuterNpm(name)));
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) return { command: process.execPath, args: [cli, ...args], env };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args, env };
}

const OUTER_NPM =
  /^npm_(package|lifecycle|command|node_execpath|config_(local_prefix|global|global_prefix|json|dry_run|omit|production|include|workspaces?|ignore_scripts|package_lock_only))/i;

function isOfOuterNpm(name) {
  return OUTER_NPM.test(name) || name === 'INIT_CWD';
}

async function read(file) {
  return fs.readFile(file, 'utf8').catch(() => undefined);
}
