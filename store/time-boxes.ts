import type { TimeBoxes as StartedAt } from '../domain/access';
import type { Database } from './database';

/** When time-boxed grants were first given: what `for` in the policy counts from. */
export class TimeBoxes {
  constructor(private readonly database: Database) {}

  /** Records the first day of each, once and for good; those that are known keep theirs. Returns all of the person. */
  async start({
    personId,
    keys,
    at,
  }: {
    readonly personId: string;
    /** By `timeBoxKey`. */
    readonly keys: readonly string[];
    readonly at: string;
  }): Promise<StartedAt> {
    if (keys.length > 0) {
      await this.database.write(`time-box:${personId}`, async (tx) => {
        await tx
          .insertInto('timeBox')
          .values([...new Set(keys)].map((key) => ({ personId, key, startedAt: at })))
          .onConflict((conflict) => conflict.columns(['personId', 'key']).doNothing())
          .execute();
      });
    }
    return this.of({ personId });
  }

  /** Everything that was ever started for a person. */
  async of({ personId }: { readonly personId: string }): Promise<StartedAt> {
    const rows = await this.database.kysely
      .selectFrom('timeBox')
      .select(['key', 'startedAt'])
      .where('personId', '=', personId)
      .orderBy('key')
      .execute();
    return Object.fromEntries(rows.map(({ key, startedAt }) => [key, startedAt]));
  }
}
