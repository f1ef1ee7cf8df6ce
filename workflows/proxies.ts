import { ActivityCancellationType, patched, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { CoreActivities, SourceActivities, TargetActivities } from '../activities';
import type { RecordedEvent } from '../activities/contract';
import { coreTaskQueue, lookTaskQueue, sourceTaskQueue, targetTaskQueue } from './messages';

/** Urgent leavers pass bulk work in every queue; a lower number goes first. */
export const priorities = { urgent: 1, leaver: 2, mover: 3, bulk: 5 } as const;

/** Store, evidence and approvals: short, safe to repeat, repeated for as long as it takes. */
export const core: Omit<CoreActivities, 'notify'> = {
  recordEvent,
  planLeaver: coreStep('Read targets, policy and links; charge the budget').planLeaver,
  assignTargets: coreStep('Read targets and links').assignTargets,
  record: coreStep('Write evidence and state into the store').record,
  planDeletion: coreStep('Make the removal plan and its hash').planDeletion,
  establishSender: coreStep('Establish who sent the message').establishSender,
  resolveMoment: coreStep('Read the new end of access in the time zone of the person').resolveMoment,
  inspectPending: coreStep('Ask what keeps the steps from returning').inspectPending,
  concludeFlow: coreStep('Close evidence and flow').concludeFlow,
  returnEvents: coreStep('Give unread HR events back').returnEvents,
  inspectFlow: coreStep('Ask how the flow ended').inspectFlow,
  changeLink: coreStep('Change whose account it is').changeLink,
  awaitGivenWay: patient('Wait until the joiner or mover at work has stopped').awaitGivenWay,
  resumeGivenWay: patient('Give back what the flow that gave way was about').resumeGivenWay,
  planAccess: coreStep('Read what policy gives, targets and links').planAccess,
  planSuspension: coreStep('Read targets and links; charge the budget').planSuspension,
  planRestore: coreStep('Read from the evidence what was taken').planRestore,
  planGrants: coreStep('Make the plan of privileged entitlements and its hash').planGrants,
  standingOf: coreStep('Read how the person stands').standingOf,
  answerEvent: coreStep('Write what became of the HR event').answerEvent,
  checkChannels: coreStep('Ask whether anything answers at the channels').checkChannels,
  takeHrRecord: coreStep('Compare the HR record with how it was, and tell the person’s flow').takeHrRecord,
};

/** A proxy has one summary for all it offers, so that each activity has a proxy of its own. */
function coreStep(summary: string) {
  return proxyActivities<CoreActivities>({
    taskQueue: coreTaskQueue,
    startToCloseTimeout: '30s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
    summary,
  });
}

/** A step that waits for another flow: it heartbeats, and is begun again when its worker dies. */
function patient(summary: string) {
  return proxyActivities<CoreActivities>({
    taskQueue: coreTaskQueue,
    startToCloseTimeout: '1h',
    heartbeatTimeout: '30s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
    summary,
  });
}

/**
 * Telling people. It gives up after so many attempts, because a dead channel must hold up no flow; nobody waits for it
 * but a flow that ends, and that one not long.
 */
export function tell({ attempts, summary }: { attempts: number; summary: string }) {
  return proxyActivities<Pick<CoreActivities, 'notify'>>({
    taskQueue: coreTaskQueue,
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: '1h',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', backoffCoefficient: 4, maximumInterval: '5m', maximumAttempts: attempts },
    summary,
  });
}

/**
 * Earlier versions took an event in within the workflow's own task, by a local activity, while the store answered. Of two
 * hundred events at once on a busy machine the SDK once recorded a history that it could not replay, and a person whose
 * door is stuck is worse than one way more through the queue.
 */
async function recordEvent(input: Parameters<CoreActivities['recordEvent']>[0]): Promise<RecordedEvent> {
  const summary = 'Take the HR event into the store';
  if (patched('event-by-activity')) return await coreStep(summary).recordEvent(input);
  const inTask = proxyLocalActivities<CoreActivities>({
    startToCloseTimeout: '5s',
    retry: { maximumAttempts: 1 },
    summary,
  });
  try {
    return await inTask.recordEvent(input);
  } catch {
    return await coreStep(summary).recordEvent(input);
  }
}

/**
 * The changing steps on one target. They wait in that target's queue for a worker and a rate, for as long as it takes;
 * an outage delays only its own track. They heartbeat, so that a person's `resolve` and a dead worker are noticed.
 */
export function changeOn({ target, urgent, summary }: { target: string; urgent: boolean; summary: string }) {
  return proxyActivities<TargetActivities>({
    taskQueue: targetTaskQueue(target),
    startToCloseTimeout: '10m',
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
    priority: { priorityKey: urgent ? priorities.urgent : priorities.leaver },
    summary,
  });
}

/** Reading a record of an HR system: repeated for as long as it is away, so that no ping is lost. */
export function readFrom({ source, recordId, urgent }: { source: string; recordId: string; urgent: boolean }) {
  return proxyActivities<SourceActivities>({
    taskQueue: sourceTaskQueue(source),
    startToCloseTimeout: '2m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
    priority: { priorityKey: urgent ? priorities.urgent : priorities.mover },
    summary: `Read record ${recordId} of ${source}`,
  });
}

/** Reading for `check` and `plan`: a person waits for the answer, so it gives up. */
export function lookAt({ target, summary }: { target: string; summary: string }) {
  return proxyActivities<TargetActivities>({
    taskQueue: lookTaskQueue(target),
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '3m',
    heartbeatTimeout: '20s',
    retry: { initialInterval: '1s', maximumAttempts: 2 },
    priority: { priorityKey: priorities.urgent },
    summary,
  });
}
