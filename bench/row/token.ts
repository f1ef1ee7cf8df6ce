import { leaverEvent, peopleOf } from '../company';
import { leaverEnded, sendEvent } from '../flow';
import type { Stage } from '../stage';
import type { Result } from './result';

/** Sign-ons of fresh workers while many leave at once: one a target, none where the configuration holds the token. */
export async function tokenRow(stage: Stage, leavers: number): Promise<Result> {
  const people = peopleOf('k', leavers);
  stage.vendors.seed(people);
  const standIns = [...stage.vendors.standIns];
  await stage.startWorkers();
  const before = new Map(standIns.map(([id, standIn]) => [id, standIn.tokensIssued]));
  await Promise.all(
    people.map(async (person) => {
      await sendEvent(stage, leaverEvent(person));
      await leaverEnded(stage, person.id);
    }),
  );
  const issued = standIns.map(([id, standIn]) => ({
    id,
    count: standIn.tokensIssued - (before.get(id) ?? 0),
    least: 'token' in standIn.auth ? 0 : 1,
  }));
  const most = Math.max(...issued.map(({ count }) => count));
  return {
    measure: `token requests per target, ${leavers} leavers at once`,
    measured: `${most}`,
    target: '1',
    reached: issued.every(({ count, least }) => count === least),
    notes: [`Tokens issued to fresh workers: ${issued.map(({ id, count }) => `${id} ${count}`).join(', ')}.`],
  };
}
