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

/** Leavers at once, whole flows; Tenure and both bare workflows in turn, so that a busy machine slows down all. */
export async function throughputRow(
  stage: Stage,
  { leavers, rounds }: { readonly leavers: number; readonly rounds: number },
): Promise<Result> {
  const ours: number[] = [];
  const sameShape: number[] = [];
  const least: number[] = [];
  const bare = (books: boolean): Way => ({
    send: (one) => sendBare(stage, one, { books }),
    ended: (id) => bareEnded(stage, id),
  });
  const contenders: readonly (readonly [string, number[], Way])[] = [
    ['t', ours, { send: (one) => sendEvent(stage, leaverEvent(one)), ended: (id) => leaverEnded(stage, id) }],
    ['u', sameShape, bare(true)],
    ['v', least, bare(false)],
  ];
  // The first round of each warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [letter, measured, way] of contenders) {
      const people = peopleOf(`${letter}${round}`, leavers);
      stage.vendors.seed(people);
      const speed = await perSecond(people, way);
      mustBeContained(stage, people);
      if (round > 0) measured.push(speed);
    }
  }
  return rowOf({ ours, sameShape, least, leavers });
}

interface Way {
  readonly send: (person: SeedPerson) => Promise<number>;
  readonly ended: (personId: string) => Promise<number>;
}

async function perSecond(people: readonly SeedPerson[], { send, ended }: Way): Promise<number> {
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
  sameShape,
  least,
  leavers,
}: {
  readonly ours: readonly number[];
  /** The bare workflow with as many activities as Tenure's. */
  readonly sameShape: readonly number[];
  /** The bare workflow with the steps alone. */
  readonly least: readonly number[];
  readonly leavers: number;
}): Result {
  const ratio = median(ours) / median(sameShape);
  const list = (values: readonly number[]) => values.map((value) => number(value)).join(', ');
  return {
    measure: 'leavers per second against a bare workflow',
    measured: number(ratio),
    target: `>= ${number(atLeast)}`,
    reached: ratio >= atLeast,
    notes: [
      `${leavers} leavers at once, whole flows: Tenure ${list(ours)} a second; bare ${list(sameShape)} a second; ratio of medians.`,
      `Without the activities for event, plan, evidence and end the bare workflow makes ${list(least)} a second: ${number(median(ours) / median(least))} against that.`,
    ],
  };
}
