import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { deliverEvents } from '../../client/deliver';
import { coreTaskQueue } from '../../workflows/messages';
import type { PlanReport } from '../../workflows/plan';
import { undoEvent } from '../operator-event';
import { Cue } from './cue';

/** Of the sample company: HR picked the wrong person. */
const mistaken = 'e1053';

/** An operator of the sample company notices the mistake, and undoes it as `tenure undo` does. */
export function mistake(client: Client): Cue {
  return new Cue(mistaken, async ({ name }) => {
    const report = await client.workflow.execute<(input: object) => Promise<PlanReport>>('plan', {
      workflowId: `plan:${mistaken}:${randomUUID()}`,
      taskQueue: coreTaskQueue,
      args: [{ undo: mistaken }],
    });
    const by = 'ben.okafor@acme.test';
    await deliverEvents({ client })(undoEvent(mistaken, report, { by, reason: 'the wrong person was picked' }));
    return `${name} was dismissed by mistake: ${by} undoes it, as \`tenure undo ${mistaken}\` would.`;
  });
}
