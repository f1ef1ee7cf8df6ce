import { z } from 'zod';
import { longAgo, over, type Employment, type HrRecord } from '../../domain/hr-record';
import { personOf } from '../person';
import type { PersonRule } from '../source';
import { timeZoneOf } from '../time-zone';

/** What is always asked for; fields that the service user may not see are left out of the answer without a word. */
export const personFields = [
  'root.id',
  'root.firstName',
  'root.surname',
  'root.displayName',
  'root.email',
  'work.department',
  'work.title',
  'work.site',
  'work.startDate',
  'work.reportsTo',
  'internal.status',
  'internal.lifecycleStatus',
  'internal.terminationDate',
  'internal.terminationReason',
  'employee.lastDayOfWork',
];

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((one) => (one == null || String(one).trim() === '' ? undefined : String(one)));
const date = text.transform((one) =>
  one !== undefined && /^\d{4}-\d{2}-\d{2}/.test(one) ? one.slice(0, 10) : undefined,
);

export const personSchema = z.looseObject({
  id: text,
  firstName: text,
  surname: text,
  displayName: text,
  email: text,
  work: z
    .looseObject({
      department: text,
      title: text,
      site: text,
      startDate: date,
      reportsTo: z.union([z.looseObject({ id: text }), text]).nullish(),
    })
    .nullish(),
  internal: z
    .looseObject({ status: text, lifecycleStatus: text, terminationDate: date, terminationReason: text })
    .nullish(),
  employee: z.looseObject({ lastDayOfWork: date }).nullish(),
  /** The names of list items, which the machine's half gives as ids; its dates are in the reader's own format. */
  humanReadable: z
    .looseObject({
      work: z.looseObject({ department: text, title: text, site: text }).nullish(),
      internal: z.looseObject({ terminationReason: text }).nullish(),
    })
    .nullish(),
});
export type BobPerson = z.output<typeof personSchema>;

interface Seen {
  readonly recordId: string;
  readonly bob: BobPerson;
  readonly person: PersonRule;
  readonly gardenLeaveSuspends: boolean;
}

export function recordOf({ recordId, bob, person, gardenLeaveSuspends }: Seen): HrRecord {
  const names = bob.humanReadable?.work ?? bob.work ?? undefined;
  const rests = gardenLeaveSuspends && lifecycleOf(bob) === 'garden leave';
  const reason = bob.humanReadable?.internal?.terminationReason ?? bob.internal?.terminationReason;
  const accessEndsAt = earlierLastDay(bob);
  return {
    person: personOf({
      ...{ recordId, rule: person, type: 'hibob' },
      field: (path) => text.safeParse(at(bob, path)).data,
      known: {
        ...{ email: bob.email, givenName: bob.firstName, familyName: bob.surname, displayName: bob.displayName },
        ...{ department: names?.department, title: names?.title },
        timeZone: timeZoneOf({ name: names?.site }, person),
      },
      manager: managerOf(bob),
    }),
    employments: employmentsOf(bob),
    ...(accessEndsAt === undefined ? {} : { accessEndsAt }),
    ...(reason === undefined ? {} : { reason }),
    ...(rests ? { suspended: true } : {}),
  };
}

function lifecycleOf({ internal }: BobPerson): string | undefined {
  return internal?.lifecycleStatus?.toLowerCase();
}

function managerOf({ work }: BobPerson): string | undefined {
  const reportsTo = work?.reportsTo;
  return typeof reportsTo === 'string' ? reportsTo : reportsTo?.id;
}

/** Somebody may stop working before the employment ends. */
function earlierLastDay({ internal, employee }: BobPerson): string | undefined {
  const end = internal?.terminationDate;
  const lastDay = employee?.lastDayOfWork;
  return end !== undefined && lastDay !== undefined && lastDay < end ? lastDay : undefined;
}

/** Bob shows the last employment alone: after a rehire its first day is the new one. */
function employmentsOf(bob: BobPerson): readonly Employment[] {
  const startsOn = bob.work?.startDate ?? longAgo;
  const endsOn = bob.internal?.terminationDate;
  if (endsOn !== undefined) return [{ startsOn, endsOn }];
  return lifecycleOf(bob) === 'terminated' ? [{ startsOn, endsOn: over }] : [{ startsOn }];
}

/** `root.x` lies at the top, everything else where its path says. */
function at(bob: BobPerson, path: string): unknown {
  const steps = path.replace(/^root\./, '').split('.');
  return steps.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[step] : undefined,
    bob,
  );
}
