// @ts-check
// Plain JavaScript with Node built-ins only: the pre-scripts of npm load this folder before node_modules exist.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const KEPT_OUTPUT = 64 * 1024;

/**
 * @typedef {object} CommandRun
 * @property {number | null} code the exit code; null when it never ran or was stopped
 * @property {string} output the end of stdout and stderr, in the order they came
 * @property {string} [failure] why there is no exit code, in words
 */

/**
 * Runs a program to its end and never rejects: a program that is missing, fails or hangs is an answer, not a surprise.
 * @param {{ command: string, args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string, timeoutMs?: number, logFile?: string }} run
 * @returns {Promise<CommandRun>}
 */
function runCommand({ command, args, env = process.env, cwd, timeoutMs, logFile }) {
  return new Promise((resolve) => {
    let output = '';
    /** @type {string | undefined} */
    let failure;
    const log = logFile === undefined ? undefined : fs.createWriteStream(logFile, { flags: 'a' });
    // On Windows npm, mvn and the like are .cmd files, which Node starts only through the shell.
    const viaShell = process.platform === 'win32' && !/\.exe$/i.test(command);
    const child = spawn(command, [...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: viaShell });
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            failure = `no end after ${Math.round(timeoutMs / 1000)} s`;
            child.kill('SIGKILL');
          }, timeoutMs);
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
      log?.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    /** @param {number | null} code */
    const settle = (code) => {
      clearTimeout(timer);
      log?.end();
      resolve(failure === undefined ? { code, output } : { code: null, output, failure });
    };
    child.on('error', (error) => {
      failure = error.message;
      settle(null);
    });
    child.on('close', (code, signal) => {
      if (signal !== null) failure ??= `ended by ${signal}`;
      settle(code);
    });
  });
}

/**
 * The last lines of a command's output, for an error message.
 * @param {string} output
 * @param {number} [lines]
 */
function lastLines(output, lines = 12) {
  return output.trimEnd().split(/\r?\n/).slice(-lines).join('\n');
}

/**
 * The file that the shell would start for this name, or undefined.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 */
function onPath(name, env = process.env) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env.PATH ?? env.Path ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

module.exports = { runCommand, lastLines, onPath, isExecutable };
