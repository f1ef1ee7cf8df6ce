import { setTimeout as wait } from 'node:timers/promises';
import type { temporal } from '@temporalio/proto';
import { sendUpdate } from '../../client/decide';
import { flowWorkflowId, personWorkflowId, progressQuery } from '../../workflows/messages';
import { leaverEvent, peopleOf } from '../company';
import { leaverEnded, sendEvent } from '../leaver';
import type { Stage } from '../stage';
import type { Result } from './result';

const atMost = 60;
type Events = readonly temporal.api.history.v1.IHistoryEvent[];

/** What Temporal Cloud would bill for a whole leaver that is approved and deleted, estimated over both histories. */
export async function actionRow(stage: Stage): Promise<Result> {
  const [person] = peopleOf('b', 1);
  if (person === undefined) throw new Error('nobody to count');
  stage.vendors.seed([person]);
  await stage.startWorkers({ deletion: true });
  await sendEvent(stage, leaverEvent(person));
  await approve(stage, flowWorkflowId('leaver', person.id));
  await leaverEnded(stage, person.id);
  const ids = [personWorkflowId(person.id), flowWorkflowId('leaver', person.id)];
  const histories = await Promise.all(
    ids.map(async (id) => (await stage.client.workflow.getHandle(id).fetchHistory()).events ?? []),
  );
  for (const { username } of [person])
    for (const [target, standIn] of stage.vendors.standIns)
      if (standIn.account(username)?.enabled === true) throw new Error(`${username} on ${target} was not deleted`);
  return rowOf(histories);
}

async function approve(stage: Stage, workflowId: string): Promise<void> {
  const { workflow } = stage.client;
  for (;;) {
    const found = await workflow
      .getHandle(workflowId)
      .query(progressQuery, {})
      .catch(() => undefined);
    const planHash = found?.approval?.planHash;
    if (planHash === undefined) {
      await wait(100);
      continue;
    }
    const input = { approved: true, reason: 'bench', planHash, approver: 'ann@acme.test' };
    await sendUpdate({ client: stage.client, workflowId, name: 'decide', input });
    return;
  }
}

export function rowOf(histories: readonly Events[]): Result {
  const counts = histories.map(countActions);
  const sum = (of: 'actions' | 'retries') => counts.reduce((total, count) => total + count[of], 0);
  const kinds = counts.flatMap(({ kinds: one }) => [...one]).filter(([, count]) => count > 0);
  return {
    measure: 'billable actions of a whole leaver, deletion included',
    measured: `${sum('actions')} (+ ${sum('retries')} polls)`,
    target: `<= ${atMost}`,
    reached: sum('actions') <= atMost,
    notes: [
      `Billable, in the history of the person and of the leaver: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')}. Heartbeats are in no history: one before the first write on each target, and one a poll that is not the last.`,
    ],
  };
}

interface Count {
  readonly actions: number;
  readonly retries: number;
  readonly kinds: ReadonlyMap<string, number>;
}

/** By Temporal's price list: https://docs.temporal.io/cloud/actions */
export function countActions(events: Events): Count {
  const kinds = new Map<string, number>();
  const bill = (kind: string, count = 1) => kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  const tasksWithLocal = new Set<string>();
  let retries = 0;
  for (const [index, event] of events.entries()) {
    const started = event.workflowExecutionStartedEventAttributes;
    // Signal-with-start is one action, and a child is billed to its parent, with two.
    if (started && !started.parentWorkflowExecution) bill('start');
    if (event.workflowExecutionSignaledEventAttributes && index > 1) bill('signal');
    if (event.startChildWorkflowExecutionInitiatedEventAttributes) bill('child', 2);
    if (event.activityTaskScheduledEventAttributes) bill('activity');
    retries += (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1;
    if (event.timerStartedEventAttributes) bill('timer');
    if (event.upsertWorkflowSearchAttributesEventAttributes) bill('upsert of search attributes');
    if (event.workflowExecutionUpdateAcceptedEventAttributes) bill('update');
    if (event.signalExternalWorkflowExecutionInitiatedEventAttributes) bill('signal to another workflow');
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === 'core_local_activity') tasksWithLocal.add(String(marker.workflowTaskCompletedEventId));
  }
  bill('workflow task with local activities', tasksWithLocal.size);
  return { actions: [...kinds.values()].reduce((total, count) => total + count, 0), retries, kinds };
}
