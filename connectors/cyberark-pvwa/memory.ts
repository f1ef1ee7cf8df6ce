import type { Account } from '../../domain/account';
import type { Call } from '../connector';
import { toAccount, type User } from './mapping';
import type { Options } from './option';
import { ShownFields } from './shown-field';

/** How old a read may be for a full replace to be made from it, milliseconds. */
const freshForMs = 1000;

interface Read {
  readonly user: User;
  readonly call: Call;
  readonly at: number;
  readonly writes: number;
}

/**
 * The vault's own record behind an account that was read in the same call, so that a step which finds an account, lists
 * its groups and disables it asks for the record once. Forgotten with the first write of that call, and after a second.
 */
export class Memory {
  readonly shown = new ShownFields();
  readonly #reads = new WeakMap<Account, Read>();
  readonly #writes = new WeakMap<Call, number>();

  constructor(private readonly options: Options) {}

  /** For a whole record as `GET /Users/{id}` shows it, never for the row of a listing. */
  accountOf(user: User, call: Call): Account {
    const account = toAccount(user, this.options);
    this.keep(account, user, call);
    return account;
  }

  keep(account: Account, user: User, call: Call): void {
    this.#reads.set(account, { user, call, at: performance.now(), writes: this.#writesOf(call) });
  }

  userOf(account: Account, call: Call): User | undefined {
    const read = this.#reads.get(account);
    const isOfNow = read?.call === call && read.writes === this.#writesOf(call);
    return isOfNow && performance.now() - read.at <= freshForMs ? read.user : undefined;
  }

  /** Before a write leaves: one whose reply is lost may have changed something too. */
  writing(call: Call): void {
    this.#writes.set(call, this.#writesOf(call) + 1);
  }

  #writesOf(call: Call): number {
    return this.#writes.get(call) ?? 0;
  }
}
