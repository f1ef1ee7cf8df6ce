import type { Account } from '../../domain/account';
import type { Call } from '../connector';
import type { ErrorContext } from '../errors';
import type { Target } from '../target';
import type { Client } from './client';
import type { Options } from './config';
import { toAccount, type User } from './mapping';
import type { ScimSurface } from './scim';

/** What every step needs: the vendor's calls and the target that they go to. */
export interface Context {
  readonly client: Client;
  readonly target: Target;
  readonly options: Options;
  /** The tenant's SCIM surface, the only way to change group memberships; absent unless the target has `scim`. */
  readonly scim?: ScimSurface;
  readonly reads: Reads;
}

/**
 * Users as read in a call, until something is written in that call. It spares a step the second reading of what it has
 * just read; a read-back always goes to the vendor.
 */
export class Reads {
  readonly #reads = new WeakMap<Account, { readonly call: Call; readonly user: User; readonly writes: number }>();
  readonly #writes = new WeakMap<Call, number>();

  /** The user as an account, remembered under that very object. */
  keep(user: User, call: Call): Account {
    const account = toAccount(user);
    this.#reads.set(account, { call, user, writes: this.#writesIn(call) });
    return account;
  }

  recall(account: Account, call: Call): User | undefined {
    const read = this.#reads.get(account);
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

export function where(context: Context, operation: string, status?: number): ErrorContext {
  return { target: context.target.id, operation, ...(status !== undefined && { status }) };
}
