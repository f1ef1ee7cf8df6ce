import { z } from 'zod';
import type { Employment, HrRecord } from '../../domain/hr-record';
import { personOf } from '../person';
import type { PersonRule } from '../source';
import { timeZoneOf } from '../time-zone';

/** BambooHR writes numbers or text for ids, null or an empty text for nothing. */
const value = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((one) => (one === null || one === undefined || String(one).trim() === '' ? undefined : String(one)));

/** A date that nobody set is `0000-00-00`. */
const date = value.transform((one) => (one !== undefined && /^[12]\d{3}-\d{2}-\d{2}$/.test(one) ? one : undefined));

export const employeeSchema = z.looseObject({
  id: value,
  firstName: value,
  lastName: value,
  displayName: value,
  workEmail: value,
  department: value,
  jobTitle: value,
  location: value,
  supervisorEId: value,
  status: value,
  hireDate: date,
});
export type Employee = z.output<typeof employeeSchema>;

/** What is always asked for; the fields of `person:` are added. */
export const employeeFields = [
  'firstName',
  'lastName',
  'displayName',
  'workEmail',
  'department',
  'jobTitle',
  'location',
  'supervisorEId',
  'status',
  'hireDate',
];

export const statusRowsSchema = z.array(
  z.looseObject({
    id: value,
    date: date.optional(),
    employmentStatus: value.optional(),
    terminationTypeId: value.optional(),
    terminationReasonId: value.optional(),
  }),
);
export type StatusRow = z.output<typeof statusRowsSchema>[number];

interface Seen {
  readonly recordId: string;
  readonly employee: Employee;
  readonly rows: readonly StatusRow[];
  readonly terminatedStatuses: readonly string[];
  readonly person: PersonRule;
  /** A zone that BambooHR itself has of the location. */
  readonly timeZone?: string | undefined;
}

export function recordOf({ recordId, employee, rows, terminatedStatuses, person, timeZone }: Seen): HrRecord {
  const ordered = inOrder(rows);
  const isEnd = ({ employmentStatus }: StatusRow) =>
    terminatedStatuses.some((one) => one.toLowerCase() === employmentStatus?.toLowerCase());
  const employments = employmentsOf(ordered, isEnd, employee.hireDate);
  const end = ordered.filter(isEnd).at(-1);
  const reason = [end?.terminationTypeId, end?.terminationReasonId].filter((one) => one !== undefined).join(', ');
  const zone = timeZoneOf({ name: employee.location, timeZone }, person);
  return {
    person: personOf({
      recordId,
      rule: person,
      field: (name) => value.safeParse(employee[name]).data,
      type: 'bamboohr',
      known: {
        email: employee.workEmail,
        givenName: employee.firstName,
        familyName: employee.lastName,
        displayName: employee.displayName,
        department: employee.department,
        title: employee.jobTitle,
        employmentType: ordered.filter((row) => !isEnd(row)).at(-1)?.employmentStatus,
        timeZone: zone,
      },
      manager: employee.supervisorEId,
    }),
    employments,
    ...(reason === '' ? {} : { reason }),
  };
}

/** The rows come in no order; those of one day in the order in which they were made. */
function inOrder(rows: readonly StatusRow[]): readonly (StatusRow & { readonly date: string })[] {
  return rows
    .flatMap((row) => (row.date === undefined ? [] : [{ ...row, date: row.date }]))
    .sort((a, b) => (a.date === b.date ? Number(a.id) - Number(b.id) : a.date < b.date ? -1 : 1));
}

type Dated = StatusRow & { readonly date: string };

function employmentsOf(
  rows: readonly Dated[],
  isEnd: (row: StatusRow) => boolean,
  hireDate: string | undefined,
): readonly Employment[] {
  const employments: { startsOn: string; endsOn?: string }[] = [];
  for (const row of rows) {
    const last = employments.at(-1);
    if (!isEnd(row)) {
      // Another status within an employment, such as part-time, begins no new one.
      if (last === undefined || last.endsOn !== undefined) employments.push({ startsOn: row.date });
    } else if (last === undefined) employments.push({ startsOn: hireDate ?? row.date, endsOn: row.date });
    else last.endsOn = row.date;
  }
  if (employments.length === 0) return hireDate === undefined ? [] : [{ startsOn: hireDate }];
  // With one employment the hire date is the better known of the two, but for one that a rehire taken back has left.
  const [only] = employments;
  const fits = hireDate !== undefined && (only?.endsOn === undefined || hireDate <= only.endsOn);
  if (employments.length === 1 && only !== undefined && fits) only.startsOn = hireDate;
  return employments;
}
