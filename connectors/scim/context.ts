import type { Account } from '../../domain/account';
import type { Call } from '../connector';
import type { ErrorContext } from '../errors';
import type { Target } from '../target';
import type { Client } from './client';
import type { Habits } from './habit';
import { toAccount } from './mapping';
import type { Quirks } from './quirk';
import type { User } from './wire';

/** What every step needs: the server's calls, its quirks and the target. */
export interface Context {
  readonly client: Client;
  readonly target: Target;
  readonly quirks: Quirks;
  readonly reads: Reads;
  readonly habits: Habits;
}

/**
 * Users as read in a call, until something is written in that call: spares a step the second reading of what it has just
 * read. A read-back always goes to the server.
 */
export class Reads {
  readonly #users = new WeakMap<Account, { readonly call: Call; readonly user: User; readonly writes: number }>();
  readonly #writes = new WeakMap<Call, number>();

  constructor(private readonly quirks: Quirks) {}

  /** The user as an account, remembered under that very object. */
  keep(user: User, call: Call): Account {
    const account = toAccount(user, this.quirks);
    this.#users.set(account, { call, user, writes: this.#writesIn(call) });
    return account;
  }

  recall(account: Account, call: Call): User | undefined {
    const read = this.#users.get(account);
    return read?.call === call && read.writes === this.#writesIn(call) ? read.user : undefined;
  }

  /** Before the write leaves: a lost reply may have changed something too. */
  writing(call: Call): void {
    this.#writes.set(call, this.#writesIn(call) + 1);
  }

  #writesIn(call: Call): number {
    return this.#writes.get(call) ?? 0;
  }
}

export function where({ target }: Context, operation: string): ErrorContext {
  return { target: target.id, operation };
}
