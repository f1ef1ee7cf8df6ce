import type { Person } from '../domain/person';
import { HrRecordUnusable } from './errors';
import type { PersonRule } from './source';

type Known = {
  readonly [
    Field in
      'email' | 'givenName' | 'familyName' | 'displayName' | 'department' | 'title' | 'employmentType' | 'timeZone'
  ]?: string | undefined;
};

interface Seen {
  readonly recordId: string;
  readonly type: string;
  readonly rule: PersonRule;
  /** A field of the record as text, by the HR system's own name. */
  readonly field: (name: string) => string | undefined;
  readonly known: Known;
  /** The manager's record id. */
  readonly manager?: string | undefined;
}

/** The person of a record, as `person:` of the source says. Throws when the record lacks what names the person. */
export function personOf({ recordId, type, rule, field, known, manager }: Seen): Person {
  const id = rule.idField === undefined ? recordId : field(rule.idField);
  if (id === undefined || !/^[A-Za-z0-9._@-]{1,128}$/.test(id)) {
    const what = id === undefined ? 'is empty or cannot be seen' : 'holds other than letters, digits or . _ @ -';
    throw new HrRecordUnusable(`${rule.idField ?? 'the record id'} ${what}: it names the person`);
  }
  const username = rule.usernameField === undefined ? undefined : field(rule.usernameField);
  return {
    id,
    ...(username === undefined ? {} : { username: clean(username) }),
    ...(Object.fromEntries(
      Object.entries(known).flatMap(([name, value]) => {
        const text = value === undefined ? '' : clean(value);
        return text === '' ? [] : [[name, text]];
      }),
    ) as Partial<Person>),
    // A manager's own id is known only where record ids are the ids of people.
    ...(rule.idField === undefined && manager !== undefined ? { manager } : {}),
    externalIds: { [type]: recordId },
  };
}

/** As the gateway wants the fields of a person: on one line, without half characters, no longer than a name is. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ')
    .trim()
    .slice(0, 256);
}
