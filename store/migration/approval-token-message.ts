import { sql, type Kysely, type Migration } from 'kysely';

/** A token is good for one message: the same person, plan and run in a second message is a second use. */
export const approvalTokenMessage: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw("alter table approval_token add column message text not null default ''").execute(db);
  },
};
