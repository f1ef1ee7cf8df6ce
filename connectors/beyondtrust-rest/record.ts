import type { Call } from '../connector';
import { VendorRejected } from '../errors';
import type { Context } from './context';
import { writableFields, type WritableField } from './config';
import type { User } from './mapping';

/**
 * Which optional fields this server's users have. Seed 000 marks e-mail address, SSH key, locale and memberships optional
 * and its own "Get User" answer shows none of the last three: a field that no record of a server shows is none that a full
 * replace could reset, while one that other records show is hidden or unset in this one, and nobody can tell which.
 */
export class Records {
  readonly #shown = new Set<WritableField>();
  readonly #leftOut = new Set<WritableField>();
  readonly #derived = new Set<string>();
  #isWitnessed = false;

  see(user: User): void {
    for (const field of writableFields) if (user[field] !== undefined) this.#shown.add(field);
  }

  show(field: WritableField): boolean {
    return this.#shown.has(field);
  }

  /** Fields that a PUT left out since no record shows them. */
  noteLeftOut(fields: readonly WritableField[]): void {
    for (const field of fields) this.#leftOut.add(field);
  }

  /** Undocumented fields that read otherwise after a write. */
  noteDerived(fields: readonly string[]): void {
    for (const field of fields) this.#derived.add(field);
  }

  /**
   * Reads other users, once per target, before the first PUT that would leave out a field that nobody has seen yet. False:
   * they may not be read, so nobody can tell what this server has.
   */
  async witness(context: Context, user: User, call: Call): Promise<boolean> {
    if (this.#isWitnessed) return true;
    try {
      await readWitnesses(context, user, call);
    } catch (error) {
      if (error instanceof VendorRejected) return false;
      throw error;
    }
    this.#isWitnessed = true;
    return true;
  }

  /** What a person should know of these writes: name → what to look at. */
  handOvers(): Readonly<Record<string, string>> {
    const leftOut = [...this.#leftOut].filter((field) => !this.show(field));
    return {
      ...(leftOut.length > 0 && {
        'fields not shown':
          `no user record of this server shows ${leftOut.join(', ')}, so a change of a user (PUT, which replaces the whole ` +
          'user) was sent without. A person who knows that the server has them all the same looks whether they were ' +
          'reset, and lets the API account read them.',
      }),
      ...(this.#derived.size > 0 && {
        'fields changed too':
          `after a change of a user these fields, which it was not about, read otherwise: ${[...this.#derived].join(', ')}. ` +
          'A person looks whether that follows from the change.',
      }),
    };
  }
}

/** So many users are read by id where the rows of the list show less than a single read does. */
const wholeWitnesses = 3;

async function readWitnesses(context: Context, user: User, call: Call): Promise<void> {
  const { rows } = await context.client.listUsers(0, call);
  const isSame = ({ id }: User) => String(id) === String(user.id);
  const own = rows.find(isSame);
  const compared = own === undefined ? rows : [own];
  const isAbridged = compared.some((row) => Object.keys(user).some((field) => !(field in row)));
  if (!isAbridged) return;
  const others = rows.filter((row) => !isSame(row)).slice(0, wholeWitnesses);
  for (const { id } of others) await context.client.getUser(String(id), 'read account', call);
}
