import { sql, type Kysely, type Migration } from 'kysely';

/** Records of HR systems as they were seen last. */
export const hrRecord: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table hr_record (
    source text not null,
    record_id text not null,
    person_id text not null,
    told bigint not null,
    body text not null,
    seen_at text not null,
    primary key (source, record_id)
  )`,
  `create index hr_record_person on hr_record (person_id)`,
];
