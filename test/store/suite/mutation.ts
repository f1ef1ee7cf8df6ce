import fc from 'fast-check';
import { sha256OfJson } from '../../../store/hash';

export type Row = Record<string, string | number | null>;
/** The two tables as somebody finds them who may do anything to them. */
export interface Tables {
  readonly entries: Row[];
  readonly heads: Row[];
}
export type Mutation = (tables: Tables) => Tables;

export const numbers = ['seq', 'person_seq', 'batch', 'part'];
const columns = [
  ...numbers,
  ...['person_id', 'workflow_id', 'run_id', 'at', 'kind', 'outcome', 'step', 'target', 'body'],
  ...['previous_hash', 'previous_global_hash', 'hash'],
];

export function mutationOf(whole: Tables): fc.Arbitrary<{ readonly name: string; readonly mutation: Mutation }> {
  const row = fc.nat(whole.entries.length - 1);
  const head = fc.nat(whole.heads.length - 1);
  const named = (name: string, mutations: fc.Arbitrary<Mutation>) =>
    mutations.map((mutation) => ({ name, mutation, toString: () => name }));
  return fc.oneof(
    named(
      'change',
      fc.tuple(row, fc.constantFrom(...columns)).map(
        ([at, column]) =>
          (tables) =>
            changed(tables, at, column),
      ),
    ),
    named(
      'change within the body',
      fc.tuple(row, fc.nat(400)).map(
        ([at, place]) =>
          (tables) =>
            scratched(tables, at, place),
      ),
    ),
    named(
      'delete',
      row.map((at) => (tables) => without(tables, at)),
    ),
    named(
      'delete and close the gap',
      row.map((at) => (tables) => closed(without(tables, at), at)),
    ),
    named(
      'swap',
      fc.tuple(row, row, fc.constantFrom(...columns, 'all')).map(
        ([a, b, column]) =>
          (tables) =>
            swapped({ tables, a, b, column }),
      ),
    ),
    named(
      'cut the tail',
      fc.nat(10).map((left) => (tables) => ({ ...tables, entries: tables.entries.slice(0, left) })),
    ),
    named(
      'remove a person',
      fc.constantFrom('e1', 'e2', 'e3').map((personId) => (tables) => withoutPerson(tables, personId)),
    ),
    named(
      'rewrite one entry with its hash',
      row.map((at) => (tables) => rehashed(tables, at)),
    ),
    named(
      'insert',
      row.map((at) => (tables) => withCopyOf(tables, at)),
    ),
    named(
      'change a head',
      fc.tuple(head, fc.integer({ min: -3, max: 3 })).map(
        ([at, by]) =>
          (tables) =>
            headMoved(tables, at, by),
      ),
    ),
    named(
      'forge a head',
      head.map((at) => (tables) => headForged(tables, at)),
    ),
    named(
      'delete a head',
      head.map((at) => ({ entries, heads }) => ({ entries, heads: heads.filter((_, index) => index !== at) })),
    ),
  );
}

export function edited(tables: Tables, at: number, change: Row): Tables {
  return { ...tables, entries: tables.entries.map((row, index) => (index === at ? { ...row, ...change } : row)) };
}

export function changed(tables: Tables, at: number, column: string): Tables {
  const value = tables.entries[at]?.[column];
  if (column === 'body')
    return edited(tables, at, { body: String(value).replace('true', 'false').replace('"versions"', ' "versions"') });
  return edited(tables, at, { [column]: typeof value === 'number' ? value + 1000 : `${value ?? ''}x` });
}

/** One character of the body becomes another. */
function scratched(tables: Tables, at: number, place: number): Tables {
  const body = String(tables.entries[at]?.body);
  const index = place % body.length;
  return edited(tables, at, { body: body.slice(0, index) + (body[index] === '7' ? '8' : '7') + body.slice(index + 1) });
}

export function without(tables: Tables, at: number): Tables {
  return { ...tables, entries: tables.entries.filter((_, index) => index !== at) };
}

function closed(tables: Tables, at: number): Tables {
  return {
    ...tables,
    entries: tables.entries.map((row, index) => (index < at ? row : { ...row, seq: Number(row.seq) - 1 })),
  };
}

export function withoutPerson(tables: Tables, personId: string): Tables {
  return {
    entries: tables.entries.filter((row) => row.person_id !== personId),
    heads: tables.heads.filter((row) => row.scope !== personId),
  };
}

function swapped({ tables, a, b, column }: { tables: Tables; a: number; b: number; column: string }): Tables {
  const [one, other] = [tables.entries[a] ?? {}, tables.entries[b] ?? {}];
  const taken = (from: Row, into: Row): Row => {
    if (column === 'all') return { ...from, seq: into.seq ?? null };
    // The database itself refuses two entries of the same name, so a part of a name goes with the rest of it.
    if (column === 'person_id' || column === 'person_seq')
      return { person_id: from.person_id ?? null, person_seq: from.person_seq ?? null };
    if (['workflow_id', 'run_id', 'batch', 'part'].includes(column)) {
      return {
        workflow_id: from.workflow_id ?? null,
        run_id: from.run_id ?? null,
        batch: from.batch ?? null,
        part: from.part ?? null,
      };
    }
    return { [column]: from[column] ?? null };
  };
  return edited(edited(tables, a, taken(other, one)), b, taken(one, other));
}

/** The entry with another outcome and a hash that fits. */
export function rehashed(tables: Tables, at: number): Tables {
  const forged = { ...(tables.entries[at] ?? {}), outcome: 'already' };
  return edited(tables, at, { outcome: 'already', hash: fittingHash(forged) });
}

function withCopyOf(tables: Tables, at: number): Tables {
  const last = tables.entries.at(-1) ?? {};
  const [copy, seq] = [tables.entries[at] ?? {}, Number(last.seq) + 1];
  const forged: Row = { ...copy, seq, person_seq: 99, batch: 99, previous_global_hash: last.hash ?? null };
  return { ...tables, entries: [...tables.entries, { ...forged, hash: fittingHash(forged) }] };
}

function headMoved(tables: Tables, at: number, by: number): Tables {
  return {
    ...tables,
    heads: tables.heads.map((row, index) => (index === at ? { ...row, count: Number(row.count) + by } : row)),
  };
}

function headForged(tables: Tables, at: number): Tables {
  return {
    ...tables,
    heads: tables.heads.map((row, index) => (index === at ? { ...row, head: '0'.repeat(63) + '1' } : row)),
  };
}

/** What an attacker would do who knows the format: everything from one entry on, chained again, with all heads. */
export function rewrittenFrom(
  tables: Tables,
  from: number,
  forgotten?: 'previous_hash' | 'previous_global_hash',
): Tables {
  const ends: Record<string, string> = {};
  let all = '';
  const entries = tables.entries.map((row, index) => {
    const personId = String(row.person_id);
    const links: Row = { previous_global_hash: all, previous_hash: ends[personId] ?? '' };
    if (forgotten !== undefined) links[forgotten] = row[forgotten] ?? null;
    const forged: Row = index < from ? row : { ...row, outcome: 'already', ...links };
    const hash = index < from ? String(row.hash) : fittingHash(forged);
    ends[personId] = all = hash;
    return { ...forged, hash };
  });
  return { entries, heads: tables.heads.map((row) => ({ ...row, head: ends[String(row.scope)] ?? all })) };
}

/** The hash by the documented rule, made here without the store's own code for rows. */
function fittingHash(row: Row): string {
  const { body, hash: _, ...rest } = row;
  const camel = Object.entries(rest).map(([name, value]) => [
    name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
    value,
  ]);
  const fields = Object.fromEntries(camel.filter(([, value]) => value !== null)) as Record<string, unknown>;
  return sha256OfJson({ ...(JSON.parse(String(body)) as Record<string, unknown>), ...fields });
}
