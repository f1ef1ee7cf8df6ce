import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parseEventFile, readEventFile } from '../../client/event-file';
import type { ParsedEvents } from '../../client/problem';
import type { HrEvent } from '../../domain/event';
import { nameOf } from '../../domain/person';
import { sha256OfJson } from '../../store/hash';
import { coreTaskQueue } from '../../workflows/messages';
import type { PlanReport } from '../../workflows/plan';
import { Complaint, exitCodes } from '../exit';
import { eventsOf } from '../event';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { runFlow } from '../run-flow';
import { planText } from '../plan-text';
import { connectTemporal } from '../temporal';
import { placed } from './option';

export function planCommand(cli: Cli): Command {
  return placed(new Command('plan'))
    .description('dry run: what an event or the events of a file would change on each target; nothing changes')
    .argument('<event>', 'an HR event as JSON, or a file (.json, .ndjson, .csv)')
    .action(async (event: string, options: PlaceOptions) => plan(cli, event, options));
}

async function plan({ terminal, ended }: Cli, text: string, options: PlaceOptions): Promise<void> {
  const events = eventsOf(await read(text, terminal.cwd), text.trimStart().startsWith('{') ? 'the event' : text);
  const temporal = await connectTemporal(terminal, findPlace(terminal, options));
  try {
    const results: (Pick<PlanReport, 'targets' | 'remarks'> & {
      readonly person: string;
      readonly event: string;
      readonly type: string;
    })[] = [];
    for (const event of events) {
      const cause = { event, receivedAt: new Date().toISOString(), eventHash: sha256OfJson(event), moments: {} };
      const report = await runFlow<PlanReport>(temporal.client, {
        workflowType: 'plan',
        workflowId: `plan:${event.subject}:${randomUUID()}`,
        taskQueue: coreTaskQueue,
        input: { cause },
        doing: `planning ${event.type} of ${event.subject}`,
      });
      const { id, subject, type } = event;
      results.push({ event: id, type, targets: report.targets, remarks: report.remarks, person: subject });
      if (!options.json) terminal.out(`${headOf(event)}\n${planText(report, terminal)}`);
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

function headOf({ id, type, subject, data }: HrEvent): string {
  return `${nameOf(data.person)} (${subject}), ${type}, event ${id}`;
}
