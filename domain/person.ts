/** A person as the source of authority (HR) knows them. Fields that Tenure does not know are kept, never refused. */
export interface Person {
  /** Opaque, stable id of the source: `[A-Za-z0-9._@-]{1,128}`. */
  readonly id: string;
  readonly username?: string;
  readonly email?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly displayName?: string;
  readonly department?: string;
  readonly title?: string;
  readonly manager?: string;
  readonly employmentType?: string;
  /** IANA zone, such as `Europe/Oslo`. */
  readonly timeZone?: string;
  /** Ids of this person in other systems, by the name that a target's `correlation.externalIdName` picks. */
  readonly externalIds?: Readonly<Record<string, string>>;
  /** Former user names and e-mail addresses. */
  readonly aliases?: readonly string[];
  readonly formerIds?: readonly string[];
  readonly employmentId?: string;
  readonly otherActiveEmployments?: unknown;
  readonly contractEndsAt?: string;
  readonly sponsor?: string;
  readonly [field: string]: unknown;
}

/** How a person is named on screens: the display name, else given and family name, else the id. */
export function nameOf(person: Person): string {
  const parts = [person.givenName, person.familyName].filter((part) => part !== undefined && part !== '');
  return person.displayName ?? (parts.length > 0 ? parts.join(' ') : person.id);
}
