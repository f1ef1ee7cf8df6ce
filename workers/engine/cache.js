// @ts-check
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: wait } = require('node:timers/promises');

const REFRESH_MS = 5_000;
const STALE_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/**
 * Where Tenure keeps what it downloaded or built: outside every checkout, so that it is got once per machine.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 */
function cacheDir(env = process.env, platform = process.platform) {
  if (env.TENURE_CACHE_DIR) return path.resolve(env.TENURE_CACHE_DIR);
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, 'tenure');
  const home = os.homedir();
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'tenure');
  if (platform === 'win32') return path.join(env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'tenure');
  return path.join(home, '.cache', 'tenure');
}

/**
 * Runs `work` while no other process holds the same lock. The holder touches the file, so a lock whose holder was killed
 * grows stale and is taken over.
 * @template T
 * @param {{ file: string, onWait?: () => void, staleMs?: number }} lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withLock({ file, onWait, staleMs = STALE_MS }, work) {
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  const mine = `${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  while (!(await take(file, mine))) {
    onWait?.();
    await dropStale(file, staleMs);
    await wait(LOOK_AGAIN_MS);
  }
  const touch = setInterval(() => fs.utimes(file, new Date(), new Date(), () => {}), REFRESH_MS);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await fs.promises.readFile(file, 'utf8').catch(() => '')) === mine) {
      await fs.promises.rm(file, { force: true });
    }
  }
}

/** @param {string} file @param {string} mine */
async function take(file, mine) {
  try {
    await fs.promises.writeFile(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file @param {number} staleMs */
async function dropStale(file, staleMs) {
  const held = await fs.promises.stat(file).catch(() => undefined);
  if (held === undefined) return;
  const holder = Number.parseInt(await fs.promises.readFile(file, 'utf8').catch(() => ''), 10);
  if (Date.now() - held.mtimeMs > staleMs || (holder > 0 && !isRunning(holder))) {
    await fs.promises.rm(file, { force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user answers EPERM: it is there.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * A folder inside the cache that is gone afterwards. Inside, because only a rename on one file system is atomic.
 * @template T
 * @param {string} parent
 * @param {(folder: string) => Promise<T>} work
 */
async function inTemporaryFolder(parent, work) {
  await fs.promises.mkdir(parent, { recursive: true });
  const folder = await fs.promises.mkdtemp(path.join(parent, '.getting-'));
  try {
    return await work(folder);
  } finally {
    await fs.promises.rm(folder, { recursive: true, force: true });
  }
}

module.exports = { cacheDir, withLock, inTemporaryFolder };
