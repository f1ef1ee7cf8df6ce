import type { SeedPerson } from '../../sandbox';
import { flowWorkflowId } from '../../workflows/messages';
import { mustHold, platform, seedEntitlements } from '../access-policy';
import { median, percentile } from '../arithmetic';
import { joinerEvent, peopleOf } from '../company';
import { activitiesOf, allDoneAt, flowEnded, sendEvent } from '../flow';
import { recordJoiner, type JoinerStep } from '../http/recording';
import { Replay } from '../http/replay';
import type { Stage } from '../stage';
import { number, type Result } from './result';

const warmUp = 3;

/**
 * From the gateway's 202 until a joiner has an enabled account on the last of all targets, read back; one joiner after the
 * other, each in turn with one whose requests plain axios sends, on all targets at once.
 */
export async function signInRow(stage: Stage, count: number): Promise<Result> {
  seedEntitlements(stage);
  const recording = await recordJoiner(stage);
  const replays = recording.targets.map((target) => new Replay(target, recording.person));
  await stage.startWorkers({ access: true });
  const targets = [...stage.vendors.standIns.keys()];
  const controls = peopleOf('w', count + warmUp);
  const ours: number[] = [];
  const bare: number[] = [];
  for (const [index, person] of peopleOf('s', count + warmUp).entries()) {
    const accepted = await sendEvent(stage, joinerEvent(person, platform));
    await flowEnded(stage, 'joiner', person.id);
    const activities = await activitiesOf(stage, flowWorkflowId('joiner', person.id));
    ours.push(allDoneAt('provisionAccounts', activities, targets) - accepted);
    mustHold(stage, person, platform);
    const control = controls[index];
    if (control !== undefined) bare.push(await replayed(stage, replays, control));
  }
  return rowOf(ours.slice(warmUp), bare.slice(warmUp));
}

/** Milliseconds until the accounts are there; the entitlements follow, so that both sides leave the same behind. */
async function replayed(stage: Stage, replays: readonly Replay<JoinerStep>[], { id, ...rest }: SeedPerson) {
  const sendAll = (step: JoinerStep) =>
    Promise.all(replays.map((replay) => replay.run({ step, attempt: 1, person: id })));
  const begun = performance.now();
  await sendAll('provisionAccounts');
  const took = performance.now() - begun;
  await sendAll('grantEntitlements');
  mustHold(stage, { id, ...rest }, platform);
  return took;
}

export function rowOf(ours: readonly number[], bare: readonly number[]): Result {
  const [own, plain] = [percentile(ours, 0.5), percentile(bare, 0.5)];
  const ratio = median(ours) / median(bare);
  return {
    measure: 'HR event accepted to sign-in possible on all eight, p50',
    measured: `${number(own / 1000)} s`,
    notes: [
      `The same requests by plain axios, without Temporal, evidence or gateway: p50 ${number(plain / 1000)} s; Tenure takes ${number(ratio)} times as long (medians of ${ours.length} joiners, one of each in turn).`,
    ],
  };
}
