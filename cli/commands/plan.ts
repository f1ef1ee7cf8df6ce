import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parseEventFile, readEventFile } from '../../client/event-file';
import type { ParsedEvents } from '../../client/problem';
import type { TargetPlan } from '../../domain/containment';
import type { HrEvent } from '../../domain/event';
import { nameOf } from '../../domain/person';
import { sha256OfJson } from '../../store/hash';
import { coreTaskQueue } from '../../workflows/messages';
import { Complaint, exitCodes } from '../exit';
import { eventsOf } from '../event';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { runFlow } from '../run-flow';
import { tableOf } from '../table';
import { connectTemporal } from '../temporal';
import { placed } from './option';

export function planCommand(cli: Cli): Command {
  return placed(new Command('plan'))
    .description('dry run: what the leavers of an event or a file would change on each target; nothing changes')
    .argument('<event>', 'an HR event as JSON, or a file (.json, .ndjson, .csv)')
    .action(async (event: string, options: PlaceOptions) => plan(cli, event, options));
}

async function plan({ terminal, ended }: Cli, text: string, options: PlaceOptions): Promise<void> {
  const events = eventsOf(await read(text, terminal.cwd), text.trimStart().startsWith('{') ? 'the event' : text);
  const leavers = events.filter(({ type }) => type === 'tenure.leaver');
  if (leavers.length === 0) throw new Complaint('No event of the type tenure.leaver is there: nothing to plan.');
  const temporal = await connectTemporal(terminal, findPlace(terminal, options));
  try {
    const results: { readonly person: string; readonly event: string; readonly targets: readonly TargetPlan[] }[] = [];
    for (const event of leavers) {
      const leaver = { event, receivedAt: new Date().toISOString(), eventHash: sha256OfJson(event), moments: {} };
      const targets = await runFlow<readonly TargetPlan[]>(temporal.client, {
        workflowType: 'plan',
        workflowId: `plan:${event.subject}:${randomUUID()}`,
        taskQueue: coreTaskQueue,
        input: { leaver },
        doing: `planning the leaver of ${event.subject}`,
      });
      results.push({ person: event.subject, event: event.id, targets });
      if (!options.json) terminal.out(textOf(event, targets, terminal));
    }
    if (options.json) terminal.out(JSON.stringify(results, null, 2));
    const someone = results.some(({ targets }) => targets.some(({ outcome }) => outcome === 'needs-person'));
    ended(someone ? exitCodes.attention : exitCodes.ok);
  } finally {
    await temporal.close();
  }
}

async function read(text: string, cwd: string): Promise<ParsedEvents> {
  if (/^\s*[{[]/.test(text)) return parseEventFile({ name: 'event.json', bytes: Buffer.from(text) });
  const file = path.resolve(cwd, text);
  if (!fs.existsSync(file)) throw new Complaint(`${text} is neither a JSON object nor a file.`);
  return await readEventFile(file);
}

function textOf(event: HrEvent, targets: readonly TargetPlan[], terminal: Cli['terminal']): string {
  const rows = targets.flatMap(({ target, outcome, accounts, parked, handOver }) => [
    ...(accounts.length === 0 ? [[target, '', outcome, parked === undefined ? '' : parked.detail]] : []),
    ...accounts.map(({ account, would }) => [
      target,
      account.username,
      outcome,
      [...would, ...(parked === undefined ? [] : [parked.detail])].join('; '),
    ]),
    ...handOver.map((item) => [target, '', 'for a person', item]),
  ]);
  const table = tableOf({ head: ['target', 'account', 'outcome', 'what would change'], rows, terminal });
  return `${nameOf(event.data.person)} (${event.subject}), event ${event.id}\n${table}\n`;
}
