import type { Chaos, Fault, FaultKind } from './contract';
import { faultKinds } from './contract';

/** What a fault is compared with. */
export interface Asked {
  readonly method: string;
  /** As in the request log. */
  readonly path: string;
  readonly write: boolean;
  readonly logOn: boolean;
}

/** Faults that only a list route can play, since paging and filters differ from vendor to vendor. */
export const listFaults = ['filter-ignored', 'clamped-page', 'empty-page', 'duplicate-page'] as const;
export type ListFault = (typeof listFaults)[number];

const WAITS_FOR_WRITE: ReadonlySet<FaultKind> = new Set(['error-after-commit', 'reply-lost', 'slow', 'no-effect']);
const NOT_HEALED_BY_RETRY: ReadonlySet<FaultKind> = new Set(['missing-field', 'no-effect']);

interface Dice {
  readonly rate: number;
  readonly kinds: readonly FaultKind[];
  readonly milliseconds: number;
  next(): number;
}

/** Which faults wait, and for whom. */
export class FaultBook {
  #waiting: Fault[] = [];
  #dice: Dice | undefined;

  get pending(): readonly Fault[] {
    return this.#waiting;
  }

  add(fault: Fault): void {
    if (fault.kind === 'missing-field' && !fault.field) throw new Error('missing-field needs a field');
    if (fault.path !== undefined) new RegExp(fault.path);
    this.#waiting.push({ ...fault, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
    this.#dice = undefined;
  }

  chaos({ seed, rate, kinds, milliseconds = 200 }: Chaos): void {
    const chosen = kinds ?? faultKinds.filter((kind) => !NOT_HEALED_BY_RETRY.has(kind));
    this.#dice = { rate, kinds: chosen, milliseconds, next: seededRandom(seed) };
  }

  /** The first waiting fault of these kinds that fits, used up once. */
  take(kinds: readonly FaultKind[], asked: Asked): Fault | undefined {
    const found = this.find(kinds, asked);
    if (found === undefined) return this.#roll(kinds, asked);
    this.spend(found);
    return found;
  }

  find(kinds: readonly FaultKind[], asked: Asked): Fault | undefined {
    return this.#waiting.find((fault) => kinds.includes(fault.kind) && fits(fault, asked));
  }

  spend(fault: Fault): void {
    const times = (fault.times ?? 1) - 1;
    this.#waiting = this.#waiting.flatMap((one) => (one !== fault ? [one] : times > 0 ? [{ ...fault, times }] : []));
  }

  /** One throw per kind, so that a kind asked for late (a list fault) is as likely as the others. */
  #roll(kinds: readonly FaultKind[], asked: Asked): Fault | undefined {
    const dice = this.#dice;
    if (dice === undefined) return undefined;
    for (const kind of dice.kinds) {
      if (!kinds.includes(kind) || !fits({ kind }, asked)) continue;
      if (dice.next() < dice.rate / dice.kinds.length) return { kind, milliseconds: dice.milliseconds };
    }
    return undefined;
  }
}

function fits(fault: Fault, asked: Asked): boolean {
  if (asked.logOn && fault.path === undefined) return false;
  if (fault.path !== undefined && !new RegExp(fault.path).test(asked.path)) return false;
  if (fault.method !== undefined) return fault.method.toUpperCase() === asked.method;
  return asked.write || !WAITS_FOR_WRITE.has(fault.kind);
}

/** Numbers from 0 to 1 (mulberry32): small, and the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Takes a dotted path out of every object at any depth, case aside; tells how often it was there. */
export function dropField(value: unknown, path: string): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + dropField(one, path), 0);
  if (!isObject(value)) return 0;
  let dropped = dropHere(value, path.toLowerCase().split('.'));
  for (const inner of Object.values(value)) dropped += dropField(inner, path);
  return dropped;
}

function dropHere(value: unknown, [first, ...rest]: string[]): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + dropHere(one, [first ?? '', ...rest]), 0);
  if (!isObject(value)) return 0;
  const key = Object.keys(value).find((one) => one.toLowerCase() === first);
  if (key === undefined) return 0;
  if (rest.length > 0) return dropHere(value[key], rest);
  delete value[key];
  return 1;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
