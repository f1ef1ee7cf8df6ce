import type { SeedPerson } from '../../sandbox';
import { median } from '../arithmetic';
import { bareEnded, sendBare } from '../bare/leaver';
import { leaverEvent, peopleOf } from '../company';
import { leaverEnded, sendEvent } from '../flow';
import type { Stage } from '../stage';
import { number, type Result } from './result';

const atLeast = 0.8;
/** CyberArk shows 25 live sessions a page: with fewer at a time both sides read one page, and send the same requests. */
export const mostAtOnce = 24;

/** Leavers at once, whole flows; Tenure and the bare workflow in turn, so that a busy machine slows down both. */
export async function throughputRow(
  stage: Stage,
  { leavers, rounds }: { readonly leavers: number; readonly rounds: number },
): Promise<Result> {
  const ours: number[] = [];
  const bare: number[] = [];
  // The first round of each warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const people = peopleOf(`t${round}`, leavers);
    const controls = peopleOf(`u${round}`, leavers);
    stage.vendors.seed(people);
    const own = await perSecond(
      people,
      (one) => sendEvent(stage, leaverEvent(one)),
      (id) => leaverEnded(stage, id),
    );
    stage.vendors.seed(controls);
    const control = await perSecond(
      controls,
      (one) => sendBare(stage, one),
      (id) => bareEnded(stage, id),
    );
    mustBeContained(stage, [...people, ...controls]);
    if (round === 0) continue;
    ours.push(own);
    bare.push(control);
  }
  return rowOf({ ours, bare, leavers });
}

async function perSecond(
  people: readonly SeedPerson[],
  send: (person: SeedPerson) => Promise<number>,
  ended: (personId: string) => Promise<number>,
): Promise<number> {
  const begun = Date.now();
  const ends = await Promise.all(
    people.map(async (person) => {
      await send(person);
      return await ended(person.id);
    }),
  );
  return people.length / ((Math.max(...ends) - begun) / 1000);
}

/** A baseline that did not do the work would prove nothing. */
function mustBeContained(stage: Stage, people: readonly SeedPerson[]): void {
  for (const [target, standIn] of stage.vendors.standIns)
    for (const { username } of people) {
      const account = standIn.account(username);
      const isContained = account?.enabled === false && account.groups.length === 0;
      if (!isContained) throw new Error(`${username} on ${target} is not contained: ${JSON.stringify(account)}`);
    }
}

export function rowOf({
  ours,
  bare,
  leavers,
}: {
  readonly ours: readonly number[];
  readonly bare: readonly number[];
  readonly leavers: number;
}): Result {
  const ratio = median(ours) / median(bare);
  const list = (values: readonly number[]) => values.map((value) => number(value)).join(', ');
  return {
    measure: 'leavers per second against a bare workflow',
    measured: number(ratio),
    target: `>= ${number(atLeast)}`,
    reached: ratio >= atLeast,
    notes: [
      `${leavers} leavers at once, whole flows: Tenure ${list(ours)} a second; bare ${list(bare)} a second; ratio of medians.`,
    ],
  };
}
