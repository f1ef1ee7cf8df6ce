import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import type { HrEvent } from '../domain/event';
import { coreTaskQueue, hrSignal, personWorkflowId, searchAttributes } from '../workflows/messages';
import { fromTemporal } from './errors';

/** HR systems give up on an answer after three seconds (peers 5), and come again. */
const DEADLINE_MS = 2500;
/** Priorities of Temporal: 1 goes first, 3 is the default. It counts when the flow starts. */
const URGENT = 1;
const USUAL = 3;

export interface Delivered {
  readonly workflowId: string;
}
/** Resolves when Temporal has the event for good. Throws `TemporalAway` when it may not have it: deliver it again. */
export type Deliver = (event: HrEvent) => Promise<Delivered>;

export interface Delivery {
  readonly client: Client;
  readonly taskQueue?: string;
  /** Milliseconds for one event, the client's own retries included. */
  readonly deadlineMs?: number;
}

/**
 * Hands each event to the flow of its person, which starts when it is not there. That is durable without any worker,
 * and may be done again at will: the flow knows each event by source and id.
 */
export function deliverEvents({ client, taskQueue = coreTaskQueue, deadlineMs = DEADLINE_MS }: Delivery): Deliver {
  return async (event) => {
    const personId = event.data.person.id;
    const workflowId = personWorkflowId(personId);
    const isUrgentLeaver = event.type === 'tenure.leaver' && event.data.urgent === true;
    const start = () =>
      client.workflow.signalWithStart('person', {
        workflowId,
        taskQueue,
        args: [{ personId, clock: 'told' }],
        signal: hrSignal,
        signalArgs: [{ event, receivedAt: new Date().toISOString() }],
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        priority: { priorityKey: isUrgentLeaver ? URGENT : USUAL },
        typedSearchAttributes: [
          { key: searchAttributes.person, value: personId },
          { key: searchAttributes.flow, value: 'person' },
        ],
        // Shown in lists: the id alone, no name.
        staticSummary: `Everything HR says about person ${personId}`,
      });
    try {
      await client.withDeadline(Date.now() + deadlineMs, start);
    } catch (error) {
      throw fromTemporal(error, `Handing event ${event.id} to ${workflowId}`);
    }
    return { workflowId };
  };
}

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Asks Temporal whether it is there and knows the namespace. */
export function temporalReady({ client, deadlineMs = 2000 }: Omit<Delivery, 'taskQueue'>): () => Promise<Readiness> {
  const { namespace } = client.options;
  return async () => {
    try {
      await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.describeNamespace({ namespace }));
      return { ready: true };
    } catch (error) {
      const cause = fromTemporal(error, `Asking Temporal for namespace ${namespace}`);
      return { ready: false, reason: cause instanceof Error ? cause.message : 'Temporal cannot be asked' };
    }
  };
}
