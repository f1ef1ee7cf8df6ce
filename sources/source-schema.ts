import { z } from 'zod';
import { address, limits, present, secretSchema, tlsSchema, type Surroundings } from '../connectors/target-schema';
import { sourceTypes } from './registry';
import { isTimeZone } from './time-zone';
import type { Source, SourceType } from './source';

/** One entry of `sources:` in tenure.yaml, options of the type included; every problem is told at once. */
export function sourceSchema({ resolveSecret, resolvePath = (path: string) => path }: Surroundings) {
  const entries = Object.values(sourceTypes).map((type) => entryOf(type, { resolveSecret, resolvePath }));
  const known = Object.keys(sourceTypes).join(', ');
  return z
    .discriminatedUnion('type', entries as [(typeof entries)[number], ...typeof entries], {
      error: (issue) => (issue.code === 'invalid_union' ? `must be one of ${known}` : undefined),
    })
    .transform(toSource);
}

const field = z.string().regex(/^[\w./-]{1,100}$/, 'must be the name of a field of the HR system');

const person = z.strictObject({
  idField: field
    .optional()
    .describe('Field of the HR system whose value is the id of the person; by default the id of the record.'),
  usernameField: field.optional().describe('Field whose value is the user name.'),
  timeZones: z
    .record(z.string(), z.string().refine(isTimeZone, 'must be a time zone of the IANA list, such as Europe/Oslo'))
    .default({})
    .describe('IANA zones by work location as the HR system names it, by country (`NO`) or by state (`US-CA`).'),
});

const lookAgain = z
  .string()
  .default('PT24H')
  .transform((text, context) => {
    const [, hours = '0', minutes = '0', seconds = '0'] =
      /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text) ?? [];
    const milliseconds = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    if (milliseconds > 0 && milliseconds <= 31 * 24 * 3_600_000) return milliseconds;
    context.addIssue({ code: 'custom', message: 'must be an ISO 8601 duration in hours, such as PT24H' });
    return z.NEVER;
  })
  .describe('How often a record with an announced end or start is read again without a webhook.');

function entryOf(type: SourceType, { resolveSecret, resolvePath }: Required<Surroundings>) {
  const secret = secretSchema(resolveSecret);
  return z.strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'must be letters, digits, dots, dashes or underscores, at most 63')
      .describe('Name of this source; part of its webhook’s address and of its events.'),
    type: z.literal(type.type).describe('Which HR system.'),
    baseUrl: address.describe('API root, version included.'),
    auth: type.auth(secret).describe('How Tenure signs on to read records.'),
    webhookSecrets: z
      .array(secret)
      .min(1, 'at least one secret is needed: webhooks that are not signed are refused')
      .describe('Keys that the webhook may be signed with, each a reference; several while one is being changed.'),
    tls: tlsSchema(resolvePath).prefault({}),
    limits: limits.prefault({}),
    person: person.prefault({}),
    lookAgain,
    options: type.options.prefault({}).describe('Options of the type.'),
  });
}

function toSource(entry: z.output<ReturnType<typeof entryOf>>): Source {
  const { limits: given, tls, person: rule, lookAgain: lookAgainMs, ...rest } = entry;
  const { requestsPerSecond, concurrency, timeout } = given;
  return {
    ...rest,
    tls: present(tls),
    limits: { requestsPerSecond, concurrency, timeoutMs: timeout },
    person: present(rule),
    lookAgainMs,
  };
}
