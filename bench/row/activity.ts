import type { FlowKind } from '../../domain/flow';
import { flowWorkflowId, personWorkflowId, targetTaskQueue } from '../../workflows/messages';
import { activitiesOf, type PastActivity } from '../flow';
import type { Stage } from '../stage';
import { number, type Result } from './result';

const atMost = 3;

/** What one flow of a person asked its targets to do. */
export interface FlowCount {
  /** Activities on the target that had the most; polls are attempts of one. */
  readonly most: number;
  readonly polls: number;
  /** What it is made of, in words. */
  readonly note: string;
}

/** Activities of a leaver on its targets, counted from its history; what happens after an approval is no part of it. */
export async function activityRow(stage: Stage, personId: string): Promise<Result> {
  const { most, polls, note } = await countFlow(stage, 'leaver', personId);
  return {
    measure: 'activities per target up to the approval',
    measured: `${most} (+ ${polls} polls over all targets)`,
    target: `<= ${atMost}`,
    reached: most <= atMost,
    notes: [`A whole leaver without deletion: ${note}`],
  };
}

/** Counts the last run of this flow, and what `person` did for it. */
export async function countFlow(stage: Stage, kind: FlowKind, personId: string): Promise<FlowCount> {
  const ofFlow = await activitiesOf(stage, flowWorkflowId(kind, personId));
  const ofPerson = await activitiesOf(stage, personWorkflowId(personId));
  return countActivities(ofFlow, ofPerson, [...stage.vendors.standIns.keys()]);
}

export function countActivities(
  ofFlow: readonly PastActivity[],
  ofPerson: readonly PastActivity[],
  targets: readonly string[],
): FlowCount {
  const perTarget = targets.map((id) => ofFlow.filter(({ taskQueue }) => taskQueue === targetTaskQueue(id)));
  const onTargets = perTarget.flat();
  const core = [...ofPerson, ...ofFlow].filter(({ taskQueue }) => !taskQueue.startsWith(targetTaskQueue('')));
  return {
    most: Math.max(...perTarget.map((activities) => activities.length)),
    polls: onTargets.reduce((sum, { attempts }) => sum + attempts - 1, 0),
    note:
      `${onTargets.length} activities on ${targets.length} targets, ${core.length} for events, plan and evidence ` +
      `(${number(core.length / targets.length)} per target): ${core.map(({ name }) => name).join(', ')}.`,
  };
}
