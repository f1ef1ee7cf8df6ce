import { z } from 'zod';

/**
 * Servers differ in the case of attribute names ("Active", RFC 7643 2.1 makes them case-insensitive), so every answer is
 * read with lower-case names.
 */
export function lowerNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), lowerNames(inner)]));
}

const id = z.union([z.string().min(1), z.number().transform(String)]);
/** RFC 7643 2.5: null and absent are the same: unassigned, or not shown. */
const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => value ?? undefined);
/** Employee numbers as user names come as JSON numbers from some servers. */
const name = z.union([z.string().min(1), z.number().transform(String)]);
/** Some servers send "True" and "False". */
const truth = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
  .nullish()
  .transform((value) => value ?? undefined);

/** A number, or a number as text; empty text is none, where `Number` would make it zero and so "nobody". */
const count = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*\d+\s*$/)
    .transform(Number),
]);

const emailSchema = z.union([
  z.looseObject({ value: text, primary: truth, type: text }),
  z.string().transform((value) => ({ value })),
]);
const groupReferenceSchema = z.looseObject({ value: id, display: text, type: text });

const user = z.looseObject({
  id,
  username: name,
  active: truth,
  displayname: text,
  externalid: text,
  usertype: text,
  name: z
    .looseObject({ givenname: text, familyname: text })
    .nullish()
    .transform((value) => value ?? undefined),
  emails: z
    .array(emailSchema)
    .nullish()
    .transform((value) => value ?? undefined),
  groups: z
    .array(groupReferenceSchema)
    .nullish()
    .transform((value) => value ?? undefined),
});
const group = z.looseObject({
  id,
  displayname: text,
  members: z
    .array(z.looseObject({ value: id, type: text }))
    .nullish()
    .transform((value) => value ?? undefined),
});

export type User = z.output<typeof user>;
export type Group = z.output<typeof group>;

export const userSchema = z.preprocess(lowerNames, user);
export const userListSchema = listOf(user);
export const groupListSchema = listOf(group);

/** The state in the answer to a PATCH; undefined where that shows none, as a 204. */
export function activeIn(answer: unknown): boolean | undefined {
  return z.looseObject({ active: truth }).safeParse(lowerNames(answer)).data?.active;
}

/** RFC 7643 5; only Delinea lists this call. */
export const providerSchema = z.preprocess(
  lowerNames,
  z.looseObject({
    patch: z.looseObject({ supported: truth }).nullish(),
    filter: z.looseObject({ supported: truth }).nullish(),
  }),
);

/**
 * A list may leave `Resources` out only when it has none (RFC 7644 3.4.2): otherwise the rows are missing, which must never
 * look like "nobody".
 */
function listOf<T extends z.ZodType>(row: T) {
  const list = z.looseObject({
    totalresults: count.pipe(z.int().nonnegative()).nullish(),
    startindex: count.nullish(),
    resources: z.array(row).nullish(),
  });
  return z.preprocess(
    lowerNames,
    list.transform(({ totalresults, resources, startindex }, context) => {
      const total = totalresults ?? undefined;
      const isEmpty = total !== undefined && (total === 0 || (startindex ?? 1) > total);
      if (resources == null && !isEmpty) {
        context.addIssue({ code: 'custom', message: 'Resources is missing', path: ['Resources'] });
        return z.NEVER;
      }
      return { rows: resources ?? [], ...(total !== undefined && { total }) };
    }),
  );
}
