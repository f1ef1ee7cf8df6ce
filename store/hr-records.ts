import type { KnownRecord } from '../domain/hr-record';
import type { Database } from './database';

interface RecordName {
  readonly source: string;
  readonly recordId: string;
}

/** How each record of an HR system was seen last, and what was told about it: what the next look is compared with. */
export class HrRecords {
  constructor(private readonly database: Database) {}

  async get({ source, recordId }: RecordName): Promise<KnownRecord | undefined> {
    const row = await this.database.kysely
      .selectFrom('hrRecord')
      .select('body')
      .where('source', '=', source)
      .where('recordId', '=', recordId)
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.body) as KnownRecord);
  }

  /**
   * Keeps a look. One that is not the next after what is kept changes nothing and says so: somebody else was faster, and
   * the record has to be compared anew.
   */
  async keep({
    source,
    recordId,
    known,
    after,
    at,
  }: RecordName & {
    readonly known: KnownRecord;
    /** What the look was compared with. */
    readonly after: KnownRecord | undefined;
    readonly at: string;
  }): Promise<{ readonly kept: boolean }> {
    return this.database.write(`hr-record:${source}:${recordId}`, async (tx) => {
      const body = JSON.stringify(known);
      const row = await tx
        .selectFrom('hrRecord')
        .select('body')
        .where('source', '=', source)
        .where('recordId', '=', recordId)
        .executeTakeFirst();
      const before = after === undefined ? undefined : JSON.stringify(after);
      if (row?.body === body) return { kept: true };
      if (row?.body !== before) return { kept: false };
      const values = { personId: known.record.person.id, told: known.told, body, seenAt: at };
      await tx
        .insertInto('hrRecord')
        .values({ source, recordId, ...values })
        .onConflict((conflict) => conflict.columns(['source', 'recordId']).doUpdateSet(values))
        .execute();
      return { kept: true };
    });
  }
}
