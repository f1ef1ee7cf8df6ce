import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '../../../store/open-store';

/** A database that the suites run against. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** An empty database of its own for one test. */
  createDatabase(): Promise<TestDatabase>;
}

export interface TestDatabase {
  readonly url: string;
  /** Past the store, as somebody with the rights of an administrator would: many statements at once, no results. */
  execute(statements: readonly string[]): Promise<void>;
  query(statement: string): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
}

export const sqlite: Dialect = {
  name: 'sqlite',
  async createDatabase() {
    const { default: Libsql } = await import('libsql');
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-store-'));
    const file = path.join(folder, 'made', 'tenure.db');
    const using = <T>(work: (database: InstanceType<typeof Libsql>) => T): T => {
      const database = new Libsql(file);
      try {
        return work(database);
      } finally {
        database.close();
      }
    };
    return {
      url: `sqlite:${file}`,
      execute: async (statements) => using((database) => statements.forEach((statement) => database.exec(statement))),
      query: async (statement) => using((database) => database.prepare(statement).all() as Record<string, unknown>[]),
      drop: async () => fs.rmSync(folder, { recursive: true, force: true }),
    };
  },
};

/** Fresh database and migrated store for each test of a suite. */
export function eachWithStore(dialect: Dialect): { readonly store: Store; readonly database: TestDatabase } {
  const current: { store?: Store; database?: TestDatabase } = {};
  beforeEach(async () => {
    current.database = await dialect.createDatabase();
    current.store = await openStore(current.database.url);
    await current.store.migrate();
  });
  afterEach(async () => {
    await current.store?.close();
    await current.database?.drop();
  });
  return current as { store: Store; database: TestDatabase };
}
