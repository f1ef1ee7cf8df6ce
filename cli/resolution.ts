import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { sendUpdate, type Sent } from '../client/decide';
import { progressOf } from '../client/watch';
import type { Resolve } from '../workflows/messages';

/** How long the flow is watched for what became of a `resolve`, in milliseconds. */
const FOLLOW_MS = 6000;
const LOOK_AGAIN_MS = 300;
/** How a flow begins its remark on one. */
const remark = /^resolve by .*? \((token|principal|asserted)\): /;

export interface Resolved extends Sent {
  /** False: it was read and led to nothing. Absent: not known yet. */
  readonly applied?: boolean;
}

/** Sends it and watches what becomes of it: who sent it is established first, so the update's answer is not the last word. */
export async function sendResolve({
  client,
  workflowId,
  input,
}: {
  readonly client: Client;
  readonly workflowId: string;
  readonly input: Resolve;
}): Promise<Resolved> {
  const before = await notesOf(client, workflowId);
  const sent = await sendUpdate({ client, workflowId, name: 'resolve', input });
  // A signal waits for a worker, and whoever does not know what was there before cannot tell what is new.
  if (sent.way === 'signal' || before === undefined) return sent;
  for (let left = FOLLOW_MS; left > 0; left -= LOOK_AGAIN_MS) {
    await wait(LOOK_AGAIN_MS);
    const now = await notesOf(client, workflowId);
    const answer = newNotes(before, now ?? before).findLast((note) => remark.test(note));
    if (answer !== undefined) return { ...sent, message: answer, applied: isApplied(answer.replace(remark, '')) };
  }
  return sent;
}

/** A mover may have two tracks on one target, and each answers for itself. */
function isApplied(answer: string): boolean {
  if (/^(not applied|no target)/.test(answer)) return false;
  return !answer.split('; ').every((part) => /^(nothing to resolve|lets nobody go)/.test(part));
}

async function notesOf(client: Client, workflowId: string): Promise<readonly string[] | undefined> {
  return await progressOf({ client, workflowId }).then(
    ({ notes = [] }) => notes,
    () => undefined,
  );
}

/** What came since: a flow shows only its last notes, so that the first ones may be gone. */
export function newNotes(before: readonly string[], now: readonly string[]): readonly string[] {
  for (let fresh = 0; fresh < now.length; fresh += 1) {
    const old = now.slice(0, now.length - fresh);
    if (old.every((note, index) => note === before[before.length - old.length + index])) return now.slice(old.length);
  }
  return now;
}
