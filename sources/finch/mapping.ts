import { z } from 'zod';
import { longAgo, over, type Employment, type HrRecord } from '../../domain/hr-record';
import { HrRecordUnusable } from '../errors';
import { personOf } from '../person';
import type { PersonRule } from '../source';
import { timeZoneOf } from '../time-zone';

/** Finch writes null for what the provider behind it does not tell, and for what is not so. */
const text = z
  .string()
  .nullish()
  .transform((one) => (one == null || one.trim() === '' ? undefined : one));
const date = text.transform((one) =>
  one !== undefined && /^\d{4}-\d{2}-\d{2}/.test(one) ? one.slice(0, 10) : undefined,
);

export const individualSchema = z.looseObject({
  id: z.string(),
  first_name: text,
  last_name: text,
  preferred_name: text,
  emails: z.array(z.looseObject({ data: z.string(), type: text })).nullish(),
});
export type Individual = z.output<typeof individualSchema>;

export const employmentSchema = z.looseObject({
  id: z.string(),
  title: text,
  department: z.looseObject({ name: text }).nullish(),
  manager: z.looseObject({ id: text }).nullish(),
  employment: z.looseObject({ type: text, subtype: text }).nullish(),
  employment_status: text,
  is_active: z.boolean().nullish(),
  start_date: date,
  end_date: date,
  latest_rehire_date: date,
  location: z.looseObject({ name: text, city: text, state: text, country: text }).nullish(),
});
export type FinchEmployment = z.output<typeof employmentSchema>;

const ended = ['terminated', 'deceased', 'retired'];

interface Seen {
  readonly recordId: string;
  readonly individual: Individual;
  readonly employment: FinchEmployment;
  readonly person: PersonRule;
}

export function recordOf({ recordId, individual, employment, person }: Seen): HrRecord {
  const { location } = employment;
  const all: Readonly<Record<string, unknown>> = { ...individual, ...employment };
  return {
    person: personOf({
      ...{ recordId, rule: person, type: 'finch' },
      field: (name) => text.safeParse(all[name]).data,
      known: {
        email: workEmail(individual),
        givenName: individual.first_name,
        familyName: individual.last_name,
        displayName: [individual.preferred_name ?? individual.first_name, individual.last_name]
          .filter((part) => part !== undefined)
          .join(' '),
        department: employment.department?.name,
        title: employment.title,
        employmentType: employment.employment?.type,
        timeZone: timeZoneOf(
          { name: location?.name ?? location?.city, country: location?.country, state: location?.state },
          person,
        ),
      },
      manager: employment.manager?.id,
    }),
    employments: employmentsOf(employment),
  };
}

/** Personal addresses are nobody's account. */
function workEmail({ emails }: Individual): string | undefined {
  const all = emails ?? [];
  return (all.find(({ type }) => type === 'work') ?? all.find(({ type }) => type === undefined))?.data;
}

function employmentsOf(seen: FinchEmployment): readonly Employment[] {
  const { start_date: start = longAgo, end_date: end, latest_rehire_date: rehired } = seen;
  if (rehired !== undefined && rehired > start) {
    // The end may be the one before the rehire or the one after it.
    const isBefore = end !== undefined && end < rehired;
    const first = { startsOn: start, ...(isBefore ? { endsOn: end } : {}) };
    return [first, { startsOn: rehired, ...endOf(seen, isBefore ? undefined : end) }];
  }
  return [{ startsOn: start, ...endOf(seen, end) }];
}

function endOf({ employment_status: status, is_active: isActive }: FinchEmployment, end: string | undefined) {
  if (end !== undefined) return { endsOn: end };
  if (status === undefined && isActive == null) {
    throw new HrRecordUnusable(
      'neither employment_status nor is_active nor end_date is told by the provider: whether somebody leaves cannot be seen',
    );
  }
  const isOver = status === undefined ? isActive === false : ended.includes(status);
  return isOver ? { endsOn: over } : {};
}
