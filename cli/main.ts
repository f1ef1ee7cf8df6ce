import { processTerminal } from './terminal';
import { runCli } from './run';

/** Longest that open connections may keep the process after the work is done, in milliseconds. */
const LINGER_MS = 1000;

// Whoever reads our output may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runCli(process.argv.slice(2), processTerminal()).then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
});
