import { CancellationScope } from '@temporalio/workflow';
import type { FlowOutcome } from '../domain/flow';
import type { LeaverReport, LeaverRequest } from '../domain/leaver';
import { exceptionsOf, LeaverFlow } from './leaver-flow';
import { isDeletion } from './track';

/** A leaver loses all access at the agreed moment; deletion waits for a person; everything is evidenced. */
export async function leaver(request: LeaverRequest): Promise<LeaverReport> {
  const { cancelRequested } = CancellationScope.current();
  return await CancellationScope.nonCancellable(() => tell(new LeaverFlow(request, cancelRequested)));
}

async function tell(flow: LeaverFlow): Promise<LeaverReport> {
  await flow.untilLastDay();
  const plan = await flow.planContainment(); // targets, policy, budget and links as they are today
  if (plan === undefined || flow.case.calledOff) return await flow.conclude('cancelled');

  flow.beginContainment(plan); // every target on its own track: disable, strip, drain
  await flow.afterRetention(plan); // asks for what is contained by then; a late track gets a plan of its own
  await flow.untilSettled();

  return await flow.conclude(outcomeOf(flow));
}

function outcomeOf(run: LeaverFlow): FlowOutcome {
  const { case: flow } = run;
  if (flow.gaveWay !== undefined) return flow.gaveWay;
  const kept = flow.rounds.some((round) => ['rejected', 'expired', 'voided'].includes(round.state));
  const isSomeGone = flow.tracks.some(({ steps }) => isDeletion(steps.deleteAccounts));
  if (flow.deletionStopped !== undefined && isSomeGone) return 'complete-with-exceptions';
  if (kept || flow.deletionStopped !== undefined) return 'kept-disabled';
  return exceptionsOf(run).length === 0 ? 'complete' : 'complete-with-exceptions';
}
