import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db, Tx } from './schema';

type Begin = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** The transaction that whoever runs inside `Database.together` is part of, without being handed it. */
export class Ambient {
  readonly #current = new AsyncLocalStorage<Tx>();

  constructor(
    private readonly main: Db,
    private readonly begin: Begin,
  ) {}

  get kysely(): Db {
    return this.#current.getStore() ?? this.main;
  }

  /** Part of what is under way, or a transaction of its own. */
  async inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const tx = this.#current.getStore();
    return tx === undefined ? await this.begin(work) : await work(tx);
  }

  async together<T>(work: () => Promise<T>): Promise<T> {
    if (this.#current.getStore() !== undefined) return await work();
    return await this.begin((tx) => this.#current.run(tx, work));
  }
}
