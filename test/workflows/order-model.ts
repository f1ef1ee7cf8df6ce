import fc from 'fast-check';
import type { HrEventType } from '../../domain/event';

/** What HR may say of one person, as far as the model knows it. */
export type Word =
  | { readonly type: 'tenure.joiner' | 'tenure.rehire'; readonly department: string }
  | { readonly type: 'tenure.mover'; readonly department: string; readonly later: boolean }
  | { readonly type: 'tenure.leaver' | 'tenure.suspended'; readonly later: boolean }
  | {
      readonly type: Exclude<
        HrEventType,
        'tenure.joiner' | 'tenure.mover' | 'tenure.rehire' | 'tenure.leaver' | 'tenure.suspended'
      >;
    };

/** One delivery: a word, when HR says that it happened, and how long after the delivery before it comes. */
export interface Delivery {
  readonly word: Word;
  readonly name: string;
  /** Rank in HR's own order; the source's clock. */
  readonly time: number;
  readonly gapMs: number;
  /** So long after it somebody terminates a flow that runs, if any does: it is to go on as it stood. */
  readonly terminatedAfterMs?: number;
}

export const departments = ['Platform', 'Sales', 'Nowhere'] as const;
const department = fc.constantFrom(...departments);
/** Far ahead: nothing may come of it before that day. */
const rarely = fc.constantFrom(false, false, false, true);
const word: fc.Arbitrary<Word> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(department, rarely)
      .map(([one, later]) => ({ type: 'tenure.mover', department: one, later }) as const),
  },
  { weight: 2, arbitrary: department.map((one) => ({ type: 'tenure.rehire', department: one }) as const) },
  { weight: 1, arbitrary: department.map((one) => ({ type: 'tenure.joiner', department: one }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'tenure.undo' } as const) },
  { weight: 4, arbitrary: fc.boolean().map((later) => ({ type: 'tenure.leaver', later }) as const) },
  { weight: 2, arbitrary: rarely.map((later) => ({ type: 'tenure.suspended', later }) as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      { type: 'tenure.leaver.cancelled' } as const,
      { type: 'tenure.resumed' } as const,
      { type: 'tenure.hold' } as const,
    ),
  },
);

const neverMostly = Array<undefined>(12).fill(undefined);

/** A life: somebody joins, and then anything is said, some of it twice, late or out of order. */
export const lives: fc.Arbitrary<readonly Delivery[]> = fc
  .record({
    first: department,
    words: fc.array(word, { minLength: 1, maxLength: 6 }),
    swaps: fc.array(fc.nat(20), { maxLength: 2 }),
    twice: fc.array(fc.nat(20), { maxLength: 2 }),
    gaps: fc.array(fc.constantFrom(0, 0, 50, 400), { minLength: 12, maxLength: 12 }),
    terminations: fc.array(fc.constantFrom(...neverMostly, 100, 400, 1000), { minLength: 12, maxLength: 12 }),
  })
  .map(({ first, words, swaps, twice, gaps, terminations }) => {
    const all: Word[] = [{ type: 'tenure.joiner', department: first }, ...words];
    const said = all.map((one, index) => ({ word: one, name: `w${index}`, time: index }));
    for (const swap of swaps) {
      const at = 1 + (swap % Math.max(1, said.length - 2));
      const [a, b] = [said[at], said[at + 1]];
      if (a !== undefined && b !== undefined) [said[at], said[at + 1]] = [b, a];
    }
    for (const again of twice) said.push(said[again % said.length] ?? said[0]!);
    return said.map((one, index) => {
      const terminatedAfterMs = terminations[index % terminations.length];
      const gapMs = gaps[index % gaps.length] ?? 0;
      return { ...one, gapMs, ...(terminatedAfterMs === undefined ? {} : { terminatedAfterMs }) };
    });
  });

export interface Expected {
  readonly status: 'active' | 'suspended' | 'left';
  readonly department: string;
}

const employment: readonly string[] = [
  'tenure.joiner',
  'tenure.mover',
  'tenure.rehire',
  'tenure.leaver',
  'tenure.leaver.cancelled',
  'tenure.undo',
];
const leave: readonly string[] = ['tenure.suspended', 'tenure.resumed'];

const describing: readonly string[] = ['tenure.joiner', 'tenure.mover', 'tenure.rehire'];

function overtakes(later: HrEventType, earlier: HrEventType): boolean {
  if (later === 'tenure.undo') return employment.includes(earlier) && !describing.includes(earlier);
  if (later === 'tenure.mover' && earlier === 'tenure.undo') return false;
  return [employment, leave].some((stream) => stream.includes(later) && stream.includes(earlier));
}

type Life = Expected & {
  readonly deferred: string | undefined;
  /** What goes on when a leaver is called off before anything was done, or taken back by an undo. */
  readonly beforeLeaving?: Life;
};
const began: Life = { status: 'active', department: 'Nowhere', deferred: undefined };

/**
 * The end state that these deliveries must lead to, told in a few lines: no flows, no targets, no faults.
 * @param calledOff names of the words that are said to have ended a leaver before anything was done. Whether a
 * word came in time is the one thing that only a clock knows; that nothing was done, the accounts have to show.
 */
export function expectedOf(deliveries: readonly Delivery[], calledOff: ReadonlySet<string>): Expected {
  const seen = new Set<string>();
  const applied: Applied[] = [];
  let life = began;
  for (const delivery of deliveries) {
    const { word, name, time } = delivery;
    const isOld = applied.some((one) => one.time > time && overtakes(one.type, word.type));
    if (!seen.has(name) && !isOld) {
      life = next(life, delivery, { applied, calledOff });
      applied.push({ type: word.type, time });
    }
    seen.add(name);
  }
  return { status: life.status, department: life.department };
}

interface Applied {
  readonly type: HrEventType;
  readonly time: number;
}

function next(
  life: Life,
  { word, name, time }: Delivery,
  { applied, calledOff }: { readonly applied: readonly Applied[]; readonly calledOff: ReadonlySet<string> },
): Life {
  const isAfter = (types: readonly HrEventType[]) =>
    applied.every((one) => !types.includes(one.type) || one.time <= time);
  const joins = word.type === 'tenure.joiner' || word.type === 'tenure.rehire';
  if (word.type === 'tenure.undo' || (calledOff.has(name) && !joins)) return life.beforeLeaving ?? life;
  // A suspension and a joiner are told apart by HR's own time, whichever comes first.
  if (joins && life.status === 'suspended' && !isAfter(['tenure.suspended']))
    return { ...life, deferred: word.department };
  if (word.type === 'tenure.suspended' && !isAfter(['tenure.joiner', 'tenure.rehire'])) return life;
  return after(life, word);
}

function afterMove(life: Life, department: string): Life {
  if (life.status === 'suspended') return { ...life, deferred: department };
  if (life.status === 'active') return { ...life, department };
  // Should the leaver be taken back, HR's last word on the person counts.
  const { beforeLeaving } = life;
  return beforeLeaving === undefined ? life : { ...life, beforeLeaving: afterMove(beforeLeaving, department) };
}

function after(life: Life, said: Word): Life {
  const { status, department, deferred } = life;
  if ('later' in said && said.later) return life;
  switch (said.type) {
    case 'tenure.joiner':
    case 'tenure.rehire':
      return { status: 'active', department: said.department, deferred: undefined };
    case 'tenure.mover':
      return afterMove(life, said.department);
    case 'tenure.leaver':
      if (status === 'left') return life;
      return { status: 'left', department, deferred: undefined, beforeLeaving: life };
    case 'tenure.suspended':
      return status === 'active' ? { ...life, status: 'suspended' } : life;
    case 'tenure.resumed':
      return status === 'suspended' ? { ...began, department: deferred ?? department } : life;
    default:
      return life;
  }
}
