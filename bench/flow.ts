import { signWebhook } from '../client/sources/standard-webhooks';
import type { HrEvent } from '../domain/event';
import type { FlowKind } from '../domain/flow';
import { flowWorkflowId, personWorkflowId } from '../workflows/messages';
import type { Stage } from './stage';

/** A row is given up when one of its flows has not ended by then. */
const patienceMs = 5 * 60_000;

/** What HR does; comes back, with the time in milliseconds, when the gateway has answered 202. */
export async function sendEvent(stage: Stage, event: HrEvent): Promise<number> {
  const body = JSON.stringify(event);
  const signed = signWebhook({ secret: stage.hrSecret, id: event.id, timestamp: new Date(), body });
  const headers = { 'content-type': 'application/json', ...signed };
  const answer = await fetch(`${stage.gatewayUrl}/hr/events`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`the gateway answered ${answer.status}: ${text.slice(0, 300)}`);
  return Date.now();
}

/** Waits for the end of the leaver; the time of the end in milliseconds. */
export async function leaverEnded(stage: Stage, personId: string): Promise<number> {
  return await flowEnded(stage, 'leaver', personId);
}

/**
 * Waits for the end of the flow that the last event started, through `person`, which outlives it; the time of the end in
 * milliseconds.
 */
export async function flowEnded(stage: Stage, kind: FlowKind, personId: string): Promise<number> {
  const { workflow } = stage.client;
  // A flow that a brake holds would never end, and nobody would see why.
  await stage.client.withDeadline(Date.now() + patienceMs, () =>
    workflow.getHandle(personWorkflowId(personId)).result(),
  );
  const { closeTime, status } = await workflow.getHandle(flowWorkflowId(kind, personId)).describe();
  if (closeTime === undefined || status.name !== 'COMPLETED') throw new Error(`${kind}:${personId} is ${status.name}`);
  return closeTime.getTime();
}

/** One activity of a history. */
export interface PastActivity {
  readonly name: string;
  readonly taskQueue: string;
  readonly attempts: number;
  /** Milliseconds since 1970; undefined while it has not completed. */
  readonly completedAt?: number;
}

/** The activities of a workflow, in the order in which they were scheduled. */
export async function activitiesOf(stage: Stage, workflowId: string): Promise<readonly PastActivity[]> {
  const { events } = await stage.client.workflow.getHandle(workflowId).fetchHistory();
  const found = new Map<string, PastActivity>();
  for (const { eventId, eventTime, ...event } of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const started = event.activityTaskStartedEventAttributes;
    const completed = event.activityTaskCompletedEventAttributes;
    if (scheduled)
      found.set(String(eventId), {
        name: scheduled.activityType?.name ?? '',
        taskQueue: scheduled.taskQueue?.name ?? '',
        attempts: 1,
      });
    const of = String((started ?? completed)?.scheduledEventId ?? '');
    const known = found.get(of);
    if (known === undefined) continue;
    if (started) found.set(of, { ...known, attempts: started.attempt ?? 1 });
    else found.set(of, { ...known, completedAt: millisecondsOf(eventTime) });
  }
  return [...found.values()];
}

function millisecondsOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
}

/** When the last of all targets had its accounts disabled and read back. */
export function allDisabledAt(activities: readonly PastActivity[], targets: readonly string[]): number {
  return allDoneAt('disableAccounts', activities, targets);
}

/** When this step had completed on the last of all targets, in milliseconds. */
export function allDoneAt(name: string, activities: readonly PastActivity[], targets: readonly string[]): number {
  const times = targets.map((target) => {
    // The bare workflow's queues have another beginning.
    const step = activities.find((one) => one.name === name && one.taskQueue.endsWith(`target-${target}`));
    if (step?.completedAt === undefined) throw new Error(`${name} never completed on ${target}`);
    return step.completedAt;
  });
  return Math.max(...times);
}
