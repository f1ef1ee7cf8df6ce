import { CancellationScope } from '@temporalio/workflow';
import type { ChangeReport, ChangeRequest } from '../domain/change';
import { AccessFlow } from './access-flow';

/** A mover gains what the new place gives and loses what only the old one gave; nothing piles up, and both sides are proven. */
export async function mover(request: ChangeRequest): Promise<ChangeReport> {
  const { cancelRequested } = CancellationScope.current();
  return await CancellationScope.nonCancellable(() => tell(new AccessFlow('mover', request, cancelRequested)));
}

async function tell(flow: AccessFlow): Promise<ChangeReport> {
  await flow.untilItBegins();
  const plan = await flow.planAccess(); // what policy gave before and gives now
  if (plan === undefined || flow.case.calledOff) return await flow.conclude({ outcome: 'cancelled' });

  await flow.bringAbout(plan); // gains first, then losses when the overlap is over
  if (flow.case.takesBack) await flow.takeBack();

  return await flow.conclude({ outcome: 'complete', exceptions: flow.exceptions });
}
