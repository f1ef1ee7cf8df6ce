import type { ChangeKind } from '../../domain/change';
import type { SeedPerson } from '../../sandbox';
import { mustHold, mustHoldNothing, nowhere, platform, sales, seedEntitlements } from '../access-policy';
import { joinerEvent, moverEvent, peopleOf } from '../company';
import { flowEnded, sendEvent } from '../flow';
import type { Stage } from '../stage';
import { countFlow, type FlowCount } from './activity';
import type { Result } from './result';

const atMost = 4;

/** Activities of a joiner whom policy gives an account, attributes and entitlements on all eight targets. */
export async function joinerRow(stage: Stage): Promise<Result> {
  await stage.startWorkers({ access: true });
  const person = await join(stage, 'j');
  return rowOf('joiner', { 'A joiner': await countFlow(stage, 'joiner', person.id) });
}

/**
 * Activities of a mover who loses and gains on all eight targets, and of one who keeps none of the accounts, which are
 * contained as a leaver's.
 */
export async function moverRow(stage: Stage): Promise<Result> {
  await stage.startWorkers({ access: true });
  const person = await join(stage, 'v');
  await sendEvent(stage, moverEvent(person, sales));
  await flowEnded(stage, 'mover', person.id);
  mustHold(stage, person, sales);
  const moved = await countFlow(stage, 'mover', person.id);
  await sendEvent(stage, moverEvent(person, nowhere));
  await flowEnded(stage, 'mover', person.id);
  mustHoldNothing(stage, person);
  const dropped = await countFlow(stage, 'mover', person.id);
  return rowOf('mover', {
    'A mover who loses and gains on every target': moved,
    'A mover who keeps no account': dropped,
  });
}

async function join(stage: Stage, round: string): Promise<SeedPerson> {
  const [person] = peopleOf(round, 1);
  if (person === undefined) throw new Error('nobody to count');
  seedEntitlements(stage);
  await sendEvent(stage, joinerEvent(person, platform));
  await flowEnded(stage, 'joiner', person.id);
  mustHold(stage, person, platform);
  return person;
}

export function rowOf(kind: ChangeKind, counts: Readonly<Record<string, FlowCount>>): Result {
  const all = Object.values(counts);
  const most = Math.max(...all.map((count) => count.most));
  const polls = all.reduce((sum, count) => sum + count.polls, 0);
  return {
    measure: `activities per target, ${kind}`,
    measured: `${most} (+ ${polls} polls over all targets)`,
    target: `<= ${atMost}`,
    reached: most <= atMost,
    notes: Object.entries(counts).map(([who, count]) => `${who}: at most ${count.most} a target; ${count.note}`),
  };
}
