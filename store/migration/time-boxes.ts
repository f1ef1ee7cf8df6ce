import { sql, type Kysely, type Migration } from 'kysely';

/** When time-boxed grants were first given. */
export const timeBoxes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table time_box (
    person_id text not null,
    key text not null,
    started_at text not null,
    primary key (person_id, key)
  )`,
      )
      .execute(db);
  },
};
