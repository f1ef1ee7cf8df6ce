import type { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';

type Request = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionRequest;

/**
 * The time-skipping server does not say in which queue a pending activity is, as real servers do; the history does.
 * Fills it in for everybody who describes a workflow over this connection.
 */
export function tellQueuesOfPending(connection: NativeConnection): void {
  const service = connection.workflowService;
  const describe = service.describeWorkflowExecution.bind(service);
  service.describeWorkflowExecution = (async (request: Request) => {
    const answer = await describe(request);
    if (answer.pendingActivities.length === 0) return answer;
    const { namespace = null, execution = null } = request;
    const { history } = await service.getWorkflowExecutionHistory({ namespace, execution });
    const queues = new Map(
      (history?.events ?? []).map(({ activityTaskScheduledEventAttributes: scheduled }) => [
        scheduled?.activityId,
        scheduled?.taskQueue ?? null,
      ]),
    );
    for (const pending of answer.pendingActivities)
      pending.activityOptions ??= { taskQueue: queues.get(pending.activityId) ?? null };
    return answer;
  }) as typeof service.describeWorkflowExecution;
}
