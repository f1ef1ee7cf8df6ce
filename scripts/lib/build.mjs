import fs from 'node:fs/promises';
import path from 'node:path';
import { lastLines, runCommand } from '../../workers/engine/run-command.js';

const STAMP = 'dist/.built';
const SETTINGS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const NOT_BUILT = new Set(['test', 'docs', 'node_modules', 'dist', 'scripts', 'examples', 'coverage']);

/**
 * Compiles to dist/ and bundles the workflows, when any source is newer than the last build.
 * @param {{ root: string, say: (text: string) => void, logFile: string }} build
 */
export async function buildWhenStale({ root, say, logFile }) {
  const built = await changedAt(path.join(root, STAMP));
  const started = new Date();
  if (built > (await newestSource(root))) return;
  say('compiling');
  await step('tsc', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { root, logFile });
  const bundler = 'dist/workers/bundle.js';
  if ((await changedAt(path.join(root, bundler))) > 0) {
    say('bundling the workflows');
    await step(bundler, [bundler], { root, logFile });
  }
  // Dated from before the build: a source saved meanwhile is newer, and builds again next time.
  await fs.writeFile(path.join(root, STAMP), '');
  await fs.utimes(path.join(root, STAMP), started, started);
}

async function step(what, args, { root, logFile }) {
  const run = await runCommand({ command: process.execPath, args, cwd: root, logFile });
  if (run.code === 0) return;
  const why = run.failure === undefined ? '' : `: ${run.failure}`;
  throw new Error(
    `The build failed in ${what}${why}. Its last lines:\n${lastLines(run.output, 20)}\nAll of it is in ${logFile}.`,
  );
}

async function newestSource(root) {
  const entries = await fs.readdir(root, { withFileTypes: true });
  const rooms = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_BUILT.has(entry.name),
  );
  const times = await Promise.all([
    ...SETTINGS.map((file) => changedAt(path.join(root, file))),
    ...rooms.map((room) => newestIn(path.join(root, room.name))),
  ]);
  return Math.max(0, ...times);
}

async function newestIn(folder) {
  const entries = await fs.readdir(folder, { withFileTypes: true });
  const times = entries.map((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return newestIn(place);
    return /\.(ts|js|json)$/.test(entry.name) ? changedAt(place) : 0;
  });
  // The folder's own time tells of a removed file.
  return Math.max(await changedAt(folder), ...(await Promise.all(times)));
}

async function changedAt(file) {
  return fs.stat(file).then(
    (stat) => stat.mtimeMs,
    () => 0,
  );
}
