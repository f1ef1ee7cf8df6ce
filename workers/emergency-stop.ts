import { temporal } from '@temporalio/proto';
import type { WorkflowService } from '@temporalio/client';
import { targetTaskQueue } from '../workflows/messages';

const activityQueue = temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;
/** How long a worker trusts what it last heard: writes in flight stop within this. */
const freshForMs = 1_000;

interface Door {
  readonly workflowService: WorkflowService;
  readonly namespace: string;
}

/**
 * The emergency stop lives in the server as a rate of zero on the targets' queues: it needs no worker to take effect,
 * survives every restart, and holds what is queued. Workers ask for it before each write, which stops steps in flight.
 */
export async function setEmergencyStop({
  workflowService,
  namespace,
  targets,
  stopped,
  reason,
  by,
}: Door & {
  readonly targets: readonly string[];
  readonly stopped: boolean;
  readonly reason: string;
  readonly by: string;
}): Promise<void> {
  for (const target of targets) {
    await workflowService.updateTaskQueueConfig({
      namespace,
      identity: by,
      taskQueue: targetTaskQueue(target),
      taskQueueType: activityQueue,
      updateQueueRateLimit: { ...(stopped ? { rateLimit: { requestsPerSecond: 0 } } : {}), reason },
    });
  }
}

export interface StopState {
  readonly target: string;
  readonly stopped: boolean;
  readonly reason?: string;
  readonly by?: string;
}

export async function readEmergencyStops({
  targets,
  ...door
}: Door & { readonly targets: readonly string[] }): Promise<readonly StopState[]> {
  return await Promise.all(targets.map((target) => readOne(door, target)));
}

async function readOne({ workflowService, namespace }: Door, target: string): Promise<StopState> {
  const described = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: targetTaskQueue(target) },
    taskQueueType: activityQueue,
    reportConfig: true,
  });
  const limit = described.config?.queueRateLimit;
  const rate = limit?.rateLimit?.requestsPerSecond;
  // Zero is left out on the wire: a limit that was set and has no number is the stop.
  const stopped = limit?.rateLimit !== undefined && limit.rateLimit !== null && (rate ?? 0) === 0;
  const { reason, updateIdentity: by } = limit?.metadata ?? {};
  return { target, stopped, ...(stopped && reason ? { reason } : {}), ...(stopped && by ? { by } : {}) };
}

/** What a target's worker asks before each write; cheap, because an answer is good for a second. */
export function stopGate({ target, ...door }: Door & { readonly target: string }): () => Promise<boolean> {
  let known: { readonly at: number; readonly stopped: Promise<boolean> } | undefined;
  return async () => {
    const now = Date.now();
    if (known === undefined || now - known.at > freshForMs)
      known = { at: now, stopped: readOne(door, target).then((state) => state.stopped) };
    const asked = known;
    try {
      return await asked.stopped;
    } catch (error) {
      if (known === asked) known = undefined;
      // Not knowing is no leave to write: the step fails and is tried again.
      throw error;
    }
  };
}
