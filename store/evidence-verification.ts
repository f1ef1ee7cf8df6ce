import { genesisHash, type EvidenceHead, type EvidenceVerification } from '../domain/evidence';
import { everybody } from './evidence-entry';
import { checkContent, checkEnd, Faults, named, placeOf, range, Waypoint, type Passed } from './evidence-fault';
import type { EvidenceRow, Tx } from './schema';

const PAGE = 200;
const chain = 'the chain over all persons';

/** An entry with the one before it in the chain of its person, as the table has it. */
type Linked = EvidenceRow & { readonly beforeSeq: number | null; readonly beforeHash: string | null };

/** Reads everything there is, in pages, and holds it against itself and the heads. */
export async function verifyAll({
  tx,
  head,
}: {
  readonly tx: Tx;
  readonly head?: EvidenceHead | undefined;
}): Promise<EvidenceVerification> {
  const faults = new Faults();
  const waypoint = new Waypoint(head);
  const kept = await readHead(tx, everybody);
  let last: Passed = { number: 0, hash: genesisHash };
  let checked = 0;
  for (let page = await readPage(tx, 0); page.length > 0; page = await readPage(tx, last.number)) {
    for (const row of page) {
      if (checkContent(row, faults)) {
        checkOrder({ row, last, faults });
        checkPersonLink(row, faults);
      } else if (row.seq > last.number + 1) checkOrder({ row, last, faults });
      last = { number: row.seq, hash: row.hash };
      waypoint.pass(last);
    }
    checked += page.length;
  }
  checkEnd({ chain, last, head: kept, faults });
  waypoint.check({ chain, last, faults });
  await checkPersonHeads(tx, faults);
  const { kept: found, more, none } = faults;
  return { intact: none, checked, head: kept, globalHead: kept, faults: found, more };
}

export async function readHead(tx: Tx, scope: string): Promise<EvidenceHead> {
  const row = await tx
    .selectFrom('evidenceHead')
    .select(['count', 'head'])
    .where('scope', '=', scope)
    .executeTakeFirst();
  return row ?? { count: 0, head: genesisHash };
}

function readPage(tx: Tx, after: number): Promise<Linked[]> {
  return tx
    .selectFrom('evidence as entry')
    .leftJoin('evidence as before', (join) =>
      join
        .onRef('before.personId', '=', 'entry.personId')
        .on((eb) => eb('before.personSeq', '=', eb('entry.personSeq', '-', 1))),
    )
    .selectAll('entry')
    .select(['before.seq as beforeSeq', 'before.hash as beforeHash'])
    .where('entry.seq', '>', after)
    .orderBy('entry.seq')
    .limit(PAGE)
    .execute();
}

function checkOrder({
  row,
  last,
  faults,
}: {
  readonly row: EvidenceRow;
  readonly last: Passed;
  readonly faults: Faults;
}): void {
  const next = last.number + 1;
  if (row.seq > next) {
    const detail = `of ${chain}, ${range(next, row.seq - 1)} missing`;
    faults.add({ seq: next, what: 'missing', detail });
  } else if (row.previousGlobalHash !== last.hash) {
    const detail =
      last.number === 0
        ? `${named(row)} stands first, and was not written as the first`
        : `entry ${last.number} is not the one that ${named(row)} was chained to: it was replaced`;
    faults.add({ seq: Math.max(last.number, 1), what: 'changed', detail });
  }
}

function checkPersonLink(row: Linked, faults: Faults): void {
  const { personId, personSeq, previousHash, beforeHash, beforeSeq } = row;
  const before = personSeq - 1;
  if (before === 0) {
    if (previousHash === genesisHash) return;
    faults.add({
      ...placeOf(row),
      what: 'moved',
      detail: `${named(row)} stands first for its person, and was not written as the first`,
    });
  } else if (beforeHash === null || beforeSeq === null) {
    const detail = `of ${personId}, ${range(before, before)} missing, which ${named(row)} was chained to`;
    faults.add({ personId, personSeq: before, what: 'missing', detail });
  } else if (beforeHash !== previousHash) {
    const detail = `entry ${beforeSeq} (${personId}, ${before}) is not the one that ${named(row)} was chained to: it was replaced`;
    faults.add({ personId, seq: beforeSeq, personSeq: before, what: 'changed', detail });
  } else if (beforeSeq >= row.seq) {
    faults.add({
      ...placeOf(row),
      what: 'moved',
      detail: `${named(row)} stands before its predecessor, entry ${beforeSeq}`,
    });
  }
}

/** Each person's last entry and head must agree; SQL compares them, so that the number of people does not matter. */
async function checkPersonHeads(tx: Tx, faults: Faults): Promise<void> {
  const short = await tx
    .selectFrom('evidenceHead as kept')
    .leftJoin('evidence as entry', (join) =>
      join.onRef('entry.personId', '=', 'kept.scope').onRef('entry.personSeq', '=', 'kept.count'),
    )
    .select(['kept.scope', 'kept.count', 'entry.hash'])
    .where('kept.scope', '<>', everybody)
    .where((eb) => eb.or([eb('entry.hash', 'is', null), eb('entry.hash', '<>', eb.ref('kept.head'))]))
    .orderBy('kept.scope')
    .limit(PAGE)
    .execute();
  for (const { scope, count, hash } of short) {
    faults.add(
      hash === null
        ? {
            personId: scope,
            personSeq: count,
            what: 'cut-off',
            detail: `${chainOf(scope)} is cut off: its head says ${count}, and there is no such entry`,
          }
        : {
            personId: scope,
            personSeq: count,
            what: 'head-differs',
            detail: `the head of ${chainOf(scope)} is not the hash of its last entry (${count})`,
          },
    );
  }
  const long = await tx
    .selectFrom('evidence as entry')
    .leftJoin('evidenceHead as kept', 'kept.scope', 'entry.personId')
    .select((eb) => ['entry.personId', eb.fn.max<number>('entry.personSeq').as('last')])
    .where((eb) => eb.or([eb('kept.count', 'is', null), eb('entry.personSeq', '>', eb.ref('kept.count'))]))
    .groupBy('entry.personId')
    .orderBy('entry.personId')
    .limit(PAGE)
    .execute();
  for (const { personId, last } of long) {
    const detail = `${chainOf(personId)} goes on to ${last}, beyond its head: entries were added, or the head was changed or removed`;
    faults.add({ personId, personSeq: last, what: 'inserted', detail });
  }
}

export function chainOf(personId: string): string {
  return `the chain of ${personId}`;
}
