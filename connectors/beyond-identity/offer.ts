/** Parts of the vendor's API that a realm may be without: seeds 001 and 004 know identities and groups only. */
type Part = 'roles' | 'enrolment links';

/** Statuses that say "there is no such call": not "no right" (403), and no outage. */
export const notOffered: readonly number[] = [404, 405, 501];

/** What this realm turned out not to offer when it was asked; asked again each time, since a realm may grow. */
export class Offer {
  readonly #missing = new Map<Part, string>();

  lacks(part: Part): boolean {
    return this.#missing.has(part);
  }

  note(part: Part, isThere: boolean): void {
    if (isThere) this.#missing.delete(part);
    else this.#missing.set(part, handOver[part]);
  }

  /** Ability → what a person must do. Enrolment links belong to the credentials drain. */
  handOvers(): Readonly<Record<string, string>> {
    const roles = this.#missing.get('roles');
    const links = this.#missing.get('enrolment links');
    return { ...(roles !== undefined && { role: roles }), ...(links !== undefined && { credentials: links }) };
  }
}

const handOver: Readonly<Record<Part, string>> = {
  roles:
    'This realm offers no resource servers and so no roles (GET /resource-servers is not there). Where it has roles all ' +
    'the same, a person removes them in the console.',
  'enrolment links':
    'This realm does not list enrolment links (credential-binding-jobs is not there): whether one is open is unproved. A ' +
    'person looks at the identity in the console (Identities, this identity, Passkeys) and revokes what is open.',
};
