import { sql } from 'kysely';
import { Budget } from './budget';
import { StoreUnusable, type Database } from './database';
import { Decisions } from './decisions';
import { Events } from './events';
import { Evidence } from './evidence';
import { Flows } from './flows';
import { GrantApprovals } from './grant-approvals';
import { HrRecords } from './hr-records';
import { Holds } from './holds';
import { Links } from './links';
import { migrate, requireMigrated } from './migrate';
import { People } from './people';
import { openPostgres } from './postgres';
import { openSqlite } from './sqlite';
import { TimeBoxes } from './time-boxes';

/**
 * What Tenure keeps for good. Every write may come twice with the same result: activities are repeated. Safe to use
 * from several processes at once.
 */
export interface Store {
  /** Which database, without credentials. */
  readonly name: string;
  readonly people: People;
  readonly events: Events;
  readonly flows: Flows;
  readonly hrRecords: HrRecords;
  readonly holds: Holds;
  readonly links: Links;
  readonly budget: Budget;
  readonly decisions: Decisions;
  readonly timeBoxes: TimeBoxes;
  readonly grantApprovals: GrantApprovals;
  readonly evidence: Evidence;
  /** All that `work` reads and writes in this store is one transaction; it must wait for nothing but the store. */
  together<T>(work: () => Promise<T>): Promise<T>;
  /** Brings the tables up to this version; the names of the migrations that it ran. */
  migrate(): Promise<readonly string[]>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `sqlite:PATH` (the file is made when missing) or `postgres://…`. Call `migrate` before the first use; with
 * `readOnly` nothing is ever written, and the store must be set up already. Throws `StoreUnusable` with what to do.
 */
export async function openStore(
  url: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<Store> {
  const database = databaseAt(url, readOnly);
  try {
    await ping(database);
    if (readOnly) await requireMigrated(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    name: database.name,
    people: new People(database),
    events: new Events(database),
    flows: new Flows(database),
    hrRecords: new HrRecords(database),
    holds: new Holds(database),
    links: new Links(database),
    budget: new Budget(database),
    decisions: new Decisions(database),
    timeBoxes: new TimeBoxes(database),
    grantApprovals: new GrantApprovals(database),
    evidence: new Evidence(database),
    together: (work) => database.together(work),
    migrate: () => migrate(database),
    ping: () => ping(database),
    close: () => database.close(),
  };
}

function databaseAt(url: string, readOnly: boolean): Database {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres({ url, readOnly });
  const file = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (file !== undefined && !file.startsWith(':')) return openSqlite({ file, readOnly });
  throw new StoreUnusable('store.url must be sqlite:PATH (a file) or postgres://USER@HOST/DATABASE.');
}

async function ping(database: Database): Promise<void> {
  try {
    await sql`select 1`.execute(database.kysely);
  } catch (error) {
    throw new StoreUnusable(
      `${database.name}: no answer: ${reasonOf(error)}. Check store.url and the database server.`,
    );
  }
}

/** Node reports several refused addresses as one error without a text. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message.slice(0, 200) : String(error).slice(0, 200);
}
