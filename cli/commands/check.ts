import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import type { TargetCheck } from '../../activities/contract';
import { coreTaskQueue } from '../../workflows/messages';
import { Complaint, exitCodes } from '../exit';
import { findPlace, type Place, type PlaceOptions } from '../place';
import { runFlow } from '../run-flow';
import { tableOf } from '../table';
import { agrees } from '../terminal';
import type { Cli } from '../program';
import { connectTemporal } from '../temporal';
import { collect, placed } from './option';

interface CheckOptions extends PlaceOptions {
  readonly target?: readonly string[];
  readonly canary?: string;
  readonly yes?: boolean;
}

export function checkCommand(cli: Cli): Command {
  return placed(new Command('check'))
    .description(
      'ask every target, through its own worker: TLS, clock, log-in, each right, what it sees, own account; and whether the channels of notices answer',
    )
    .option('--target <id>', 'this target only; may be given several times', collect)
    .option('--canary <username>', 'disable, read back and enable this test account on each target')
    .option('--yes', 'do not ask before the canary is changed')
    .action(async (options: CheckOptions) => check(cli, options));
}

async function check({ terminal, ended }: Cli, options: CheckOptions): Promise<void> {
  const place = findPlace(terminal, options);
  const targets = targetsOf(place, options.target);
  const { canary } = options;
  if (canary !== undefined && options.yes !== true) {
    if (!terminal.isInteractive)
      throw new Complaint('--canary changes an account: say --yes when nobody can be asked.');
    const question = `Disable and enable ${canary} on ${targets.join(', ')}?`;
    if (!(await agrees(terminal, question))) throw new Complaint('Nothing was done.');
  }
  const temporal = await connectTemporal(terminal, place);
  try {
    const checks = await runFlow<readonly TargetCheck[]>(temporal.client, {
      workflowType: 'check',
      workflowId: `check:${randomUUID()}`,
      taskQueue: coreTaskQueue,
      input: {
        targets,
        ...(canary === undefined ? {} : { canary }),
        // Only a whole check asks the channels too.
        ...(options.target === undefined && place.config.notifications.channels.length > 0 ? { channels: true } : {}),
      },
      doing: `checking ${targets.length} targets`,
    });
    if (options.json) terminal.out(JSON.stringify(checks, null, 2));
    else for (const one of checks) terminal.out(textOf(one, terminal));
    ended(checks.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.attention);
  } finally {
    await temporal.close();
  }
}

/** The targets named on the command line, or all; a name that the configuration does not know is an error. */
export function targetsOf({ config }: Place, wanted: readonly string[] | undefined): readonly string[] {
  const known = config.targets.map(({ id }) => id);
  const unknown = (wanted ?? []).filter((id) => !known.includes(id));
  if (unknown.length === 0) return wanted ?? known;
  throw new Complaint(`No target is called ${unknown.join(', ')}. The configuration has ${known.join(', ')}.`);
}

function textOf({ target, type, ok, findings }: TargetCheck, terminal: Cli['terminal']): string {
  const rows = findings.map(({ state, name, detail }) => [`  ${state}`, name, detail]);
  const table = tableOf({ head: ['  state', 'what', 'detail'], rows, terminal });
  return `${target} (${type}): ${ok ? 'ok' : 'NOT ok'}\n${table}\n`;
}
