/** What a condition may take for granted of a person's fields; `any` is looked at when it is there. */
export type FieldType = 'text' | 'texts' | 'named-texts' | 'any';

/** The fields of a person that Tenure itself knows. Others are named in `access.personFields`. */
export const knownFields: Readonly<Record<string, FieldType>> = {
  id: 'text',
  username: 'text',
  email: 'text',
  givenName: 'text',
  familyName: 'text',
  displayName: 'text',
  department: 'text',
  title: 'text',
  manager: 'text',
  employmentType: 'text',
  timeZone: 'text',
  employmentId: 'text',
  contractEndsAt: 'text',
  sponsor: 'text',
  externalIds: 'named-texts',
  aliases: 'texts',
  formerIds: 'texts',
  otherActiveEmployments: 'any',
};

/** The known fields and those that the policy names besides. */
export function fieldsWith(more: readonly string[]): Readonly<Record<string, FieldType>> {
  return { ...Object.fromEntries(more.map((name) => [name, 'any' as const])), ...knownFields };
}

/** What to say of a field that is not known: the nearest one that is, and how to name a field of one's own. */
export function unknownField(name: string, fields: Readonly<Record<string, FieldType>>): string {
  const near = Object.keys(fields).find(
    (one) => distance(one.toLowerCase(), name.toLowerCase()) <= Math.ceil(name.length / 4),
  );
  const meant = near === undefined ? '; a' : `; did you mean ${near}? A`;
  return `a person has no field ${name}${meant} field of your own HR system is named in access.personFields`;
}

/** How many letters have to be added, dropped or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
