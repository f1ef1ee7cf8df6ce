import { sql, type Kysely, type Migration } from 'kysely';

/** Privileged entitlements that people approved: a later change of the person need not ask for them again. */
export const grantApprovals: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table grant_approval (
    person_id text not null,
    key text not null,
    plan_hash text not null,
    workflow_id text not null,
    run_id text not null,
    event_hash text not null,
    approved_at text not null,
    primary key (person_id, key)
  )`,
      )
      .execute(db);
  },
};
