import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import type { Ping } from '../sources/webhook';
import { coreTaskQueue, hrPingSignal, hrRecordWorkflowId } from '../workflows/messages';
import type { Delivered, Delivery } from './deliver';
import { fromTemporal } from './errors';

/** HR systems give up on an answer after three seconds (peers 5), and come again. */
const DEADLINE_MS = 2500;
/** Priorities of Temporal: 1 goes first. */
const URGENT = 1;
const USUAL = 3;

/** The HR system whose records are pinged, as far as the flow has to know it. */
export interface PingedSource {
  readonly id: string;
  readonly type: string;
  readonly lookAgainMs: number;
}

/** Resolves when Temporal has the ping for good. Throws `TemporalAway` when it may not have it: deliver it again. */
export type DeliverPing = (source: PingedSource, ping: Ping) => Promise<Delivered>;
/** The same for a subscription that waits for an answer to its handshake. */
export type DeliverHandshake = (source: PingedSource, subscription: string) => Promise<Delivered>;

/**
 * Hands each ping to the flow that reads its record, which starts when it is not there. That is durable without any
 * worker and while the HR system is away; any number of pings for one record lead to one look more.
 */
export function deliverPings({ client, taskQueue = coreTaskQueue, deadlineMs = DEADLINE_MS }: Delivery): DeliverPing {
  return async ({ id, type, lookAgainMs }, { recordId, hint }) => {
    const workflowId = hrRecordWorkflowId(id, recordId);
    const start = () =>
      client.workflow.signalWithStart('hrRecord', {
        workflowId,
        taskQueue,
        args: [{ source: `/hr/${type}/${id}`, sourceId: id, recordId, lookAgainMs }],
        signal: hrPingSignal,
        signalArgs: [{ hint, receivedAt: new Date().toISOString() }],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        priority: { priorityKey: hint === 'revoke-now' ? URGENT : USUAL },
        staticSummary: `Record ${recordId} of ${id}`,
      });
    return await handOver({ client, deadlineMs, workflowId, what: `Handing a ping to ${workflowId}` }, start);
  };
}

/** Starts the flow that answers a handshake; one that runs for the subscription already is enough. */
export function deliverHandshakes({
  client,
  taskQueue = coreTaskQueue,
  deadlineMs = DEADLINE_MS,
}: Delivery): DeliverHandshake {
  return async ({ id }, subscription) => {
    const workflowId = `hr-handshake:${id}`;
    const start = () =>
      client.workflow.start('hrHandshake', {
        workflowId,
        taskQueue,
        args: [{ sourceId: id, subscription }],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        staticSummary: `Handshake of ${id}`,
      });
    return await handOver({ client, deadlineMs, workflowId, what: `Starting ${workflowId}` }, start);
  };
}

interface HandOver {
  readonly client: Client;
  readonly deadlineMs: number;
  readonly workflowId: string;
  readonly what: string;
}

async function handOver(
  { client, deadlineMs, workflowId, what }: HandOver,
  start: () => Promise<unknown>,
): Promise<Delivered> {
  try {
    await client.withDeadline(Date.now() + deadlineMs, start);
  } catch (error) {
    throw fromTemporal(error, what);
  }
  return { workflowId };
}
