import type { Client } from '@temporalio/client';
import { Argument, Command, Option } from 'commander';
import { listFlows, progressOf } from '../../client/watch';
import type { Resolve } from '../../workflows/messages';
import { Complaint } from '../exit';
import { allStepNames, flowKinds } from '../../domain/flow';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { sendResolve } from '../resolution';
import { sendToEach } from '../send-to-each';
import { connectTemporal, operatorOf } from '../temporal';
import { targetsOf } from './check';
import { placed } from './option';

interface ResolveOptions extends PlaceOptions {
  readonly target: string;
  readonly step?: string;
  readonly action: 'retry' | 'skip';
  readonly reason: string;
  readonly all?: boolean;
}

export function resolveCommand(cli: Cli): Command {
  return placed(new Command('resolve'))
    .description('retry or skip a step that is parked or waiting on one target')
    .addArgument(new Argument('[workflow-id]', 'such as leaver:e1042; left out with --all'))
    .requiredOption('--target <id>', 'the target that it is stuck on')
    .addOption(new Option('--step <name>', 'this step only; else whichever waits').choices(allStepNames))
    .addOption(new Option('--action <action>', 'what to do').choices(['retry', 'skip']).default('retry'))
    .requiredOption('--reason <text>', 'why; lands in the evidence')
    .option('--all', 'every flow that has not finished on the target')
    .action(async (workflowId: string | undefined, options: ResolveOptions) => resolve(cli, workflowId, options));
}

async function resolve(cli: Cli, workflowId: string | undefined, options: ResolveOptions): Promise<void> {
  const { terminal } = cli;
  const { target, step, action, reason, all } = options;
  if ((workflowId === undefined) !== (all === true)) throw new Complaint('Give one workflow id, or --all.');
  // Skipping for everybody would leave accounts alive with one slip of the hand.
  if (all === true && action === 'skip') throw new Complaint('--all retries only; skip one flow after the other.');
  const place = findPlace(terminal, options);
  // A flow itself knows its targets, also those that the configuration has no more; with --all nobody else would notice.
  if (all === true) targetsOf(place, [target]);
  const temporal = await connectTemporal(terminal, place);
  try {
    const { client } = temporal;
    const flows = workflowId === undefined ? await stuckOn({ client, target, step }) : [workflowId];
    const by = operatorOf(terminal);
    const input: Resolve = { target, action, reason, by, ...(step === undefined ? {} : { step }) };
    const none = `No running flow waits on ${target}.`;
    const send = (workflowId: string) => sendResolve({ client, workflowId, input });
    await sendToEach(cli, { flows, send, none, json: options.json === true });
  } finally {
    await temporal.close();
  }
}

/** Open flows with a step on the target that is parked or waiting; also one that does not answer, to be on the safe side. */
async function stuckOn({
  client,
  target,
  step,
}: {
  readonly client: Client;
  readonly target: string;
  readonly step: string | undefined;
}): Promise<readonly string[]> {
  const open = await listFlows({ client, filter: { flow: flowKinds, target, isOpen: true }, limit: 10_000 });
  const stuck: string[] = [];
  for (const { workflowId } of open) {
    const progress = await progressOf({ client, workflowId }).catch(() => undefined);
    // A mover may have two tracks on one target: accounts that change, and accounts that go.
    const steps = progress?.targets.filter(({ id }) => id === target).flatMap((one) => one.steps);
    const isStuck = steps?.some(
      ({ name, outcome }) => (step ?? name) === name && (outcome === 'parked' || outcome === 'waiting'),
    );
    if (isStuck !== false) stuck.push(workflowId);
  }
  return stuck;
}
