import { sql, type Kysely, type Migration } from 'kysely';

/** The few links that operators told are looked for with every plan, among those of all people. */
export const toldLinks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw(`create index account_link_told on account_link (target_id) where origin = 'operator'`).execute(db);
  },
};
