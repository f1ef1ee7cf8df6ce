import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CamelCasePlugin,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DialectAdapter,
  type Driver,
} from 'kysely';
import Libsql from 'libsql';
import { Ambient } from './ambient';
import { StoreUnusable, type Database } from './database';
import type { Db, Schema } from './schema';

/** How long a writer waits for the others before it gives up and leaves the repeat to its caller, milliseconds. */
const WRITE_WAIT_MS = 20_000;
/** The driver is synchronous: while it waits by itself, this whole process stands still. So it waits hardly at all. */
const BLOCKING_WAIT_MS = 50;

export interface SqliteOptions {
  /** Path of the file; its folder is made when missing. */
  readonly file: string;
  readonly readOnly: boolean;
}

/** Opens the file, and makes it unless `readOnly`. Only its owner may read a file made here: evidence is personal data. */
export function openSqlite({ file, readOnly }: SqliteOptions): Database {
  const name = `sqlite:${file}`;
  prepareFile({ file, name, readOnly });
  const main = connect({ file, name, readOnly });
  const ambient = new Ambient(main, (work) => main.transaction().execute(work));
  let reader: Db | undefined;
  return {
    dialect: 'sqlite',
    name,
    get kysely() {
      return ambient.kysely;
    },
    write: (_lock, work) => ambient.inTransaction(work),
    together: (work) => ambient.together(work),
    // A connection of its own: a long read would hold up every writer of the first one.
    snapshot: (work) => (reader ??= connect({ file, name, readOnly: true })).transaction().execute(work),
    close: async () => {
      await reader?.destroy();
      await main.destroy();
    },
  };
}

function prepareFile({ file, name, readOnly }: SqliteOptions & { readonly name: string }): void {
  if (fs.existsSync(file)) return;
  if (readOnly) {
    throw new StoreUnusable(
      `${name}: there is no such file yet. Check store.url and the folder you are in; tenure start makes the store.`,
    );
  }
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  fs.closeSync(fs.openSync(file, 'a', 0o600));
}

function connect({ file, name, readOnly }: SqliteOptions & { readonly name: string }): Db {
  let database: Libsql.Database;
  try {
    database = new Libsql(file);
    settle(database, readOnly);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreUnusable(
      `${name}: cannot be opened: ${why}. Check that it is a Tenure store and that you may use it.`,
    );
  }
  const dialect = new TenureSqliteDialect({ database, readOnly });
  return new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] });
}

function settle(database: Libsql.Database, readOnly: boolean): void {
  // First, so that the next one waits when another process is just opening the file.
  database.exec(`pragma busy_timeout = ${BLOCKING_WAIT_MS}`);
  if (!readOnly) database.exec('pragma journal_mode = wal');
  // Temporal forgets what an activity has written as soon as it has answered: a power cut must not.
  database.exec('pragma synchronous = full');
  database.exec('pragma foreign_keys = on');
  if (readOnly) database.exec('pragma query_only = on');
  database.prepare('select count(*) as n from sqlite_master').all();
}

interface Connected {
  readonly database: Libsql.Database;
  readonly readOnly: boolean;
}

class TenureSqliteDialect extends SqliteDialect {
  readonly #connected: Connected;

  constructor(connected: Connected) {
    super(connected);
    this.#connected = connected;
  }

  override createDriver(): Driver {
    return this.#connected.readOnly ? new SqliteDriver(this.#connected) : new ImmediateDriver(this.#connected);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
}

/** Every transaction of a writer takes the write lock at its start, waiting for it without blocking the process. */
class ImmediateDriver extends SqliteDriver {
  readonly #database: Libsql.Database;

  constructor({ database }: Connected) {
    super({ database });
    this.#database = database;
  }

  override async beginTransaction(): Promise<void> {
    const deadline = Date.now() + WRITE_WAIT_MS;
    for (;;) {
      try {
        // Not as a prepared statement: a refused one stays open, and then no commit succeeds until it is collected.
        this.#database.exec('begin immediate');
        return;
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw error;
        await wait(2 + Math.random() * 20);
      }
    }
  }
}

/**
 * Kysely runs the migrations of SQLite outside of any transaction and takes no lock, because it expects one process.
 * Tables can be made in a transaction in SQLite, and its write lock keeps a second process out.
 */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Somebody else is writing; also with an extended code such as `SQLITE_BUSY_SNAPSHOT`. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
