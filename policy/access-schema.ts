import { Duration } from 'luxon';
import { z } from 'zod';
import { readAttributes, type AttributeTemplates } from './attributes';
import { compile, type Expression } from './cel/compile';
import { isAlways } from './cel/constant';
import { neverBecause } from './cel/never';
import type { MomentOf } from './grant';
import { duration } from './leaver-schema';
import { fieldsWith, type FieldType } from './person-field';
import type { AccountTemplate, End } from './rule';
import { readTemplate, type Template } from './template';

/** What the texts of a policy are held against. */
export interface AccessSurroundings {
  /** Fields of a person besides the known ones. */
  readonly personFields: readonly string[];
  readonly momentOf: MomentOf;
}

/** `access:` of a policy; conditions and templates are compiled, and every problem in them is an issue of its own. */
export function accessSchema({ personFields, momentOf }: AccessSurroundings) {
  const fields = fieldsWith(personFields);
  const account = accountSchema(fields);
  const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
    message: 'must be letters, digits, dots, dashes or underscores, at most 63',
  });
  const targets = z.union([z.array(z.string().min(1)).min(1), z.literal('all')]);
  const rule = z.strictObject({
    id: name.describe('Name of the rule, in evidence and in every explanation.'),
    description: z.string().optional().describe('What it is for.'),
    when: condition(fields).describe('CEL over `person` and `now`: whom the rule gives something.'),
    unless: exception(fields).optional().describe('CEL: who is excepted all the same.'),
    target: z.string().min(1).optional().describe('The target, by its id.'),
    targets: targets.optional().describe('Several targets, or `all`; instead of `target`.'),
    account: account.prefault({}).describe('The account; left out: that of the defaults.'),
    grants: z.array(grantSchema({ fields, momentOf })).default([]).describe('What the account is given.'),
  });
  return z.strictObject({
    personFields: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name that can stand after `person.`'))
      .default([])
      .describe('Fields of a person that your HR system sends besides the known ones.'),
    defaults: z
      .record(z.string(), z.strictObject({ account: account.prefault({}) }))
      .default({})
      .describe('By target: the account where a rule says nothing else.'),
    exclude: z
      .array(
        z.strictObject({
          when: condition(fields).describe('CEL: who gets nothing.'),
          targets: z.array(z.string().min(1)).min(1).optional().describe('Where; left out: everywhere.'),
          why: z.string().optional().describe('Shown by `tenure policy explain`.'),
        }),
      )
      .default([])
      .describe('Who has no accounts by policy, whatever the rules say.'),
    protected: z
      .strictObject({
        people: z.array(z.string()).default([]).describe('Person ids, besides `safety.protected.people`.'),
        accounts: z
          .array(z.strictObject({ target: z.string(), username: z.string() }))
          .default([])
          .describe('Accounts, besides `safety.protected.accounts`.'),
      })
      .prefault({})
      .describe('Who and what is never changed without two people.'),
    rules: z.array(rule).default([]).describe('Who gets what. Their order means nothing.'),
  });
}

export type ParsedAccess = z.output<ReturnType<typeof accessSchema>>;
type Fields = Readonly<Record<string, FieldType>>;

/** YAML reads a bare `true` as no text, but what is meant is plain. */
const celText = z.union([z.string(), z.boolean()], { error: 'must be a CEL expression, as text' }).transform(String);

function condition(fields: Fields) {
  return celText.transform((text, context): Expression => {
    const expression = compiled({ text, fields, gives: ['bool'], context });
    if (expression === undefined) return z.NEVER;
    const reason = neverBecause(expression.expr, (part) => isAlways(part, false));
    if (reason === undefined) return expression;
    context.addIssue({ code: 'custom', message: `can never match: ${reason}` });
    return z.NEVER;
  });
}

function exception(fields: Fields) {
  return celText.transform((text, context): Expression => {
    const expression = compiled({ text, fields, gives: ['bool'], context });
    if (expression === undefined) return z.NEVER;
    if (!isAlways(expression.expr, true)) return expression;
    context.addIssue({ code: 'custom', message: 'excepts everybody: the rule can never match' });
    return z.NEVER;
  });
}

function compiled({
  text,
  fields,
  gives,
  context,
}: {
  readonly text: string;
  readonly fields: Fields;
  readonly gives: readonly string[];
  readonly context: Pick<z.RefinementCtx, 'addIssue'>;
}): Expression | undefined {
  const found = compile({ text, fields, gives });
  if ('expression' in found) return found.expression;
  for (const { message, line } of found.problems) {
    context.addIssue({ code: 'custom', message, params: { line } });
  }
  return undefined;
}

function grantSchema({ fields, momentOf }: { readonly fields: Fields; readonly momentOf: MomentOf }) {
  const longest = Duration.fromObject({ years: 100 }).toMillis();
  return z.strictObject({
    kind: z.string().min(1).describe('What it is called there: group, role, safe…'),
    name: z
      .string()
      .min(1)
      .refine((text) => !/\{[A-Za-z_.]+\}/.test(text), {
        message: 'takes no templates: what a policy manages must be known beforehand; write one rule for each',
      })
      .describe('Name or immutable id.'),
    privileged: z.boolean().default(false).describe('Granted only after people approved it.'),
    for: duration
      .refine(
        (text) => between(Duration.fromISO(text).toMillis(), longest),
        'must be more than nothing and at most 100 years',
      )
      .optional()
      .describe('ISO 8601 duration: ends so long after the rule first gave it.'),
    until: z
      .string()
      .transform((text, context) => endOf({ text, fields, momentOf, context }))
      .optional()
      .describe('A date (its end, in the person’s zone), a time, or CEL that gives one: `person.contractEndsAt`.'),
  });
}

function between(value: number, most: number): boolean {
  return value > 0 && value <= most;
}

function endOf({
  text,
  fields,
  momentOf,
  context,
}: {
  readonly text: string;
  readonly fields: Fields;
  readonly momentOf: MomentOf;
  readonly context: Pick<z.RefinementCtx, 'addIssue'>;
}): End {
  if (/^\d{4}/.test(text)) {
    const { problem } = momentOf({ text, person: { id: 'nobody' } });
    if (problem === undefined) return { text };
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  }
  const expression = compiled({ text, fields, gives: ['string', 'google.protobuf.Timestamp'], context });
  return expression === undefined ? z.NEVER : { expression };
}

function accountSchema(fields: Fields) {
  return z
    .strictObject({
      username: z
        .string()
        .min(1)
        .transform((text, context) => usernameOf(text, fields, context))
        .optional()
        .describe('Template such as `{username}-adm` or `{email}`; left out: `{username}`.'),
      attributes: z
        .record(z.string(), z.unknown())
        .default({})
        .transform((value, context) => attributesOf(value, fields, context))
        .describe('What the vendor asks for besides, templates allowed; null takes a default away.'),
    })
    .transform(({ username, attributes }): AccountTemplate => ({ attributes, ...(username && { username }) }));
}

function usernameOf(text: string, fields: Fields, context: Pick<z.RefinementCtx, 'addIssue'>): Template {
  const found = readTemplate(text, fields);
  const problems = 'problems' in found ? found.problems : [];
  for (const message of problems) context.addIssue({ code: 'custom', message });
  if ('problems' in found) return z.NEVER;
  if (found.template.paths.length > 0) return found.template;
  context.addIssue({
    code: 'custom',
    message: 'is the same for everybody: name a field of the person, as in {username}',
  });
  return z.NEVER;
}

function attributesOf(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  context: Pick<z.RefinementCtx, 'addIssue'>,
): AttributeTemplates {
  const { attributes, problems } = readAttributes(value, fields);
  for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [...path], message });
  return attributes;
}
