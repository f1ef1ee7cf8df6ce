// @ts-check
// The time-skipping test server, for tests only. CommonJS, because the pre-script and the tests under jest both load it.
const fs = require('node:fs');
const path = require('node:path');
const { cacheDir, inTemporaryFolder, withLock } = require('../../workers/engine/cache.js');
const { downloadProgram } = require('../../workers/engine/download.js');
const { inWords, platformQuery } = require('../../workers/engine/find.js');
const { isExecutable, lastLines, onPath, runCommand } = require('../../workers/engine/run-command.js');
const { allowedWays, firstThatWorks } = require('../../workers/engine/ways.js');

/** @typedef {import('../../workers/engine/ways.js').Found} Found */

const VERSION = '1.32.1';
const DOWNLOADS = 'https://temporal.download';
const PROGRAM = process.platform === 'win32' ? 'temporal-test-server.exe' : 'temporal-test-server';

const ADVICE = `Any one of these helps:
  - install a Java runtime and Maven and run this again: it fetches the server as a Java library;
  - behind a firewall, set TENURE_TEST_SERVER_URL to a mirror of the program.
docs/how-to/get-the-engine.md has the details.`;

/**
 * Finds the time-skipping test server, getting it when it is not there: our cache, a download, a Java library by Maven.
 * @param {{ env?: NodeJS.ProcessEnv, say?: (text: string) => void }} [options]
 * @returns {Promise<Found>}
 */
async function findTestServer({ env = process.env, say = () => {} } = {}) {
  const home = path.join(cacheDir(env), 'test-server');
  const place = path.join(home, VERSION);
  /** @param {(folder: string) => Promise<Found | string>} work */
  const alone = (work) =>
    withLock(
      {
        file: path.join(home, '.lock'),
        onWait: () => say('waiting for another process that is getting the test server'),
      },
      async () => (isExecutable(path.join(place, PROGRAM)) ? found(place, 'cache') : inTemporaryFolder(home, work)),
    );
  const ways = [
    { name: 'cache', look: async () => fromCache(place, env) },
    { name: 'download', look: () => alone((folder) => fromDownload({ folder, place, env, say })) },
    { name: 'maven', look: async () => missingTool(env) ?? alone((folder) => fromMaven({ folder, place, env, say })) },
  ];
  return firstThatWorks({
    what: 'the time-skipping Temporal test server',
    ways: allowedWays(ways, 'TENURE_TEST_SERVER_SOURCES', env),
    advice: ADVICE,
  });
}

/** @param {string} place @param {string} source @returns {Found} */
function found(place, source) {
  return { path: path.join(place, PROGRAM), version: VERSION, source };
}

/** @param {string} place @param {NodeJS.ProcessEnv} env */
function fromCache(place, env) {
  if (!isExecutable(path.join(place, PROGRAM))) return `nothing in ${place}`;
  const isJava = fs.existsSync(path.join(place, 'lib'));
  return isJava && onPath('java', env) === undefined ? `${place} needs a \`java\` on PATH` : found(place, 'cache');
}

/** @param {NodeJS.ProcessEnv} env */
function missingTool(env) {
  // The wrapper is a shell script; on Windows the download is a program of its own.
  if (process.platform === 'win32') return 'not on Windows';
  const missing = ['java', 'mvn'].filter((tool) => onPath(tool, env) === undefined);
  return missing.length === 0 ? undefined : `no \`${missing.join('` and no `')}\` on PATH`;
}

/** @typedef {{ folder: string, place: string, env: NodeJS.ProcessEnv, say: (text: string) => void }} Getting */

/** @param {Getting} getting */
async function fromDownload({ folder, place, env, say }) {
  say('downloading the time-skipping test server (once per machine)');
  const base = (env.TENURE_TEST_SERVER_URL || DOWNLOADS).replace(/\/+$/, '');
  const isFile = /\.(tar\.gz|tgz)$/.test(base);
  const url = isFile ? base : `${base}/temporal-test-server/v${VERSION}?${platformQuery()}`;
  const file = path.join(folder, PROGRAM);
  try {
    await downloadProgram({ url, program: PROGRAM, to: file, env });
  } catch (error) {
    return `${new URL(url).origin}: ${inWords(error)}`;
  }
  const asked = await runCommand({ command: file, args: ['--help'], timeoutMs: 20_000 });
  if (asked.failure !== undefined) return `what was downloaded does not run: ${asked.failure}`;
  return keep(folder, place, 'download');
}

/** @param {Getting} getting */
async function fromMaven({ folder, place, env, say }) {
  say('fetching the time-skipping test server with Maven (once per machine; usually under a minute)');
  await fs.promises.writeFile(path.join(folder, 'pom.xml'), pom());
  const fetched = await runCommand({
    command: onPath('mvn', env) ?? 'mvn',
    args: ['-B', '-q', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'],
    env,
    cwd: folder,
    timeoutMs: 15 * 60_000,
  });
  if (fetched.code !== 0) return `mvn failed: ${fetched.failure ?? lastLines(fetched.output, 2)}`;
  await fs.promises.writeFile(path.join(folder, PROGRAM), wrapper(), { mode: 0o755 });
  return keep(folder, place, 'maven');
}

/** @param {string} folder @param {string} place @param {string} source */
async function keep(folder, place, source) {
  await fs.promises.chmod(path.join(folder, PROGRAM), 0o755);
  await fs.promises.rm(place, { recursive: true, force: true });
  await fs.promises.rename(folder, place);
  return found(place, source);
}

function pom() {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tenure</groupId><artifactId>test-server</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
}

/** A wrapper that the SDK accepts as a program; the flags only shorten the start, which the SDK allows five seconds for. */
function wrapper() {
  return `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;
}

module.exports = { findTestServer };
