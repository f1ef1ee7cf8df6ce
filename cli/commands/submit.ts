import path from 'node:path';
import { Command } from 'commander';
import { deliverEvents } from '../../client/deliver';
import { readEventFile } from '../../client/event-file';
import { showProgress } from '../../workers/engine/progress';
import { eventsOf } from '../event';
import { Complaint } from '../exit';
import { wordsFor } from '../failure';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { connectTemporal } from '../temporal';
import { placed } from './option';

export function submitCommand(cli: Cli): Command {
  return placed(new Command('submit'))
    .description('hand the HR events of a file to Temporal, in order; the same file may be sent again')
    .argument('<file>', '.ndjson (one event a line), .json or .csv')
    .action(async (file: string, options: PlaceOptions) => submit(cli, file, options));
}

async function submit({ terminal }: Cli, file: string, options: PlaceOptions): Promise<void> {
  const events = eventsOf(await readEventFile(path.resolve(terminal.cwd, file)), file);
  const temporal = await connectTemporal(terminal, findPlace(terminal, options));
  const deliver = deliverEvents({ client: temporal.client, deadlineMs: 10_000 });
  const progress = showProgress();
  const accepted: { id: string; workflowId: string }[] = [];
  try {
    for (const event of events) {
      progress.say(`handed over ${accepted.length} of ${events.length} events`);
      const { workflowId } = await deliver(event);
      accepted.push({ id: event.id, workflowId });
    }
  } catch (error) {
    throw new Complaint(
      `${accepted.length} of ${events.length} events were handed over, then: ${wordsFor(error)}. Send the file again: what arrived twice changes nothing.`,
    );
  } finally {
    progress.done();
    await temporal.close();
  }
  if (options.json) terminal.out(JSON.stringify({ accepted }, null, 2));
  else
    terminal.out(
      `${accepted.length} events are with Temporal, for ${new Set(accepted.map((one) => one.workflowId)).size} people.`,
    );
}
