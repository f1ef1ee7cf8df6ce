import { DateTime, Duration, IANAZone } from 'luxon';
import type { HrEvent } from '../domain/event';
import type { Moments } from '../domain/leaver';
import type { Person } from '../domain/person';

export interface Moment {
  /** UTC, ISO 8601. */
  readonly at?: string;
  readonly problem?: string;
  /** What was assumed. */
  readonly note?: string;
}

/**
 * The instant that a text of HR means: with an offset that very instant; without one the clock of the person's zone,
 * the earlier of two when the clock was set back; a date alone the end of that local day, or its beginning where
 * something begins (`dayBegins`).
 */
export function momentOf({
  text,
  person,
  defaultTimeZone,
  dayBegins = false,
}: {
  readonly text: string;
  readonly person: Person;
  readonly defaultTimeZone: string;
  readonly dayBegins?: boolean;
}): Moment {
  const known = person.timeZone !== undefined && IANAZone.isValidZone(person.timeZone);
  const zone = known ? person.timeZone : defaultTimeZone;
  const local = DateTime.fromISO(text, { zone, setZone: false });
  if (!local.isValid) return { problem: `${JSON.stringify(text)} is no ISO 8601 date or time` };
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) && text.includes('T');
  if (hasOffset) return { at: utc(local) };
  const dateAlone = !text.includes('T');
  // A day ends when the next one begins; on days when the clock changes it has 23 or 25 hours.
  const day = local.startOf('day');
  const moment = !dateAlone ? earliest(local) : dayBegins ? day : day.plus({ days: 1 }).startOf('day');
  const note = known ? undefined : `no time zone of the person is known: ${zone} was taken`;
  return { at: utc(moment), ...(note === undefined ? {} : { note }) };
}

/** Both dates of an event; what cannot be read is absent and noted. */
export function momentsOf(event: HrEvent, defaultTimeZone: string): Moments {
  const { person, effectiveAt, employmentEndsAt } = event.data;
  const ends = event.type === 'tenure.leaver';
  const effective =
    effectiveAt === undefined ? {} : momentOf({ text: effectiveAt, person, defaultTimeZone, dayBegins: !ends });
  const employment =
    employmentEndsAt === undefined ? {} : momentOf({ text: employmentEndsAt, person, defaultTimeZone });
  const notes = [effective.note, effective.problem, employment.problem].filter((note) => note !== undefined);
  return {
    ...(effective.at === undefined ? {} : ends ? { accessEndsAt: effective.at } : { beginsAt: effective.at }),
    ...(employment.at === undefined ? {} : { employmentEndsAt: employment.at }),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

/** Calendar-true: `P1M` after 31 January is the last of February. */
export function later(from: string, duration: string): string {
  return utc(DateTime.fromISO(from, { zone: 'utc' }).plus(Duration.fromISO(duration)));
}

/** Calendar-true, as `later`. */
export function earlier(to: string, duration: string): string {
  return utc(DateTime.fromISO(to, { zone: 'utc' }).minus(Duration.fromISO(duration)));
}

function earliest(local: DateTime): DateTime {
  return local.getPossibleOffsets()[0] ?? local;
}

function utc(moment: DateTime): string {
  return new Date(moment.toMillis()).toISOString();
}
