import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
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
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '100ms', backoffCoefficient: 1 },
  });
  return await steps[step as keyof TargetActivities]?.(input);
}
