import { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { PendingStep } from './contract';

const { PendingActivityState } = temporal.api.enums.v1;
type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

/** What the server knows of steps that have not returned. */
export async function inspectPending(execution: {
  readonly workflowId: string;
  readonly runId: string;
  readonly withProgress?: boolean;
}): Promise<readonly PendingStep[]> {
  const { client } = Context.current();
  const { raw } = await client.workflow.getHandle(execution.workflowId, execution.runId).describe();
  return (raw.pendingActivities ?? []).map((pending) => ({
    ...pendingStep(pending),
    ...(execution.withProgress === true ? { progress: progressOf(pending) } : {}),
  }));
}

function progressOf({ heartbeatDetails }: Pending): unknown {
  const [payload] = heartbeatDetails?.payloads ?? [];
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);
}

/** One of them, as people are told of it. */
export function pendingStep(pending: Pending): PendingStep {
  const type = pending.lastFailure?.applicationFailureInfo?.type;
  return {
    target: (pending.activityOptions?.taskQueue?.name ?? '').replace(/^tenure-target-/, ''),
    step: pending.activityType?.name ?? '',
    attempt: pending.attempt ?? 1,
    state: stateOf(pending, type),
    ...(pending.lastFailure?.message
      ? { lastFailure: `${type ?? ''} ${pending.lastFailure.message}`.trim().slice(0, 300) }
      : {}),
  };
}

/** An attempt that is under way after others failed has not helped yet: a vendor that hangs is seen at work most of the time. */
function stateOf({ attempt, state }: Pending, failure: string | null | undefined): PendingStep['state'] {
  if (failure === 'StillDraining') return 'running';
  if ((attempt ?? 1) > 1) return 'retrying';
  return state === PendingActivityState.PENDING_ACTIVITY_STATE_STARTED ? 'running' : 'no-worker';
}
