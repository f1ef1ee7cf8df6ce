import { Command } from 'commander';
import { productVersion } from '../workers/config';
import { approveCommand, rejectCommand } from './commands/approve';
import { checkCommand } from './commands/check';
import { evidenceCommand } from './commands/evidence';
import { gatewayCommand } from './commands/gateway';
import { initCommand } from './commands/init';
import { linkCommand, unlinkCommand } from './commands/link';
import { planCommand } from './commands/plan';
import { policyCommand } from './commands/policy';
import { releaseCommand } from './commands/release';
import { resolveCommand } from './commands/resolve';
import { startCommand } from './commands/start';
import { statusCommand } from './commands/status';
import { resumeCommand, stopCommand } from './commands/stop';
import { submitCommand } from './commands/submit';
import { undoCommand } from './commands/undo';
import { workerCommand } from './commands/worker';
import type { ExitCode } from './exit';
import type { Terminal } from './terminal';

/** What every command gets. */
export interface Cli {
  readonly terminal: Terminal;
  /** How the command ended; 0 when it says nothing. */
  readonly ended: (code: ExitCode) => void;
}

const makers = [
  startCommand,
  initCommand,
  checkCommand,
  workerCommand,
  gatewayCommand,
  submitCommand,
  planCommand,
  policyCommand,
  statusCommand,
  approveCommand,
  rejectCommand,
  resolveCommand,
  releaseCommand,
  stopCommand,
  resumeCommand,
  linkCommand,
  unlinkCommand,
  undoCommand,
  evidenceCommand,
];

export function createProgram(cli: Cli): Command {
  const program = settle(new Command('tenure'), cli)
    .description('Durable joiner, mover and leaver workflows for privileged-access systems, on Temporal.')
    .version(productVersion, '-V, --version', 'print the version');
  for (const make of makers) program.addCommand(settle(make(cli), cli));
  return program;
}

/** Output through the terminal, and errors as exceptions, for a command and all below it. */
function settle(command: Command, cli: Cli): Command {
  const { terminal } = cli;
  command
    .exitOverride()
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showHelpAfterError('Add --help to see what it takes.')
    .configureHelp({ helpWidth: 100 })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  for (const inner of command.commands) settle(inner, cli);
  return command;
}
