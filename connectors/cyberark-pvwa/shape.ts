import { z } from 'zod';

/**
 * Building blocks of the vendor's answers. Seed 002 names the groups of a user and prints no list of them, and says
 * nothing of how a listing of groups looks; so both are read under every name that public sources have (vendor-apis
 * 4.3). What comes in a form that says nothing is "not shown", never an error of the record that holds it.
 */
export const number = z.union([z.int(), z.string().regex(/^\d+$/)]);
export const text = z.string().nullish().catch(undefined);
export const flag = z.boolean().nullish().catch(undefined);
/** Kept as it came, since a full replace gives it back; whoever reads it looks at its form. */
export const asItCame = z.unknown().optional();

/** A hint only: text is read, and what is no count is none. */
export const count = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+$/).transform(Number)])
  .nullish()
  .catch(undefined);

type Fields = Readonly<Record<string, unknown>>;

/** A group, in a list of its own or in a user's; id, name and type stand under the first of their names that it has. */
export const namedGroup = z.looseObject({}).transform((fields: Fields, context) => {
  const id = number.safeParse(firstOf(fields, ['groupID', 'groupId', 'id', 'value']));
  if (!id.success) {
    context.addIssue({ code: 'custom', message: 'a group without its number' });
    return z.NEVER;
  }
  const groupName = textOf(firstOf(fields, ['groupName', 'name', 'display']));
  const groupType = textOf(firstOf(fields, ['groupType', 'type']));
  return { id: id.data, groupName, groupType, members: fields['members'] };
});

/** `{value, count, nextLink}` as the vendor documents it, a bare array, or rows under their own name with a `Total`. */
export function listOf<T extends z.ZodType>(row: T, names: readonly string[]) {
  return (
    z
      .unknown()
      .transform((body) => {
        if (Array.isArray(body)) return { value: body as unknown[] };
        if (!isFields(body)) return body;
        return {
          ...body,
          value: firstOf(body, ['value', ...names]),
          count: firstOf(body, ['count', 'Count', 'Total']),
        };
      })
      // A link that cannot be read is no end of the listing: it stays an error.
      .pipe(z.looseObject({ value: z.array(row), count, nextLink: z.string().nullish() }))
  );
}

/** Null: the vendor says that there is none; undefined: it does not say, or not in words. */
export function textOf(value: unknown): string | null | undefined {
  return typeof value === 'string' || value === null ? value : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstOf(fields: Fields, names: readonly string[]): unknown {
  return names.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
}
