// @ts-check
// The one finder of the engine. `tenure start` loads it from TypeScript; the pre-scripts of npm load it before anything is
// installed or compiled, which is why this file and what it requires are plain JavaScript on Node built-ins.
const fs = require('node:fs');
const path = require('node:path');
const { cacheDir, inTemporaryFolder, withLock } = require('./cache');
const { downloadProgram, DownloadRefused } = require('./download');
const { isExecutable, lastLines, onPath, runCommand } = require('./run-command');
const { allowedWays, firstThatWorks } = require('./ways');

/** @typedef {import('./ways').Found} Found */

const ENGINE_VERSION = '1.5.1';
const OLDEST_CLI = '1.5.0';
const OLDEST_SERVER = '1.29.0'; // the server inside CLI 1.5
const DOWNLOADS = 'https://temporal.download';
const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${ENGINE_VERSION}`;
const PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
const GO_BUILD_MS = 45 * 60_000;

const ADVICE = `Any one of these helps:
  - install the Temporal CLI ${OLDEST_CLI} or newer, so that \`temporal --version\` answers;
  - install Go and run this again: it builds the engine once, in about six minutes on two cores;
  - behind a firewall, set TENURE_ENGINE_URL to a mirror of the archive.
docs/how-to/get-the-engine.md has the details.`;

/**
 * Finds the Temporal engine, getting it when it is not there: PATH, our cache, a download, a build with Go.
 * @param {{ env?: NodeJS.ProcessEnv, say?: (text: string) => void }} [options]
 * @returns {Promise<Found>}
 */
async function findEngine({ env = process.env, say = () => {} } = {}) {
  const home = path.join(cacheDir(env), 'engine');
  /** @param {(folder: string) => Promise<Found | string>} work */
  const alone = (work) =>
    withLock(
      { file: path.join(home, '.lock'), onWait: () => say('waiting for another process that is getting the engine') },
      async () => {
        // Whoever held the lock before us has probably done the work.
        const ready = wants('cache', env) ? await fromCache(home) : 'not asked';
        return typeof ready === 'string' ? inTemporaryFolder(home, work) : ready;
      },
    );
  const ways = [
    { name: 'path', look: () => fromPath(env) },
    { name: 'cache', look: () => fromCache(home) },
    { name: 'download', look: () => alone((folder) => fromDownload({ home, folder, env, say })) },
    {
      name: 'go',
      look: async () => (onPath('go', env) ? alone((folder) => fromGo({ home, folder, env, say })) : 'no `go` on PATH'),
    },
  ];
  return firstThatWorks({
    what: `the Temporal engine (the program \`temporal\`, ${OLDEST_CLI} or newer)`,
    ways: allowedWays(ways, 'TENURE_ENGINE_SOURCES', env),
    advice: ADVICE,
  });
}

/** @param {string} name @param {NodeJS.ProcessEnv} env */
function wants(name, env) {
  const sources = env.TENURE_ENGINE_SOURCES?.trim();
  return !sources || sources.split(',').some((source) => source.trim() === name);
}

/** @param {NodeJS.ProcessEnv} env */
async function fromPath(env) {
  const file = onPath('temporal', env);
  return file === undefined ? 'no `temporal` on PATH' : verified(file, 'path');
}

/** @param {string} home */
async function fromCache(home) {
  const kept = await fs.promises.readdir(home).catch(() => []);
  const versions = kept.filter((name) => /^\d+\.\d+\.\d+$/.test(name)).sort((a, b) => compareVersions(b, a));
  // The version that this release was tested with goes first; a newer one is there only when nothing else could be had.
  const inOrder = [ENGINE_VERSION, ...versions.filter((version) => version !== ENGINE_VERSION)];
  let reason = `nothing in ${home}`;
  for (const version of inOrder) {
    const file = path.join(home, version, PROGRAM);
    if (!isExecutable(file)) continue;
    const found = await verified(file, 'cache');
    if (typeof found !== 'string') return found;
    reason = found;
  }
  return reason;
}

/** @param {{ home: string, folder: string, env: NodeJS.ProcessEnv, say: (text: string) => void }} work */
async function fromDownload({ home, folder, env, say }) {
  say('downloading the Temporal engine (about 60 MB, once per machine)');
  const file = path.join(folder, PROGRAM);
  let reason = '';
  for (const url of downloadAddresses(env)) {
    try {
      await downloadProgram({ url, program: PROGRAM, to: file, env });
      const found = await verified(file, 'download');
      return typeof found === 'string' ? found : keep(found, file, home);
    } catch (error) {
      reason = `${new URL(url).origin}: ${inWords(error)}`;
      // A server that said no to one version may have another; one that does not answer is not asked again.
      if (!(error instanceof DownloadRefused)) return reason;
    }
  }
  return reason;
}

/**
 * The addresses that the Temporal SDK itself downloads its development server from, for our version and then for its own.
 * @param {NodeJS.ProcessEnv} env
 */
function downloadAddresses(env) {
  const base = (env.TENURE_ENGINE_URL || DOWNLOADS).replace(/\/+$/, '');
  if (/\.(tar\.gz|tgz)$/.test(base)) return [base];
  return [`v${ENGINE_VERSION}`, 'default'].map((version) => `${base}/cli/${version}?${platformQuery()}`);
}

function platformQuery() {
  const platform = { win32: 'windows', darwin: 'darwin' }[/** @type {string} */ (process.platform)] ?? 'linux';
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  return `arch=${arch}&platform=${platform}&format=tar.gz`;
}

/** @param {{ home: string, folder: string, env: NodeJS.ProcessEnv, say: (text: string) => void }} work */
async function fromGo({ home, folder, env, say }) {
  say('building the Temporal engine with Go (once per machine; usually about six minutes on two cores)');
  const logFile = path.join(home, 'go-build.log');
  await fs.promises.rm(logFile, { force: true });
  const built = await runCommand({
    command: onPath('go', env) ?? 'go',
    args: ['install', '-ldflags=-s -w', GO_PACKAGE],
    env: { ...env, GOBIN: folder },
    cwd: folder,
    timeoutMs: GO_BUILD_MS,
    logFile,
  });
  if (built.code !== 0)
    return `go install failed: ${built.failure ?? lastLines(built.output, 2)} (all of it: ${logFile})`;
  const file = path.join(folder, PROGRAM);
  const found = await verified(file, 'go');
  // A build from source does not know its own version.
  return typeof found === 'string' ? found : keep({ ...found, version: ENGINE_VERSION }, file, home);
}

/**
 * Moves a program that runs to its place in the cache; the rename is atomic, so nobody ever sees half a file.
 * @param {Found} found @param {string} file @param {string} home
 */
async function keep(found, file, home) {
  const place = path.join(home, found.version, PROGRAM);
  await fs.promises.mkdir(path.dirname(place), { recursive: true });
  await fs.promises.chmod(file, 0o755);
  await fs.promises.rename(file, place);
  return { ...found, path: place };
}

/**
 * Runs the program before trusting it: a file of the wrong platform, half a file or an old release must not get further.
 * @param {string} file @param {string} source
 * @returns {Promise<Found | string>}
 */
async function verified(file, source) {
  const asked = await runCommand({ command: file, args: ['--version'], timeoutMs: 20_000 });
  if (asked.code !== 0) return `${file} does not run: ${asked.failure ?? lastLines(asked.output, 1)}`;
  const says = /version v?(\d+\.\d+\.\d+)(\S*)(?: \(Server (\d+\.\d+\.\d+))?/.exec(asked.output);
  if (says === null) return `${file} does not say a version`;
  const [, cli = '0.0.0', , server = '0.0.0'] = says;
  const isFromSource = cli === '0.0.0';
  const isRecent =
    compareVersions(cli, OLDEST_CLI) >= 0 || (isFromSource && compareVersions(server, OLDEST_SERVER) >= 0);
  if (!isRecent) return `${file} is version ${cli}; ${OLDEST_CLI} or newer is needed`;
  return { path: file, version: isFromSource ? `source build, server ${server}` : cli, source };
}

/** @param {string} a @param {string} b */
function compareVersions(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @param {unknown} error */
function inWords(error) {
  const { code, message } = /** @type {{ code?: string, message?: string }} */ (Object(error));
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known here (no network?)';
  // A host with several addresses fails with an empty message and a code.
  return message || code || String(error);
}

module.exports = { findEngine, downloadAddresses, compareVersions, platformQuery, inWords, ENGINE_VERSION };
