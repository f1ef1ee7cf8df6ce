import {
  secondUsername,
  seedFrom,
  standInTypes,
  startAll,
  type All,
  type SeedPerson,
  type StandInType,
} from '../../sandbox';
import type { Teardown } from '../teardown';
import type { Resident } from './company';

/** A target of the demo's configuration, as far as it says. */
export interface PlayTarget {
  readonly id: string;
  readonly type: string;
}

/** All eight; each keeps its state in the folder, so that a second start finds what the first left. */
export async function startStandIns(folder: string, teardown: Teardown): Promise<All> {
  const all = await startAll({ persistDir: folder });
  teardown.add('stand-ins', () => all.stop());
  return all;
}

/** Gives accounts to whoever has none yet; nobody who was deleted comes back. Says how many accounts were made. */
export function moveIn(
  { standIns }: All,
  { targets, people }: { readonly targets: readonly PlayTarget[]; readonly people: readonly Resident[] },
): number {
  const seeds = seedFrom(people);
  let made = 0;
  for (const type of standInTypes) {
    const target = targets.find((one) => one.type === type);
    // The Delinea tenant's people come in by one of its doors.
    if (target === undefined || (type === 'delinea-scim' && isThere(targets, 'delinea-rest'))) continue;
    const newcomers = seeds[type].flatMap((seed, index) => {
      const person = people[index];
      const isWanted = person?.targets?.includes(target.id) !== false;
      return isWanted && standIns[type].account(seed.username) === undefined ? [adminOf(seed, person, target)] : [];
    });
    standIns[type].seed(newcomers);
    made += newcomers.reduce((sum, one) => sum + 1 + (one.extraUsernames?.length ?? 0), 0);
  }
  return made;
}

function isThere(targets: readonly PlayTarget[], type: StandInType): boolean {
  return targets.some((one) => one.type === type);
}

function adminOf(seed: SeedPerson, person: Resident | undefined, target: PlayTarget): SeedPerson {
  if (person?.adminOn?.includes(target.id) !== true) return seed;
  return { ...seed, extraUsernames: [secondUsername(person.username)] };
}
