import { setTimeout as wait } from 'node:timers/promises';
import type { temporal } from '@temporalio/proto';
import { sendUpdate } from '../../client/decide';
import { flowWorkflowId, personWorkflowId, progressQuery } from '../../workflows/messages';
import { leaverEvent, peopleOf } from '../company';
import { leaverEnded, sendEvent } from '../flow';
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
  for (const [target, standIn] of stage.vendors.standIns)
    if (standIn.account(person.username)?.enabled === true)
      throw new Error(`${person.id} on ${target} is still enabled`);
  return rowOf(histories);
}

/** Every plan that is asked for; a target that was late gets one of its own. */
async function approve(stage: Stage, workflowId: string): Promise<void> {
  const { client } = stage;
  const approved = new Set<string>();
  for (;;) {
    const found = await client.workflow
      .getHandle(workflowId)
      .query(progressQuery, {})
      .catch(() => undefined); // not started yet
    if (found?.state === 'done') return;
    const planHash = found?.approval?.planHash;
    if (planHash !== undefined && !approved.has(planHash)) {
      approved.add(planHash);
      const input = { approved: true, reason: 'bench', planHash, approver: 'ann@acme.test' };
      await sendUpdate({ client, workflowId, name: 'decide', input });
    } else await wait(200);
  }
}

export function rowOf(histories: readonly Events[]): Result {
  const counts = histories.map(countActions);
  const sum = (of: 'actions' | 'polls' | 'images') => counts.reduce((total, count) => total + count[of], 0);
  const kinds = new Map<string, number>();
  for (const [kind, count] of counts.flatMap((one) => [...one.kinds])) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  const total = sum('actions');
  const images = sum('images');
  const list = [...kinds].filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`);
  return {
    measure: 'billable actions of a whole leaver, deletion included',
    measured: `${total} (+ ${sum('polls')} polls)`,
    target: `<= ${atMost}`,
    reached: total <= atMost,
    notes: [
      `Billable, in the history of the person and of the leaver: ${list.join(', ')}.`,
      // Seen on the server's own counter of actions (`--metrics-port`): its other counts are those above.
      `Heartbeats are billed and in no history, so not in the figure: ${images} keep a before-image before the first write (${total + images} with them), and each poll but the last sends one. Queries are billed to whoever asks.`,
    ],
  };
}

interface Count {
  readonly actions: number;
  /** Attempts after the first of the step that polls. */
  readonly polls: number;
  /** Steps that keep a before-image by a heartbeat of their own. */
  readonly images: number;
  readonly kinds: ReadonlyMap<string, number>;
}

/**
 * By Temporal's price list (https://docs.temporal.io/cloud/actions), as the Web UI's estimate does; but a child is billed
 * once, to its parent, and polls are told apart from attempts that failed.
 */
export function countActions(events: Events): Count {
  const kinds = new Map<string, number>();
  const bill = (kind: string, count: number) => kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  const tasksWithLocal = new Set<string>();
  for (const [index, event] of events.entries()) {
    for (const [field, kind, count] of prices) if (event[field]) bill(kind, count);
    for (const kind of notBilled(event, index)) bill(kind, -1);
    bill('further attempt', furtherLocalAttempts(event));
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === 'core_local_activity') tasksWithLocal.add(String(marker.workflowTaskCompletedEventId));
  }
  bill('workflow task with local activities', tasksWithLocal.size);
  const { polls, failed, images } = attemptsIn(events);
  bill('further attempt', failed);
  return { actions: [...kinds.values()].reduce((total, count) => total + count, 0), polls, images, kinds };
}

/** What looks as if it had a price: a signal with start is one action, a child is billed to its parent, patches are free. */
function notBilled(event: Events[number], index: number): readonly string[] {
  return [
    ...(event.workflowExecutionSignaledEventAttributes && index === 1 ? ['signal'] : []),
    ...(event.workflowExecutionStartedEventAttributes?.parentWorkflowExecution ? ['start'] : []),
    ...(isOfPatch(event) ? [upsert] : []),
  ];
}

/** They leave no marker; the server meters them. */
function furtherLocalAttempts({ workflowTaskCompletedEventAttributes: completed }: Events[number]): number {
  return completed?.meteringMetadata?.nonfirstLocalActivityExecutionAttempts ?? 0;
}

/** Attempts after the first: polls, and others that failed; and the steps that keep a before-image. */
function attemptsIn(events: Events) {
  const names = new Map<string, string>();
  let [polls, failed] = [0, 0];
  for (const { eventId, activityTaskScheduledEventAttributes: scheduled, ...event } of events) {
    if (scheduled) names.set(String(eventId), scheduled.activityType?.name ?? '');
    const { scheduledEventId, attempt } = event.activityTaskStartedEventAttributes ?? {};
    const further = (attempt ?? 1) - 1;
    if (names.get(String(scheduledEventId)) === 'drainSessions') polls += further;
    else failed += further;
  }
  return { polls, failed, images: [...names.values()].filter((name) => name === 'disableAccounts').length };
}

const upsert = 'upsert of search attributes';

/** `patched()` writes its id into a search attribute of the SDK's own. */
function isOfPatch({ upsertWorkflowSearchAttributesEventAttributes: upserted }: Events[number]): boolean {
  const names = Object.keys(upserted?.searchAttributes?.indexedFields ?? {});
  return names.length === 1 && names[0] === 'TemporalChangeVersion';
}

/** A signal to another workflow is billed once, where it arrives; an update that was rejected leaves no event. */
const prices = [
  ['workflowExecutionStartedEventAttributes', 'start', 1],
  ['workflowExecutionSignaledEventAttributes', 'signal', 1],
  ['startChildWorkflowExecutionInitiatedEventAttributes', 'child', 2],
  ['activityTaskScheduledEventAttributes', 'activity', 1],
  ['timerStartedEventAttributes', 'timer', 1],
  ['upsertWorkflowSearchAttributesEventAttributes', upsert, 1],
  ['workflowExecutionUpdateAcceptedEventAttributes', 'update', 1],
] as const satisfies readonly (readonly [keyof temporal.api.history.v1.IHistoryEvent, string, number])[];
