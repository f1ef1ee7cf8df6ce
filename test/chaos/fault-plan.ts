import { faultKinds, standInTypes, type All, type FaultKind, type StandInType } from '../../sandbox';
import { seededRandom } from '../../sandbox/core/fault';

/** The flag that says whether an account is enabled, in each vendor's own word. */
const enabledField: Readonly<Record<StandInType, string>> = {
  'beyondtrust-rest': 'enabled',
  'beyondtrust-scim': 'active',
  'beyond-identity': 'status',
  'cyberark-privilege-cloud': 'enableUser',
  'cyberark-pam-self-hosted': 'enableUser',
  'cyberark-identity-scim': 'active',
  'delinea-rest': 'active',
  'delinea-scim': 'active',
};
/** After these a step waits up to half a minute (connectors/errors.ts): they come as often as placed, not at random. */
const slowToHeal: readonly FaultKind[] = [
  'malformed-json',
  'html',
  'empty-page',
  'duplicate-page',
  'no-effect',
  'missing-field',
];
const atRandom = faultKinds.filter((kind) => !slowToHeal.includes(kind));
const rate = 0.03;

/** `TENURE_SEED` repeats a run; without it every run has the same faults, as far as the order of requests allows. */
export const chaosSeed = Number(process.env.TENURE_SEED ?? 20_261_123);

export interface Dice {
  /** A whole number below `sides`. */
  below(sides: number): number;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
}

export function diceFrom(seed: number): Dice {
  const next = seededRandom(seed);
  const below = (sides: number) => Math.floor(next() * sides);
  return {
    below,
    pick: (from) => {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
  };
}

/** Every kind of fault somewhere, and those that heal quickly at random everywhere. */
export function breakEverything({ standIns }: All, dice: Dice): void {
  for (const kind of faultKinds) {
    const type = dice.pick(standInTypes);
    standIns[type].faults.add({ kind, ...(kind === 'missing-field' ? { field: enabledField[type] } : {}) });
  }
  // Only a listing of several pages can repeat one; clamping makes several of a long one, and the row of all is long.
  for (const type of [dice.pick(standInTypes), dice.pick(standInTypes)]) {
    for (const kind of ['filter-ignored', 'clamped-page', 'duplicate-page'] as const)
      standIns[type].faults.add({ kind });
  }
  for (const type of standInTypes) {
    standIns[type].faults.chaos({ seed: dice.below(2 ** 31), rate, kinds: atRandom, milliseconds: 300 });
  }
}

/**
 * A page can be repeated only where a list has several. Whoever was killed between two pages, or had found what it
 * sought, asks for no second one: then another list is made short.
 */
export function keepPagesShort({ standIns }: All): void {
  for (const type of standInTypes) {
    const { faults } = standIns[type];
    const waits = (kind: FaultKind) => faults.pending.some((fault) => fault.kind === kind);
    if (waits('duplicate-page') && !waits('clamped-page')) faults.add({ kind: 'clamped-page' });
  }
}

/** Which faults really hit a request, and how often. */
export function faultsSeen({ standIns }: All): Readonly<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (const { faults = [] } of standInTypes.flatMap((type) => standIns[type].requests)) {
    for (const fault of faults) seen[fault] = (seen[fault] ?? 0) + 1;
  }
  return seen;
}
