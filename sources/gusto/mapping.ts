import { z } from 'zod';
import { over, type Employment, type HrRecord } from '../../domain/hr-record';
import { personOf } from '../person';
import type { PersonRule } from '../source';
import { timeZoneOf } from '../time-zone';

const text = z
  .string()
  .nullish()
  .transform((one) => (one == null || one.trim() === '' ? undefined : one));
const date = text.transform((one) =>
  one !== undefined && /^\d{4}-\d{2}-\d{2}/.test(one) ? one.slice(0, 10) : undefined,
);

export const employeeSchema = z.looseObject({
  uuid: z.string(),
  first_name: text,
  preferred_first_name: text,
  last_name: text,
  work_email: text,
  department: text,
  manager_uuid: text,
  title: text,
  terminated: z.boolean().nullish(),
  current_employment_status: text,
  jobs: z.array(z.looseObject({ title: text, primary: z.boolean().nullish(), hire_date: date })).nullish(),
});
export type Employee = z.output<typeof employeeSchema>;

export const terminationsSchema = z.array(z.looseObject({ effective_date: date, active: z.boolean().nullish() }));
export const rehireSchema = z.looseObject({ effective_date: date });
export const historySchema = z.array(z.looseObject({ hire_date: date, termination_date: date }));
export const addressesSchema = z.array(
  z.looseObject({ active: z.boolean().nullish(), city: text, state: text, country: text }),
);

export interface Seen {
  readonly recordId: string;
  readonly employee: Employee;
  readonly terminations: z.output<typeof terminationsSchema>;
  readonly rehire: z.output<typeof rehireSchema> | undefined;
  readonly history: z.output<typeof historySchema>;
  readonly addresses: z.output<typeof addressesSchema>;
}

export function recordOf(seen: Seen, person: PersonRule): HrRecord {
  const { recordId, employee, addresses } = seen;
  const place = addresses.find(({ active }) => active === true) ?? addresses[0];
  const job = primaryJob(employee);
  const firstName = employee.preferred_first_name ?? employee.first_name;
  return {
    person: personOf({
      ...{ recordId, rule: person, type: 'gusto' },
      field: (name) => text.safeParse(employee[name]).data,
      known: {
        email: employee.work_email,
        givenName: employee.first_name,
        familyName: employee.last_name,
        displayName: [firstName, employee.last_name].filter((part) => part !== undefined).join(' '),
        department: employee.department,
        title: employee.title ?? job?.title,
        employmentType: employee.current_employment_status,
        timeZone: timeZoneOf({ name: place?.city, country: countryOf(place?.country), state: place?.state }, person),
      },
      manager: employee.manager_uuid,
    }),
    employments: employmentsOf(seen),
  };
}

/** Gusto writes `USA`; everything else speaks ISO 3166 in two letters. */
function countryOf(country: string | undefined): string | undefined {
  return country === 'USA' ? 'US' : country;
}

function primaryJob({ jobs }: Employee) {
  return jobs?.find(({ primary }) => primary === true) ?? jobs?.[0];
}

/** The history knows what has taken effect; terminations and the rehire also know what is announced. */
function employmentsOf({ employee, history, terminations, rehire }: Seen): readonly Employment[] {
  const known = history
    .flatMap(({ hire_date, termination_date }) =>
      hire_date === undefined
        ? []
        : [{ startsOn: hire_date, ...(termination_date === undefined ? {} : { endsOn: termination_date }) }],
    )
    .sort((a, b) => (a.startsOn < b.startsOn ? -1 : 1));
  const hired = primaryJob(employee)?.hire_date;
  const begun: readonly Employment[] = known.length > 0 || hired === undefined ? known : [{ startsOn: hired }];
  const back = rehire?.effective_date;
  const isAhead = back !== undefined && !begun.some(({ startsOn }) => startsOn === back);
  const all: readonly Employment[] = isAhead ? [...begun, { startsOn: back }] : begun;
  const ends = terminations.flatMap(({ effective_date }) => (effective_date === undefined ? [] : [effective_date]));
  return all.map((one, at) => withEnd(one, { ends, next: all[at + 1], isTerminated: employee.terminated === true }));
}

interface Ends {
  readonly ends: readonly string[];
  readonly next: Employment | undefined;
  readonly isTerminated: boolean;
}

function withEnd(one: Employment, { ends, next, isTerminated }: Ends): Employment {
  const mine = ends.filter((end) => end >= one.startsOn && (next === undefined || end < next.startsOn)).sort();
  const last = mine.at(-1) ?? one.endsOn;
  if (last !== undefined) return { startsOn: one.startsOn, endsOn: last };
  return isTerminated && next === undefined ? { startsOn: one.startsOn, endsOn: over } : one;
}
