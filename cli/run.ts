import { CommanderError } from 'commander';
import { exitCodes, type ExitCode } from './exit';
import { exitCodeFor, wordsFor } from './failure';
import { createProgram } from './program';
import type { Terminal } from './terminal';

/** Runs one command line (without the program's own name) and says how it ended; never throws. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram({ terminal, ended: (code) => (exitCode = code) });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const words = wordsFor(error);
    if (argv.includes('--json')) terminal.out(JSON.stringify({ error: words }));
    terminal.err(words);
    if (terminal.env.TENURE_DEBUG && error instanceof Error) terminal.err(error.stack ?? '');
    return exitCodeFor(error);
  }
}
