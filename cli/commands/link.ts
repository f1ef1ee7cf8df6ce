import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import type { ChangeLinkReport } from '../../activities/contract';
import { visible } from '../../domain/visible';
import { coreTaskQueue, searchAttributes } from '../../workflows/messages';
import { exitCodes } from '../exit';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { runFlow } from '../run-flow';
import { connectTemporal, operatorOf } from '../temporal';
import { targetsOf } from './check';
import { placed } from './option';

interface LinkOptions extends PlaceOptions {
  readonly reason: string;
  readonly username?: string;
  readonly by?: string;
}

export function linkCommand(cli: Cli): Command {
  return linking(cli, 'link', 'say that an account is a person’s: it is found by the vendor’s id from now on').option(
    '--username <name>',
    'the account’s user name, for people to read (default: its id)',
  );
}

export function unlinkCommand(cli: Cli): Command {
  return linking(cli, 'unlink', 'say that an account is not a person’s: it is never found for them again');
}

function linking(cli: Cli, action: 'link' | 'unlink', description: string): Command {
  return placed(new Command(action))
    .description(description)
    .argument('<person>', 'the person’s id')
    .argument('<target>', 'the target’s id')
    .argument('<account-id>', 'the vendor’s immutable id of the account')
    .requiredOption('--reason <text>', 'why; lands in the evidence')
    .option('--by <name>', 'who says so (default: you, as this machine knows you)')
    .action(async (personId: string, target: string, accountId: string, options: LinkOptions) =>
      change(cli, { action, personId, target, accountId }, options),
    );
}

interface Said {
  readonly action: 'link' | 'unlink';
  readonly personId: string;
  readonly target: string;
  readonly accountId: string;
}

async function change({ terminal, ended }: Cli, said: Said, options: LinkOptions): Promise<void> {
  const place = findPlace(terminal, options);
  targetsOf(place, [said.target]);
  const by = options.by ?? operatorOf(terminal);
  const temporal = await connectTemporal(terminal, place, by);
  try {
    const { username, reason } = options;
    const report = await runFlow<ChangeLinkReport>(temporal.client, {
      workflowType: 'link',
      workflowId: `link:${said.personId}:${randomUUID()}`,
      taskQueue: coreTaskQueue,
      input: { ...said, reason, by, ...(username === undefined ? {} : { username }) },
      searchAttributes: [{ key: searchAttributes.person, value: said.personId }],
      doing: `${said.action}ing account ${said.accountId} of ${said.target}`,
    });
    if (options.json) terminal.out(JSON.stringify({ ...said, ...report }, null, 2));
    else terminal.out(visible(report.detail));
    ended(report.changed ? exitCodes.ok : exitCodes.attention);
  } finally {
    await temporal.close();
  }
}
