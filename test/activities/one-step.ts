import { ActivityCancellationType, ActivityFailure, CancelledFailure, proxyActivities } from '@temporalio/workflow';
import type { TargetActivities } from '../../activities';

/** The least flow around one step: it runs the step as a track does, and nothing else. */
export async function oneStep({
  step,
  queue,
  input,
}: {
  step: string;
  queue: string;
  input: unknown;
}): Promise<unknown> {
  const steps = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>({
    taskQueue: queue,
    startToCloseTimeout: '1m',
    heartbeatTimeout: '7s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '100ms', backoffCoefficient: 1 },
  });
  try {
    return await steps[step as keyof TargetActivities]?.(input);
  } catch (failure) {
    // Cut off: what the step had begun is its last word.
    if (failure instanceof ActivityFailure && failure.cause instanceof CancelledFailure)
      return failure.cause.details?.[0];
    throw failure;
  }
}
