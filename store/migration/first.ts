import { sql, type Kysely, type Migration } from 'kysely';
import { appendOnlyPostgres, appendOnlySqlite } from './append-only';

/** The tables of version 0.1. A migration that has been released is never edited: add another. */
export function first(dialect: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const statement of [...tables, ...indexes]) await sql.raw(statement).execute(db);
      for (const statement of dialect === 'sqlite' ? appendOnlySqlite : appendOnlyPostgres) {
        await sql.raw(statement).execute(db);
      }
    },
  };
}

// `bigint` and `double precision` mean the same to both databases.
const tables = [
  `create table person (
    id text not null primary key,
    body text not null,
    status text not null,
    joined_ms bigint not null,
    event_time_ms bigint not null,
    event_sequence double precision not null,
    updated_at text not null
  )`,
  `create table hr_event (
    source text not null,
    id text not null,
    person_id text not null,
    type text not null,
    stream text not null,
    time_ms bigint not null,
    sequence double precision not null,
    hash text not null,
    verdict text not null,
    superseded_by text,
    received_at text not null,
    recorded_by text not null,
    status_before text,
    body text not null,
    primary key (source, id)
  )`,
  `create table flow (
    workflow_id text not null,
    run_id text not null,
    person_id text not null,
    flow text not null,
    state text not null,
    outcome text,
    started_at text not null,
    ended_at text,
    due_at text,
    held text,
    waiting_for text,
    progress text,
    version bigint not null,
    primary key (workflow_id, run_id)
  )`,
  `create table legal_hold (
    person_id text not null,
    event_id text not null,
    placed_by text not null,
    reason text not null,
    review_at text,
    placed_at text not null,
    lifted_at text,
    lifted_by text,
    lifted_reason text,
    primary key (person_id, event_id)
  )`,
  `create table pending_fact (
    person_id text not null,
    kind text not null,
    fact_id text not null,
    at text not null,
    body text not null,
    taken_by text,
    primary key (person_id, kind, fact_id)
  )`,
  `create table account_link (
    target_id text not null,
    account_id text not null,
    person_id text not null,
    username text not null,
    username_key text not null,
    system text not null,
    origin text not null,
    recorded_at text not null,
    recorded_by text,
    primary key (target_id, account_id)
  )`,
  `create table link_tombstone (
    person_id text not null,
    target_id text not null,
    account_id text not null,
    broken_by text not null,
    why text not null,
    at text not null,
    primary key (person_id, target_id, account_id)
  )`,
  `create table budget_charge (
    flow_id text not null primary key,
    at_ms bigint not null,
    urgent integer not null,
    charged integer not null,
    answer text not null,
    release text
  )`,
  `create table approval_token (
    jti text not null primary key,
    workflow_id text not null,
    run_id text not null,
    plan_hash text not null,
    used_at text not null
  )`,
  `create table evidence (
    seq bigint not null primary key,
    person_id text not null,
    person_seq bigint not null,
    workflow_id text not null,
    run_id text not null,
    batch bigint not null,
    part bigint not null,
    at text not null,
    kind text not null,
    outcome text not null,
    step text,
    target text,
    body text not null,
    previous_hash text not null,
    previous_global_hash text not null,
    hash text not null,
    unique (person_id, person_seq),
    unique (workflow_id, run_id, batch, part)
  )`,
  `create table evidence_head (
    scope text not null primary key,
    count bigint not null,
    head text not null
  )`,
];

const indexes = [
  'create index person_status on person (status)',
  'create index hr_event_person on hr_event (person_id, stream, time_ms, sequence)',
  'create index flow_person on flow (person_id, started_at)',
  'create index flow_open on flow (ended_at, started_at)',
  'create index account_link_person on account_link (person_id, target_id)',
  'create index account_link_username on account_link (target_id, username_key)',
  'create index budget_charge_time on budget_charge (charged, urgent, at_ms)',
];
