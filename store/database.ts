import type { Db, Tx } from './schema';

/** What the objects of the store need of a database; `sqlite.ts` and `postgres.ts` are the two there are. */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /** For messages: which database, without credentials. */
  readonly name: string;
  /**
   * Reads and single statements; within `together` they are part of it. Inside `write` use its transaction only: SQLite
   * has one connection.
   */
  readonly kysely: Db;
  /**
   * A transaction that nobody else who asks for the same `lock` runs at the same time, in any process. SQLite has one
   * lock for all; PostgreSQL tells them apart.
   */
  write<T>(lock: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Everything that `work` reads and writes through this database is one transaction: all of it lasts, or nothing. Its
   * locks are held to its end, so nothing is waited for in it but the database. Whoever takes several takes them in the
   * order budget, person, links, approvals, time boxes, flow, evidence.
   */
  together<T>(work: () => Promise<T>): Promise<T>;
  /** Several reads of one moment, without holding up writers. */
  snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The store can't be used, and what to do; every other failure of a database comes out as its driver throws it. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
}
