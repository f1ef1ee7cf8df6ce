import { setTimeout as wait } from 'node:timers/promises';
import { Migrator, type Migration } from 'kysely';
import { StoreUnusable, type Database } from './database';
import { approvalTokenMessage } from './migration/approval-token-message';
import { first } from './migration/first';
import { grantApprovals } from './migration/grant-approvals';
import { hrRecord } from './migration/hr-record';
import { timeBoxes } from './migration/time-boxes';
import { toldLinks } from './migration/told-links';
import { isBusy } from './sqlite';

/** Forward only, in this order, for good: their names are recorded in the database. */
function migrationsFor(dialect: Database['dialect']): Readonly<Record<string, Migration>> {
  return {
    '0001-first': first(dialect),
    '0002-time-boxes': timeBoxes,
    '0003-approval-token-message': approvalTokenMessage,
    '0004-hr-record': hrRecord,
    '0005-grant-approvals': grantApprovals,
    '0006-told-links': toldLinks,
  };
}

const table = 'tenure_migration';
const BUSY_TRIES = 200;

/**
 * Brings the tables up to this version of Tenure; the names of the migrations that it ran. Two processes may do it at
 * once: the second waits for the first and finds nothing to do.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  for (let tries = 1; ; tries += 1) {
    const { error, results } = await migratorOf(database).migrateToLatest();
    if (error === undefined) return (results ?? []).map((result) => result.migrationName);
    // Only the making of Kysely's own two tables can meet this: it stands before the lock.
    if (isBusy(error) && tries < BUSY_TRIES) {
      await wait(5 + Math.random() * 20);
      continue;
    }
    throw describe(database, error);
  }
}

/** Throws `StoreUnusable` unless the tables are those of this version: for those who may not migrate. */
export async function requireMigrated(database: Database): Promise<void> {
  const known = Object.keys(migrationsFor(database.dialect));
  const tables = await database.kysely.introspection.getTables({ withInternalKyselyTables: true });
  const recorded = tables.some(({ name }) => name === table) ? await migratorOf(database).getMigrations() : [];
  const done = recorded.filter((migration) => migration.executedAt !== undefined).map(({ name }) => name);
  const missing = known.filter((name) => !done.includes(name));
  if (missing.length === 0) return;
  throw new StoreUnusable(
    `${database.name}: the store is not set up for this version of Tenure (missing: ${missing.join(', ')}). ` +
      'Start tenure with this configuration once: it sets the store up.',
  );
}

function migratorOf(database: Database): Migrator {
  return new Migrator({
    db: database.kysely,
    provider: { getMigrations: () => Promise.resolve({ ...migrationsFor(database.dialect) }) },
    migrationTableName: table,
    migrationLockTableName: `${table}_lock`,
  });
}

function describe(database: Database, error: unknown): unknown {
  if (error instanceof Error && error.message.includes('previously executed migration')) {
    return new StoreUnusable(
      `${database.name}: a newer version of Tenure has set this store up (${error.message}). ` +
        'Run that version, or give this one a store of its own.',
    );
  }
  return error;
}
