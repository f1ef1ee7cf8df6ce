import { hrSignal, type HrMessage } from '../../workflows/messages';
import { leaverEvent } from '../company';
import type { SeedPerson } from '../../sandbox';
import type { Stage } from '../stage';
import { bareQueue } from './contract';
import type { barePerson } from './story';

/** Comes back, with the time in milliseconds, when Temporal has it; `books` as in `BareRequest`. */
export async function sendBare(stage: Stage, person: SeedPerson, { books }: { books: boolean }): Promise<number> {
  await stage.client.workflow.signalWithStart<typeof barePerson, [HrMessage]>('barePerson', {
    workflowId: `bare-person:${person.id}`,
    taskQueue: bareQueue,
    args: [{ personId: person.id, targets: [...stage.vendors.standIns.keys()], books }],
    signal: hrSignal,
    signalArgs: [{ event: leaverEvent(person), receivedAt: new Date().toISOString() }],
  });
  return Date.now();
}

/** Waits for the end of the bare leaver; the time of the end in milliseconds. */
export async function bareEnded(stage: Stage, personId: string): Promise<number> {
  const { workflow } = stage.client;
  await workflow.getHandle(`bare-person:${personId}`).result();
  const { closeTime, status } = await workflow.getHandle(`bare-leaver:${personId}`).describe();
  if (closeTime === undefined || status.name !== 'COMPLETED')
    throw new Error(`bare leaver ${personId} is ${status.name}`);
  return closeTime.getTime();
}
