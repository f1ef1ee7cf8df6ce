import { CancellationScope, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { PersonDesk, type PersonState } from './person-desk';

/**
 * The only door to a person's flows. Events are queued by the handlers and taken one by one; it lives while a flow
 * does, continues as new when its history grows, and ends when nothing is left to do.
 */
export async function person(state: PersonState): Promise<void> {
  const desk = new PersonDesk(state);
  const carried = await CancellationScope.nonCancellable(() => attend(desk));
  if (carried !== undefined) await continueAsNew<typeof person>(carried);
}

async function attend(desk: PersonDesk): Promise<PersonState | undefined> {
  for (;;) {
    await desk.takeAll();
    // No await between this look at the inbox and the return: an event that comes now starts another run.
    if (desk.isIdle) return undefined;
    if (workflowInfo().continueAsNewSuggested) return desk.carryOver();
    const wakes = () => desk.hasNews || workflowInfo().continueAsNewSuggested;
    const { patience } = desk;
    if (patience === undefined) await condition(wakes);
    else if (!(await condition(wakes, patience.milliseconds, { summary: 'Look after flows and time-boxed grants' })))
      await desk.lookAround(patience.until);
  }
}
