import {
  genesisHash,
  type EvidenceBatch,
  type EvidenceEntry,
  type EvidenceHead,
  type EvidenceVerification,
} from '../domain/evidence';
import type { Database } from './database';
import { entryOf, everybody, rowFor } from './evidence-entry';
import { verifyAll } from './evidence-verification';
import { verifyPerson } from './evidence-person-verification';
import type { Db, EvidenceRow, Tx } from './schema';

const PAGE = 200;
/** Rows of one INSERT: SQLite takes 32,766 parameters. */
const ROWS_PER_INSERT = 500;

/** The append-only, hash-chained record of what was done, for whom, and how it was proven. */
export class Evidence {
  constructor(private readonly database: Database) {}

  /**
   * Adds a batch at the end of the person's chain and of the chain over all persons, whole or not at all. The same batch
   * again adds nothing and gets the same answer: where the person's chain stood after it. What was written first stands:
   * an activity that is repeated after a lost answer says the same with later times. Throws when the batch was written
   * for somebody else.
   */
  async append(batch: EvidenceBatch): Promise<EvidenceHead> {
    return this.database.write('evidence', async (tx) => {
      const last = await lastRowOf(tx, batch);
      if (last !== undefined) {
        refuseOtherPerson(last, batch);
        return { count: last.personSeq, head: last.hash };
      }
      const person = await headIn(tx, batch.personId);
      if (batch.entries.length === 0) return person;
      const rows = chain({ batch, person, all: await headIn(tx, everybody) });
      for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
        await tx
          .insertInto('evidence')
          .values(rows.slice(from, from + ROWS_PER_INSERT))
          .execute();
      }
      const end = rows.at(-1) as EvidenceRow;
      await moveHead({ tx, scope: everybody, head: { count: end.seq, head: end.hash } });
      await moveHead({ tx, scope: batch.personId, head: { count: end.personSeq, head: end.hash } });
      return { count: end.personSeq, head: end.hash };
    });
  }

  /** One page of a person's entries, oldest first; go on with the last `personSeq` as `after`. */
  async list({
    personId,
    after = 0,
    limit = PAGE,
  }: {
    readonly personId: string;
    readonly after?: number;
    readonly limit?: number;
  }): Promise<readonly EvidenceEntry[]> {
    const rows = await this.database.kysely
      .selectFrom('evidence')
      .selectAll()
      .where('personId', '=', personId)
      .where('personSeq', '>', after)
      .orderBy('personSeq')
      .limit(limit)
      .execute();
    return rows.map(entryOf);
  }

  /** All of a person's entries, oldest first, read in pages. */
  async *entries({ personId }: { readonly personId: string }): AsyncGenerator<EvidenceEntry, void, undefined> {
    for (let after = 0; ;) {
      const page = await this.list({ personId, after });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.personSeq ?? after;
    }
  }

  /**
   * Events of a person that wait for somebody's word: not acted on, and none of their type was accepted since. The last
   * ones first.
   */
  async openQuestions({ personId }: { readonly personId: string }): Promise<readonly EvidenceEntry[]> {
    const rows = await this.database.kysely
      .selectFrom('evidence')
      .selectAll()
      .where('personId', '=', personId)
      .where('kind', '=', 'event')
      .where('outcome', '=', 'needs-person')
      .where('workflowId', '=', `person:${personId}`)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('evidence as later')
              .select('later.seq')
              .whereRef('later.personId', '=', 'evidence.personId')
              .whereRef('later.personSeq', '>', 'evidence.personSeq')
              .whereRef('later.step', '=', 'evidence.step')
              .where('later.kind', '=', 'event')
              .where('later.outcome', '=', 'accepted'),
          ),
        ),
      )
      .orderBy('personSeq', 'desc')
      .limit(20)
      .execute();
    return rows.map(entryOf);
  }

  /** Where a person's chain ends, or the one over all persons. */
  async head({ personId }: { readonly personId?: string } = {}): Promise<EvidenceHead> {
    return headIn(this.database.kysely, personId ?? everybody);
  }

  /** The people there is evidence of, with their heads: one page in the order of the ids. */
  async heads({ after = '', limit = 500 }: { readonly after?: string; readonly limit?: number } = {}): Promise<
    readonly (EvidenceHead & { readonly personId: string })[]
  > {
    const rows = await this.database.kysely
      .selectFrom('evidenceHead')
      .selectAll()
      .where('scope', '>', after)
      .where('scope', '<>', everybody)
      .orderBy('scope')
      .limit(limit)
      .execute();
    return rows.map(({ scope, count, head }) => ({ personId: scope, count, head }));
  }

  /**
   * Reads a chain from its first entry to its head and names every change, removal, insertion and reordering: one
   * person's, or everybody's when no person is given. `head` is one that was kept elsewhere (a flow's result, an export):
   * the chain must have passed through it. Without it, somebody who may write to the database could have rewritten the
   * chain from some entry on together with all that follows, and its heads.
   */
  async verify({
    personId,
    head,
  }: {
    readonly personId?: string;
    readonly head?: EvidenceHead;
  } = {}): Promise<EvidenceVerification> {
    return this.database.snapshot((tx) =>
      personId === undefined ? verifyAll({ tx, head }) : verifyPerson({ tx, personId, head }),
    );
  }
}

function chain({
  batch,
  person,
  all,
}: {
  readonly batch: EvidenceBatch;
  readonly person: EvidenceHead;
  readonly all: EvidenceHead;
}): EvidenceRow[] {
  let previousHash = person.head;
  let previousGlobalHash = all.head;
  return batch.entries.map((draft, index) => {
    const part = index + 1;
    const place = { part, seq: all.count + part, personSeq: person.count + part, previousHash, previousGlobalHash };
    const row = rowFor({ draft, batch, place });
    previousHash = row.hash;
    previousGlobalHash = row.hash;
    return row;
  });
}

function lastRowOf(tx: Tx, { workflowId, runId, batch }: EvidenceBatch): Promise<EvidenceRow | undefined> {
  return tx
    .selectFrom('evidence')
    .selectAll()
    .where('workflowId', '=', workflowId)
    .where('runId', '=', runId)
    .where('batch', '=', batch)
    .orderBy('part', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function refuseOtherPerson({ personId }: EvidenceRow, batch: EvidenceBatch): void {
  if (personId === batch.personId) return;
  throw new Error(
    `evidence batch ${batch.batch} of ${batch.workflowId} (run ${batch.runId}) was written for ${personId}, ` +
      `not for ${batch.personId}: nothing was written`,
  );
}

async function headIn(db: Db | Tx, scope: string): Promise<EvidenceHead> {
  const row = await db
    .selectFrom('evidenceHead')
    .select(['count', 'head'])
    .where('scope', '=', scope)
    .executeTakeFirst();
  return row ?? { count: 0, head: genesisHash };
}

async function moveHead({
  tx,
  scope,
  head,
}: {
  readonly tx: Tx;
  readonly scope: string;
  readonly head: EvidenceHead;
}): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('evidenceHead')
    .set(head)
    .where('scope', '=', scope)
    .executeTakeFirst();
  if (Number(numUpdatedRows) === 0)
    await tx
      .insertInto('evidenceHead')
      .values({ scope, ...head })
      .execute();
}
