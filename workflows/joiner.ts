import { CancellationScope } from '@temporalio/workflow';
import type { ChangeReport, ChangeRequest } from '../domain/change';
import { AccessFlow } from './access-flow';

/** A joiner can work from the first hour: what policy gives is made, granted and read back; called off, nothing stays enabled. */
export async function joiner(request: ChangeRequest): Promise<ChangeReport> {
  const { cancelRequested } = CancellationScope.current();
  return await CancellationScope.nonCancellable(() => tell(new AccessFlow('joiner', request, cancelRequested)));
}

async function tell(flow: AccessFlow): Promise<ChangeReport> {
  await flow.untilItBegins();
  const plan = await flow.planAccess(); // policy, targets and links as they are today
  if (plan === undefined || flow.case.calledOff) return await flow.conclude({ outcome: 'cancelled' });

  await flow.bringAbout(plan); // every target on its own track: account, entitlements, privileged ones when approved
  if (flow.case.takesBack) await flow.takeBack();

  return await flow.conclude({ outcome: 'complete', exceptions: flow.exceptions });
}
