import { flowWorkflowId, personWorkflowId, targetTaskQueue } from '../../workflows/messages';
import { activitiesOf } from '../leaver';
import type { Stage } from '../stage';
import { number, type Result } from './result';

const atMost = 3;

/** Activities of a leaver on its targets, counted from its history; what happens after an approval is no part of it. */
export async function activityRow(stage: Stage, personId: string): Promise<Result> {
  const ofLeaver = await activitiesOf(stage, flowWorkflowId('leaver', personId));
  const ofPerson = await activitiesOf(stage, personWorkflowId(personId));
  const targets = [...stage.vendors.standIns.keys()];
  const perTarget = targets.map((id) => ofLeaver.filter(({ taskQueue }) => taskQueue === targetTaskQueue(id)));
  const most = Math.max(...perTarget.map((activities) => activities.length));
  const polls = perTarget.flat().reduce((sum, { attempts }) => sum + attempts - 1, 0);
  const core = [...ofPerson, ...ofLeaver].filter(({ taskQueue }) => !taskQueue.startsWith(targetTaskQueue('')));
  return {
    measure: 'activities per target up to the approval',
    measured: `${most} (+ ${polls} polls over all targets)`,
    target: `<= ${atMost}`,
    reached: most <= atMost,
    notes: [
      `A whole leaver without deletion: ${perTarget.flat().length} activities on ${targets.length} targets, ${core.length} for events, plan and evidence (${number(core.length / targets.length)} per target): ${core.map(({ name }) => name).join(', ')}.`,
    ],
  };
}
