import path from 'node:path';
import { Command } from 'commander';
import { deliverEvents } from '../../client/deliver';
import { readEventFile } from '../../client/event-file';
import { showProgress } from '../../workers/engine/progress';
import { eventsOf } from '../event';
import type { HrEvent } from '../../domain/event';
import { Complaint, exitCodes } from '../exit';
import { wordsFor } from '../failure';
import { findPlace, type Place, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { reusedIds, reusedText } from '../question';
import { withStore } from '../store';
import { connectTemporal } from '../temporal';
import { placed } from './option';

export function submitCommand(cli: Cli): Command {
  return placed(new Command('submit'))
    .description('hand the HR events of a file to Temporal, in order; the same file may be sent again')
    .argument('<file>', '.ndjson (one event a line), .json or .csv')
    .action(async (file: string, options: PlaceOptions) => submit(cli, file, options));
}

async function submit({ terminal, ended }: Cli, file: string, options: PlaceOptions): Promise<void> {
  const events = eventsOf(await readEventFile(path.resolve(terminal.cwd, file)), file);
  const place = findPlace(terminal, options);
  const temporal = await connectTemporal(terminal, place);
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
  // After they are handed over: events come first, and the look tells only what the store knows by now.
  const reused = await knownToReuse(place, events);
  if (options.json)
    terminal.out(
      JSON.stringify({ accepted, ...(reused === undefined ? {} : { reused: reused.map(nameOf) }) }, null, 2),
    );
  else
    terminal.out(
      `${accepted.length} events are with Temporal, for ${new Set(accepted.map((one) => one.workflowId)).size} people.`,
    );
  if (reused === undefined)
    terminal.err('Whether ids were used before cannot be told from here: the store cannot be read.');
  else if (reused.length > 0) {
    terminal.err(reusedText(reused));
    ended(exitCodes.attention);
  }
}

/** The machine that submits need not reach the store: then nothing is said about it. */
async function knownToReuse(place: Place, events: readonly HrEvent[]): Promise<readonly HrEvent[] | undefined> {
  try {
    return await withStore(place, (store) => reusedIds(store, events));
  } catch {
    return undefined;
  }
}

function nameOf({ id, source, type, subject }: HrEvent) {
  return { id, source, type, personId: subject };
}
