import { z } from 'zod';
import { hrEventTypes, type HrEvent, type Requester } from '../domain/event';
import type { Person } from '../domain/person';
import { isAhead, isInstant, isMoment, isTimeZone } from './moment';
import { quote } from './problem';

// Control characters would pass unseen through screens and logs; in a key they make two ids look alike.
const CONTROL = /\p{Cc}/u;

function text(most: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(most, `must not be longer than ${most} characters`)
    .refine((value) => !CONTROL.test(value), 'must not contain control characters')
    .refine((value) => value.trim() !== '' || value === '', 'must not be blank');
}

const name = text(256);
const key = text(320);
const moment = z.string().refine(isMoment, {
  error: ({ input }) =>
    `must be a real date between 1900 and 2199 (2026-11-30, 2026-11-30T17:00:00 in the person's own zone, ` +
    `or 2026-11-30T17:00:00+01:00), not ${quote(input)}; leave it out when there is none`,
});

const personId = z.string().regex(/^[A-Za-z0-9._@-]{1,128}$/, {
  error: ({ input }) => `must be 1 to 128 letters, digits or . _ @ - only, not ${quote(input)}`,
});

const person = z.looseObject({
  id: personId,
  username: key.exactOptional(),
  email: key.exactOptional(),
  givenName: name.exactOptional(),
  familyName: name.exactOptional(),
  displayName: name.exactOptional(),
  department: name.exactOptional(),
  title: name.exactOptional(),
  manager: name.exactOptional(),
  employmentType: name.exactOptional(),
  timeZone: z
    .string()
    .refine(isTimeZone, {
      error: ({ input }) => `must be a time zone of the IANA list, such as Europe/Oslo, not ${quote(input)}`,
    })
    .exactOptional(),
  externalIds: z.record(name, key).exactOptional(),
  aliases: z.array(key).max(100).exactOptional(),
  formerIds: z.array(key).max(100).exactOptional(),
  employmentId: name.exactOptional(),
  otherActiveEmployments: z.unknown().exactOptional(),
  contractEndsAt: moment.exactOptional(),
  sponsor: name.exactOptional(),
}) satisfies z.ZodType<Person>;

const requester = z
  .looseObject({ id: key.exactOptional(), username: key.exactOptional(), email: key.exactOptional() })
  .refine(({ id, username, email }) => (id ?? username ?? email) !== undefined, {
    error: 'must name who asked for it by id, username or email: that person may not approve',
  }) satisfies z.ZodType<Requester>;

const data = z.looseObject({
  person,
  effectiveAt: moment.exactOptional(),
  employmentEndsAt: moment.exactOptional(),
  urgent: z.boolean().exactOptional(),
  reason: z.string().max(2000).exactOptional(),
  requestedBy: requester.exactOptional(),
  sequence: z.int().exactOptional(),
  cancels: name.exactOptional(),
});

// Looked at however much else is wrong, so that a sender hears of every problem at once.
const always = { when: () => true };

/** A field of whatever came in: the checks across fields run on what is no event at all, too. */
function at(value: unknown, ...steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[step] : undefined,
    value,
  );
}

function ownSubject(event: unknown): boolean {
  const subject = at(event, 'subject');
  const id = at(event, 'data', 'person', 'id');
  return typeof subject !== 'string' || typeof id !== 'string' || subject === id;
}

function saysWhen(event: unknown): boolean {
  if (at(event, 'type') !== 'tenure.leaver' || at(event, 'data', 'person') === undefined) return true;
  return at(event, 'data', 'effectiveAt') !== undefined || at(event, 'data', 'urgent') === true;
}

/** One HR event: a CloudEvents 1.0 envelope. Unknown fields are kept. */
export const hrEvent = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: text(256),
    source: text(512),
    type: z.enum(hrEventTypes),
    time: z
      .string()
      .refine(isInstant, {
        error: ({ input }) =>
          `must be an RFC 3339 time with its offset, such as 2026-11-20T09:00:00Z, not ${quote(input)}`,
      })
      // Events are ordered by it: whatever comes before such a time would be taken for old and dropped.
      .refine((time) => !isAhead(time), {
        error: ({ input }) =>
          `says when the event happened, and ${quote(input)} is more than a day ahead of now: ` +
          `the day on which it takes effect belongs into data.effectiveAt`,
      }),
    subject: z.string(),
    data,
  })
  .refine(ownSubject, { ...always, path: ['subject'], error: 'must be the same as data.person.id' })
  .refine(saysWhen, {
    ...always,
    path: ['data', 'effectiveAt'],
    error: 'is missing: say when access ends, or set data.urgent to true to end it now',
  }) satisfies z.ZodType<HrEvent>;

type Schema = z.ZodType & { readonly shape: Readonly<Record<string, unknown>> };
/** Known fields that may be left out, by where they are. HR systems send them as null or as an empty text as well. */
export const optionalFields = {
  person: optionalOf(person),
  requestedBy: ['id', 'username', 'email'],
  data: optionalOf(data),
} as const;

function optionalOf({ shape }: Schema): readonly string[] {
  return Object.entries(shape)
    .filter(([, field]) => field instanceof z.ZodExactOptional)
    .map(([field]) => field);
}
