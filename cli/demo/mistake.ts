import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { deliverEvents } from '../../client/deliver';
import { coreTaskQueue } from '../../workflows/messages';
import type { PlanReport } from '../../workflows/plan';
import type { FlowView } from '../flow-board';
import { undoEvent } from '../operator-event';

/** Of the sample company: HR picked the wrong person. */
const mistaken = 'e1053';

/** An operator of the sample company who notices the mistake once everything is contained, and undoes it: as `tenure undo` does. */
export class Mistake {
  #isSeen = false;

  /** What was done, in words; undefined when there was nothing to do now. */
  async lookAt(views: readonly FlowView[], client: Client): Promise<string | undefined> {
    const leaver = views.find(({ personId, kind }) => personId === mistaken && kind === 'leaver');
    const isContained = leaver?.progress.state === 'retained' || leaver?.progress.state === 'awaiting-approval';
    if (this.#isSeen || leaver === undefined || !isContained) return undefined;
    this.#isSeen = true;
    const report = await client.workflow.execute<(input: object) => Promise<PlanReport>>('plan', {
      workflowId: `plan:${mistaken}:${randomUUID()}`,
      taskQueue: coreTaskQueue,
      args: [{ undo: mistaken }],
    });
    const by = 'ben.okafor@acme.test';
    await deliverEvents({ client })(undoEvent(mistaken, report, { by, reason: 'the wrong person was picked' }));
    return `${leaver.name} was dismissed by mistake: ${by} undoes it, as \`tenure undo ${mistaken}\` would.`;
  }
}
