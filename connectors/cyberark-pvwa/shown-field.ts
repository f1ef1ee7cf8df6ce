import { fieldOf, isMirrored, type User } from './mapping';
import { nestedFields, writableFields, type WritableField } from './option';

/**
 * Which writable fields the users of this vault have shown so far. A field that one record lacks is hidden there if
 * others show it; one that no record shows is none of this version's (seed 002 prints a user of seven fields, the vendor
 * documents more than twenty).
 */
export class ShownFields {
  readonly #notYet = new Set<WritableField>([...writableFields, ...nestedFields]);
  readonly #records = new Set<string>();
  #showsEmptyDn = false;

  /** Any answer that shows a user; the row of a listing proves what is there, never what is not. */
  note(user: User): void {
    for (const field of this.#notYet) if (fieldOf(user, field) !== undefined) this.#notYet.delete(field);
    const { distinguishedName } = user;
    if (distinguishedName === '' || distinguishedName === null) this.#showsEmptyDn = true;
  }

  noteRecord(user: User): void {
    this.note(user);
    if (this.#records.size < 2) this.#records.add(String(user.id));
  }

  /**
   * Whether a record like this one would show the field. A user of no directory has no distinguished name, so that its
   * absence says "none", unless this vault is one that writes empty ones out.
   */
  has(field: WritableField, user: User): boolean {
    if (field === 'distinguishedName' && !isMirrored(user)) return this.#showsEmptyDn;
    return !this.#notYet.has(field);
  }

  /** A writable field of the vendor's that no user has shown: what becomes of it cannot be read back. */
  isUnheardOf(name: string): boolean {
    return [...this.#notYet].some((field) => field === name);
  }

  /** Whether the whole record of another user has been read, so that what is not shown by now is shown by nobody. */
  isWitnessedBeside(user: User): boolean {
    return [...this.#records].some((id) => id !== String(user.id));
  }
}
