import { spawn } from 'node:child_process';
import fs from 'node:fs';

const ORDERLY_STOP_MS = 10_000;

// The engine gets a session of its own, so that Ctrl-C reaches only us and we can stop in order. A child like that would
// outlive a parent that is killed; so a shell stands between and ends the engine when our end of its standard input
// closes, which the operating system does however we die.
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
engine=$!
( read -r _ <&3; kill -TERM "$engine" 2>/dev/null ) &
watch=$!
exec 3<&-
wait "$engine"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

export interface GuardedProcess {
  /** Resolves when the process has ended, with its exit code or the signal's name. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

/** Starts a program that ends with us, however we end, and not by our Ctrl-C. Its output is appended to the file. */
export function startGuarded(program: string, args: readonly string[], logFile: string): GuardedProcess {
  const isPosix = process.platform !== 'win32';
  const log = fs.openSync(logFile, 'a');
  const child = isPosix
    ? spawn('/bin/sh', ['-c', GUARD, 'sh', program, ...args], { stdio: ['pipe', log, log], detached: true })
    : spawn(program, [...args], { stdio: ['pipe', log, log] });
  fs.closeSync(log);

  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  }).finally(() => {
    isOver = true;
    process.off('exit', killAll);
  });
  const killAll = () => {
    if (child.pid === undefined || isOver) return;
    try {
      process.kill(isPosix ? -child.pid : child.pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  };
  if (!isPosix) process.once('exit', killAll);
  child.stdin?.on('error', () => {});

  return {
    ended,
    hasEnded: () => isOver,
    async stop() {
      if (isOver) return;
      if (isPosix) child.stdin?.end();
      else child.kill();
      const tooLong = setTimeout(killAll, ORDERLY_STOP_MS);
      await ended;
      clearTimeout(tooLong);
    },
  };
}
