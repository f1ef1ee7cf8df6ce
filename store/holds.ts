import type { LegalHold } from '../domain/leaver';
import type { Database } from './database';
import type { LegalHoldRow } from './schema';

/**
 * Something that was said before the flow it is meant for existed: a cancellation that came before its leaver, an
 * operator's word.
 */
export interface PendingFact {
  readonly kind: 'cancellation' | 'operator';
  /** Names it for good within person and kind: an event's `source` and `id`, a message's id. */
  readonly factId: string;
  readonly at: string;
  /** JSON: the event or message itself. */
  readonly data: unknown;
}

/** Stops on deletion, and what waits for a flow to begin. */
export class Holds {
  constructor(private readonly database: Database) {}

  /** Places a legal hold; the same event again changes nothing, also after it was lifted. */
  async place({
    personId,
    hold,
    at,
  }: {
    readonly personId: string;
    readonly hold: LegalHold;
    readonly at: string;
  }): Promise<void> {
    await this.database.write(`person:${personId}`, (tx) =>
      tx
        .insertInto('legalHold')
        .values({
          personId,
          eventId: hold.eventId,
          placedBy: hold.by,
          reason: hold.reason,
          reviewAt: hold.reviewAt ?? null,
          placedAt: at,
          liftedAt: null,
          liftedBy: null,
          liftedReason: null,
        })
        .onConflict((conflict) => conflict.columns(['personId', 'eventId']).doNothing())
        .execute(),
    );
  }

  /** Lifts one hold, or all that stand when no `eventId` is given; says which it lifted. */
  async lift({
    personId,
    eventId,
    at,
    by,
    reason,
  }: {
    readonly personId: string;
    readonly eventId?: string;
    readonly at: string;
    readonly by: string;
    readonly reason: string;
  }): Promise<readonly LegalHold[]> {
    return this.database.write(`person:${personId}`, async (tx) => {
      let query = tx
        .updateTable('legalHold')
        .set({ liftedAt: at, liftedBy: by, liftedReason: reason })
        .where('personId', '=', personId)
        .where('liftedAt', 'is', null);
      if (eventId !== undefined) query = query.where('eventId', '=', eventId);
      return (await query.returningAll().execute()).map(read);
    });
  }

  /** The holds that stand, oldest first. */
  async of({ personId }: { readonly personId: string }): Promise<readonly LegalHold[]> {
    const rows = await this.database.kysely
      .selectFrom('legalHold')
      .selectAll()
      .where('personId', '=', personId)
      .where('liftedAt', 'is', null)
      .orderBy('placedAt')
      .orderBy('eventId')
      .execute();
    return rows.map(read);
  }

  /** Keeps a fact for the flow to come; the same fact again changes nothing, also after it was taken. */
  async remember({ personId, fact }: { readonly personId: string; readonly fact: PendingFact }): Promise<void> {
    await this.database.write(`person:${personId}`, (tx) =>
      tx
        .insertInto('pendingFact')
        .values({
          personId,
          kind: fact.kind,
          factId: fact.factId,
          at: fact.at,
          body: JSON.stringify(fact.data),
          takenBy: null,
        })
        .onConflict((conflict) => conflict.columns(['personId', 'kind', 'factId']).doNothing())
        .execute(),
    );
  }

  /** What nobody has taken yet, oldest first; with `takenBy` also what that flow took, so that it may ask again. */
  async pending({
    personId,
    takenBy,
  }: {
    readonly personId: string;
    readonly takenBy?: string;
  }): Promise<readonly PendingFact[]> {
    const rows = await this.database.kysely
      .selectFrom('pendingFact')
      .selectAll()
      .where('personId', '=', personId)
      .where((eb) =>
        eb.or([eb('takenBy', 'is', null), ...(takenBy === undefined ? [] : [eb('takenBy', '=', takenBy)])]),
      )
      .orderBy('at')
      .orderBy('factId')
      .execute();
    return rows.map(({ kind, factId, at, body }) => ({
      kind: kind as PendingFact['kind'],
      factId,
      at,
      data: JSON.parse(body) as unknown,
    }));
  }

  /** Uses a fact up for one flow. False when another flow has it, or there is no such fact. */
  async take({
    personId,
    kind,
    factId,
    takenBy,
  }: {
    readonly personId: string;
    readonly kind: PendingFact['kind'];
    readonly factId: string;
    readonly takenBy: string;
  }): Promise<{ readonly taken: boolean }> {
    return this.database.write(`person:${personId}`, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('pendingFact')
        .set({ takenBy })
        .where('personId', '=', personId)
        .where('kind', '=', kind)
        .where('factId', '=', factId)
        .where((eb) => eb.or([eb('takenBy', 'is', null), eb('takenBy', '=', takenBy)]))
        .executeTakeFirst();
      return { taken: Number(numUpdatedRows) > 0 };
    });
  }
}

function read(row: LegalHoldRow): LegalHold {
  return {
    eventId: row.eventId,
    by: row.placedBy,
    reason: row.reason,
    ...(row.reviewAt === null ? {} : { reviewAt: row.reviewAt }),
  };
}
