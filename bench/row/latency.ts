import { flowWorkflowId } from '../../workflows/messages';
import { median, percentile } from '../arithmetic';
import { bareEnded, sendBare } from '../bare/leaver';
import { leaverEvent, peopleOf } from '../company';
import { activitiesOf, allDisabledAt, leaverEnded, sendEvent } from '../flow';
import type { Stage } from '../stage';
import { number, type Result } from './result';

const warmUp = 3;

/** From the gateway's 202 until the last of all targets is disabled and read back; one leaver after the other. */
export async function latencyRows(stage: Stage, count: number): Promise<readonly Result[]> {
  const people = peopleOf('l', count + warmUp);
  const controls = peopleOf('m', count + warmUp);
  stage.vendors.seed([...people, ...controls]);
  const targets = [...stage.vendors.standIns.keys()];
  const ours: number[] = [];
  const bare: number[] = [];
  for (const [index, person] of people.entries()) {
    const accepted = await sendEvent(stage, leaverEvent(person));
    await leaverEnded(stage, person.id);
    ours.push(allDisabledAt(await activitiesOf(stage, flowWorkflowId('leaver', person.id)), targets) - accepted);
    const control = controls[index];
    if (control === undefined) continue;
    const begun = await sendBare(stage, control, { books: false });
    await bareEnded(stage, control.id);
    bare.push(allDisabledAt(await activitiesOf(stage, `bare-leaver:${control.id}`), targets) - begun);
  }
  return rowsOf(ours.slice(warmUp), bare.slice(warmUp));
}

export function rowsOf(ours: readonly number[], bare: readonly number[]): readonly Result[] {
  const row = (name: string, share: number, limit: number): Result => {
    const own = percentile(ours, share);
    return {
      measure: `HR event accepted to all disabled, ${name}`,
      measured: `${number(own / 1000)} s`,
      target: `< ${limit / 1000} s`,
      reached: own < limit,
    };
  };
  const ratio = median(ours) / median(bare);
  const note = `Bare workflow: p50 ${number(percentile(bare, 0.5) / 1000)} s, p95 ${number(percentile(bare, 0.95) / 1000)} s; Tenure takes ${number(ratio)} times as long (medians of ${ours.length} leavers, one of each in turn).`;
  return [row('p50', 0.5, 1000), { ...row('p95', 0.95, 2000), notes: [note] }];
}
