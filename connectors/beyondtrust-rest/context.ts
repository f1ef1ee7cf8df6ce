import type { Account } from '../../domain/account';
import type { Call, PageToken } from '../connector';
import type { ErrorContext } from '../errors';
import type { Target } from '../target';
import type { Client } from './client';
import type { Options } from './config';
import { toAccount, type User } from './mapping';
import type { Records } from './record';

/** What every step needs: the vendor's calls and the target that they go to. */
export interface Context {
  readonly client: Client;
  readonly target: Target;
  readonly options: Options;
  readonly namesByCall: WeakMap<Call, KnownNames>;
  readonly reads: Reads;
  readonly records: Records;
}

/** Names of groups read so far in one step, and where the listing stands; `next` is absent when there is no more to ask. */
export interface KnownNames {
  readonly names: Map<string, string>;
  next?: { readonly after: PageToken | undefined };
}

export function where(context: Context, operation: string): ErrorContext {
  return { target: context.target.id, operation };
}

/** How a listing by offset of users or groups is told whole (`connectors/http`). */
export function listingOf(context: Context, operation: string) {
  const idOf = ({ id }: { readonly id: number | string }): string => String(id);
  return { target: context.target.id, operation, idOf, pageSize: context.options.pageSize };
}

/** How old a read may be for a full replace to be made from it, milliseconds. */
const freshForMs = 1000;

/**
 * Which user stands behind an account that was read in the same call: a step that reads an account, then its grants,
 * then takes them away asks the vendor once. A write in that call ends it, and so does time.
 */
export class Reads {
  readonly #kept = new WeakMap<
    Account,
    { readonly user: User; readonly call: Call; readonly at: number; readonly writes: number }
  >();
  readonly #writes = new WeakMap<Call, number>();

  constructor(private readonly options: Options) {}

  keep(user: User, call: Call): Account {
    const account = toAccount(user, this.options);
    this.#kept.set(account, { user, call, at: performance.now(), writes: this.#writesIn(call) });
    return account;
  }

  recall(account: Account, call: Call): User | undefined {
    const kept = this.#kept.get(account);
    if (kept?.call !== call || kept.writes !== this.#writesIn(call)) return undefined;
    return performance.now() - kept.at > freshForMs ? undefined : kept.user;
  }

  /** Before the write leaves: a lost reply may have changed something too. */
  writing(call: Call): void {
    this.#writes.set(call, this.#writesIn(call) + 1);
  }

  #writesIn(call: Call): number {
    return this.#writes.get(call) ?? 0;
  }
}
