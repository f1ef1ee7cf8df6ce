import { genesisHash, type EvidenceHead, type EvidenceVerification } from '../domain/evidence';
import { everybody } from './evidence-entry';
import { checkContent, checkEnd, Faults, named, placeOf, range, Waypoint, type Passed } from './evidence-fault';
import { chainOf, readHead } from './evidence-verification';
import type { EvidenceRow, Tx } from './schema';

const PAGE = 200;

/** An entry with the hash of the one before it in the chain over all persons. */
type Linked = EvidenceRow & { readonly beforeHash: string | null };

/**
 * Reads one person's entries and holds them against each other, their neighbours in the chain over all persons and the
 * heads. What happened to others' entries shows as far as it touches these, or changes how many there are.
 */
export async function verifyPerson({
  tx,
  personId,
  head,
}: {
  readonly tx: Tx;
  readonly personId: string;
  readonly head?: EvidenceHead | undefined;
}): Promise<EvidenceVerification> {
  const faults = new Faults();
  const waypoint = new Waypoint(head);
  const chain = chainOf(personId);
  const [kept, globalHead] = [await readHead(tx, personId), await readHead(tx, everybody)];
  let last: Passed & { readonly seq: number } = { number: 0, hash: genesisHash, seq: 0 };
  let checked = 0;
  for (let page = await readPage(tx, personId, 0); page.length > 0; page = await readPage(tx, personId, last.number)) {
    for (const row of page) {
      if (checkContent(row, faults)) {
        checkOrder({ row, last, faults });
        checkNeighbour(row, faults);
      } else if (row.personSeq > last.number + 1) checkOrder({ row, last, faults });
      last = { number: row.personSeq, hash: row.hash, seq: row.seq };
      waypoint.pass(last);
    }
    checked += page.length;
  }
  checkEnd({ chain, last, head: kept, personId, faults });
  waypoint.check({ chain, last, personId, faults });
  await checkCount({ tx, globalHead, faults });
  const { kept: found, more, none } = faults;
  return { intact: none, personId, checked, head: kept, globalHead, faults: found, more };
}

function readPage(tx: Tx, personId: string, after: number): Promise<Linked[]> {
  return tx
    .selectFrom('evidence as entry')
    .leftJoin('evidence as before', (join) => join.on((eb) => eb('before.seq', '=', eb('entry.seq', '-', 1))))
    .selectAll('entry')
    .select('before.hash as beforeHash')
    .where('entry.personId', '=', personId)
    .where('entry.personSeq', '>', after)
    .orderBy('entry.personSeq')
    .limit(PAGE)
    .execute();
}

function checkOrder({
  row,
  last,
  faults,
}: {
  readonly row: EvidenceRow;
  readonly last: Passed & { readonly seq: number };
  readonly faults: Faults;
}): void {
  const { personId, personSeq } = row;
  const next = last.number + 1;
  if (personSeq > next) {
    const detail = `of ${personId}, ${range(next, personSeq - 1)} missing`;
    faults.add({ personId, personSeq: next, what: 'missing', detail });
  } else if (row.previousHash !== last.hash) {
    const detail =
      last.number === 0
        ? `${named(row)} stands first for its person, and was not written as the first`
        : `entry ${last.seq} (${personId}, ${last.number}) is not the one that ${named(row)} was chained to: it was replaced`;
    faults.add({ personId, personSeq: Math.max(last.number, 1), what: 'changed', detail });
  } else if (row.seq <= last.seq) {
    faults.add({
      ...placeOf(row),
      what: 'moved',
      detail: `${named(row)} stands before its predecessor, entry ${last.seq}`,
    });
  }
}

/** The entry before it in the chain over all persons, whoever's it is. */
function checkNeighbour(row: Linked, faults: Faults): void {
  const before = row.seq - 1;
  const expected = before === 0 ? genesisHash : row.beforeHash;
  if (expected === row.previousGlobalHash) return;
  faults.add(
    expected === null
      ? {
          seq: before,
          what: 'missing',
          detail: `entry ${before} (somebody's) is missing, which ${named(row)} was chained to`,
        }
      : {
          seq: before,
          what: 'changed',
          detail: `entry ${before} (somebody's) is not the one that ${named(row)} was chained to: it was replaced`,
        },
  );
}

/** When a person is removed with entries and head, only the gap in the numbers is left to see. */
async function checkCount({
  tx,
  globalHead,
  faults,
}: {
  readonly tx: Tx;
  readonly globalHead: EvidenceHead;
  readonly faults: Faults;
}): Promise<void> {
  const { count, last } = await tx
    .selectFrom('evidence')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.max<number | null>('seq').as('last')])
    .executeTakeFirstOrThrow();
  if (count === globalHead.count && (last ?? 0) === globalHead.count) return;
  const detail =
    `the chain over all persons has ${count} entries up to number ${last ?? 0}, and its head says ${globalHead.count}: ` +
    'verify everybody to see which are missing';
  faults.add({ what: count < globalHead.count ? 'missing' : 'inserted', detail });
}
