import { Argument, Command } from 'commander';
import { sendUpdate } from '../../client/decide';
import { listFlows } from '../../client/watch';
import { Complaint } from '../exit';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { sendToEach } from '../send-to-each';
import { connectTemporal, operatorOf } from '../temporal';
import { agrees } from '../terminal';
import { placed } from './option';

interface ReleaseOptions extends PlaceOptions {
  readonly reason: string;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly by?: string;
}

export function releaseCommand(cli: Cli): Command {
  return placed(new Command('release'))
    .description('let a held flow go on: over the budget, late, protected, or contradicting an operator')
    .addArgument(new Argument('[workflow-id]', 'such as leaver:e1042; left out with --all'))
    .requiredOption('--reason <text>', 'why; lands in the evidence')
    .option('--all', 'every held flow')
    .option('--by <name>', 'who releases it (default: you, as this machine knows you)')
    .option('--yes', 'do not ask before --all')
    .action(async (workflowId: string | undefined, options: ReleaseOptions) => release(cli, workflowId, options));
}

async function release(cli: Cli, workflowId: string | undefined, options: ReleaseOptions): Promise<void> {
  const { terminal } = cli;
  const { reason, all } = options;
  if ((workflowId === undefined) !== (all === true)) throw new Complaint('Give one workflow id, or --all.');
  const by = options.by ?? operatorOf(terminal);
  const temporal = await connectTemporal(terminal, findPlace(terminal, options), by);
  try {
    const { client } = temporal;
    const held =
      all === true ? await listFlows({ client, filter: { state: 'held', isOpen: true }, limit: 10_000 }) : [];
    const flows = workflowId === undefined ? held.map((one) => one.workflowId) : [workflowId];
    if (held.length > 0 && options.yes !== true) await confirm(terminal, flows);
    const send = (id: string) => sendUpdate({ client, workflowId: id, name: 'release', input: { reason, by } });
    await sendToEach(cli, { flows, send, none: 'No flow is held.', json: options.json === true });
  } finally {
    await temporal.close();
  }
}

/** Held flows are what the budget kept back: letting all of them go at once deserves a look at the list. */
async function confirm(terminal: Cli['terminal'], flows: readonly string[]): Promise<void> {
  for (const flow of flows) terminal.err(`  ${flow}`);
  if (!terminal.isInteractive) throw new Complaint('Nobody can be asked here: say --yes to release all of these.');
  if (!(await agrees(terminal, `Release these ${flows.length} flows?`))) throw new Complaint('Nothing was released.');
}
