import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { StepName } from '../../domain/flow';

const milliseconds = (time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined) =>
  Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;

/** Targets on which this step had begun, and had not ended, at that moment: whoever died then may have had it in hand. */
export async function targetsInHand({
  client,
  workflowId,
  step,
  at,
}: {
  readonly client: Client;
  readonly workflowId: string;
  readonly step: StepName;
  readonly at: number;
}): Promise<readonly string[]> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = new Map<string, { readonly at: number; readonly target: string }>();
  const inHand: string[] = [];
  for (const event of events ?? []) {
    const begun = scheduledIn(event, step);
    if (begun !== undefined) scheduled.set(String(event.eventId), begun);
    const started = event.activityTaskStartedEventAttributes;
    const of = scheduled.get(String(started?.scheduledEventId));
    if (of === undefined || (started?.attempt ?? 1) < 2) continue;
    // The event tells of the last attempt; an earlier one ran somewhere between.
    if (of.at <= at && at <= milliseconds(event.eventTime)) inHand.push(of.target);
  }
  return inHand;
}

function scheduledIn(
  { activityTaskScheduledEventAttributes: begun, eventTime }: temporal.api.history.v1.IHistoryEvent,
  step: StepName,
) {
  if (begun?.activityType?.name !== step) return undefined;
  const target = (begun.taskQueue?.name ?? '').replace('tenure-target-', '');
  return { at: milliseconds(eventTime), target };
}
