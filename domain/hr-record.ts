import type { HrEvent, HrEventType } from './event';
import type { Person } from './person';

/** Why an HR system sent us to a record; only a hint, the record itself decides. */
export const pingHints = ['created', 'updated', 'ended', 'revoke-now', 'deleted'] as const;
export type PingHint = (typeof pingHints)[number];

/** One employment: whole local days, `2026-11-30`. */
export interface Employment {
  /** First day; `longAgo` where HR does not tell. */
  readonly startsOn: string;
  /** Last day; absent while no end is known; `over` where HR says that it has ended and not when. */
  readonly endsOn?: string;
}
export const longAgo = '1900-01-01';
export const over = 'over';

/** A person and their employments as an HR system has them at one look. */
export interface HrRecord {
  readonly person: Person;
  /**
   * Oldest first; a system without history shows the last one alone. The end of one that is not the last may be unknown:
   * the next one says that it is over.
   */
  readonly employments: readonly Employment[];
  /** When access ends with the last employment, where HR says it apart from its last day. */
  readonly accessEndsAt?: string;
  /** Sensitive: evidence only. */
  readonly reason?: string;
  /** Employed and away for long, as on garden leave: access rests. */
  readonly suspended?: boolean;
}

/** What was told to `person` about a record so far, and how it was seen last. */
export interface KnownRecord {
  readonly record: HrRecord;
  /** Counts the events that were told; part of their ids, so that a date that comes back is news again. */
  readonly told: number;
  /** Time of the last event; the next one is never earlier. */
  readonly toldAt: string;
  /** The last leaver that was told and not taken back. */
  readonly leaver?: { readonly eventId: string; readonly urgent: boolean };
}

export interface RecordLook {
  /** `/hr/<type>/<id>`: the source of the events. */
  readonly source: string;
  readonly recordId: string;
  readonly record: HrRecord;
  /** When it was read. */
  readonly readAt: string;
  readonly hints: readonly PingHint[];
  readonly before?: KnownRecord;
}

/** What is news about a record, in order, and how it is known from now on. */
export interface RecordNews {
  readonly events: readonly HrEvent[];
  readonly known: KnownRecord;
}

interface Change {
  readonly type: HrEventType;
  readonly on?: string;
  readonly effectiveAt?: string;
  readonly employmentEndsAt?: string;
  readonly urgent?: boolean;
  readonly cancels?: string;
}

/** After these no leaver is open that could be taken back. */
const endsLeaver: readonly HrEventType[] = ['tenure.leaver.cancelled', 'tenure.joiner', 'tenure.rehire'];
const mover: Change = { type: 'tenure.mover' };
const suspended: Change = { type: 'tenure.suspended' };
const resumed: Change = { type: 'tenure.resumed' };

/** A first day that is not longer ago than this makes somebody whom we see for the first time a joiner. */
const LATE_JOINER_DAYS = 7;

/**
 * Compares a record with how it was known and says what has happened. The same record again is no news, whatever was
 * pinged; ids follow from the record, the change and its number, so that a repetition makes the same events.
 */
export function newsOf(look: RecordLook): RecordNews {
  const { before, record, readAt } = look;
  const changes = before === undefined ? firstSight(look) : changesSince(before, look);
  const time = before !== undefined && before.toldAt > readAt ? before.toldAt : readAt;
  let told = before?.told ?? 0;
  let leaver = before?.leaver;
  const events = changes.map((change) => {
    told += 1;
    const event = eventOf(look, change, { told, time });
    if (change.type === 'tenure.leaver') leaver = { eventId: event.id, urgent: change.urgent === true };
    else if (endsLeaver.includes(change.type)) leaver = undefined;
    return event;
  });
  const toldAt = events.length > 0 ? time : (before?.toldAt ?? time);
  return { events, known: { record, told, toldAt, ...(leaver === undefined ? {} : { leaver }) } };
}

/** Until when a record is worth another look without a ping: some systems send none when an end or a start is deleted. */
export function awaitedDay({ employments }: HrRecord, readAt: string): string | undefined {
  const last = employments.at(-1);
  const day = last?.endsOn ?? last?.startsOn;
  return day !== undefined && day !== over && day >= dayOf(readAt) ? day : undefined;
}

function firstSight(look: RecordLook): readonly Change[] {
  const { record, readAt, hints } = look;
  const last = record.employments.at(-1);
  if (last === undefined) return [];
  const isNew = hints.includes('created') || last.startsOn >= dayBefore(readAt, LATE_JOINER_DAYS);
  const begin: readonly Change[] = isNew && !isOver(last, readAt) ? [start(record.employments.length, last)] : [];
  if (last.endsOn !== undefined) {
    const rests = record.suspended === true && !isOver(last, readAt) ? [suspended] : [];
    return [...begin, ...rests, leave(look, last)];
  }
  return [...(begin.length > 0 ? begin : [mover]), ...(record.suspended === true ? [suspended] : [])];
}

function changesSince(before: KnownRecord, look: RecordLook): readonly Change[] {
  const known = before.record.employments;
  const { employments } = look.record;
  const index = Math.max(known.length - 1, 0);
  const changes: Change[] = [];
  if (employments.length < known.length) changes.push(withdrawn(look));
  else changes.push(...sameEmployment(before, look, index));
  for (const later of employments.slice(known.length)) {
    changes.push(start(employments.indexOf(later) + 1, later));
    if (later.endsOn !== undefined && later === employments.at(-1)) changes.push(leave(look, later));
  }
  const isSettled = changes.some(({ type }) => type !== 'tenure.leaver.cancelled');
  if (!isSettled && differs(before.record.person, look.record.person) && isEmployed(look)) {
    changes.push(mover);
  }
  const rests = look.record.suspended === true;
  if (rests !== (before.record.suspended === true) && isEmployed(look)) changes.push(rests ? suspended : resumed);
  return changes;
}

/** The employment that was the last one when we looked before, as it is now. */
function sameEmployment(before: KnownRecord, look: RecordLook, index: number): readonly Change[] {
  const was = before.record.employments[index];
  const is = look.record.employments[index];
  if (was === undefined || is === undefined) return [];
  const replaced = inPlaceOf(was, is, look, index);
  if (replaced !== undefined) return replaced;
  const next = look.record.employments[index + 1];
  if (next !== undefined) return overBefore(next, was, is, look);
  const open = { before, was, is, look };
  return is.endsOn === undefined ? stillOpen(open, index) : ending(open);
}

/** Systems without history show a rehire in the place of what was before, and that again when it is taken back. */
function inPlaceOf(was: Employment, is: Employment, look: RecordLook, index: number): readonly Change[] | undefined {
  const begins = is.startsOn !== was.startsOn && was.endsOn !== undefined && was.endsOn !== over;
  if (begins && is.startsOn > was.endsOn) {
    return [start(index + 2, is), ...(is.endsOn === undefined ? [] : [leave(look, is)])];
  }
  return is.endsOn !== undefined && is.endsOn < was.startsOn ? [withdrawn(look)] : undefined;
}

/** Another employment has followed. Back at work already: an end that we never heard of must not take their access now. */
function overBefore(next: Employment, was: Employment, is: Employment, look: RecordLook): readonly Change[] {
  const hasReturned = next.startsOn <= dayOf(look.readAt);
  return is.endsOn !== undefined && is.endsOn !== was.endsOn && !hasReturned ? [leave(look, is)] : [];
}

interface OpenEmployment {
  readonly before: KnownRecord;
  readonly was: Employment;
  readonly is: Employment;
  readonly look: RecordLook;
}

function stillOpen({ before, was, is, look }: OpenEmployment, index: number): readonly Change[] {
  const back: readonly Change[] = was.endsOn === undefined ? [] : [takenBack(before)];
  const moved = is.startsOn !== was.startsOn && was.startsOn > dayOf(look.readAt);
  return moved ? [...back, start(index + 1, is)] : back;
}

function ending({ before, was, is, look }: OpenEmployment): readonly Change[] {
  const moved = is.endsOn !== was.endsOn || look.record.accessEndsAt !== before.record.accessEndsAt;
  const hurried = look.hints.includes('revoke-now') && before.leaver?.urgent !== true;
  return moved || hurried ? [leave(look, is)] : [];
}

function start(number: number, { startsOn }: Employment): Change {
  const type = number > 1 ? 'tenure.rehire' : 'tenure.joiner';
  return { type, on: startsOn, ...(startsOn === longAgo ? {} : { effectiveAt: `${startsOn}T00:00:00` }) };
}

function leave({ record, readAt, hints }: RecordLook, { endsOn = over }: Employment): Change {
  const { accessEndsAt } = record;
  return {
    type: 'tenure.leaver',
    on: accessEndsAt ?? endsOn,
    effectiveAt: accessEndsAt ?? (endsOn === over ? readAt : endsOn),
    ...(accessEndsAt === undefined || endsOn === over ? {} : { employmentEndsAt: endsOn }),
    ...(hints.includes('revoke-now') ? { urgent: true } : {}),
  };
}

function takenBack({ leaver }: KnownRecord): Change {
  return { type: 'tenure.leaver.cancelled', ...(leaver === undefined ? {} : { cancels: leaver.eventId }) };
}

/** A rehire or a first employment that HR took back: access ends, at once where it had begun. */
function withdrawn({ record, readAt }: RecordLook): Change {
  const end = record.employments.at(-1)?.endsOn;
  const ended = end === over ? undefined : end;
  return {
    type: 'tenure.leaver',
    on: 'withdrawn',
    effectiveAt: readAt,
    ...(ended === undefined ? {} : { employmentEndsAt: ended }),
  };
}

function eventOf(look: RecordLook, change: Change, at: { readonly told: number; readonly time: string }): HrEvent {
  const { source, recordId, record } = look;
  const { type, on, ...rest } = change;
  const id = `${recordId}.${at.told}:${type.slice('tenure.'.length)}${on === undefined ? '' : `:${on}`}`;
  return {
    ...{ specversion: '1.0', id, source, type, time: at.time, subject: record.person.id },
    data: {
      person: record.person,
      ...rest,
      ...(type === 'tenure.leaver' && record.reason !== undefined ? { reason: record.reason } : {}),
      sequence: at.told,
    },
  };
}

function isEmployed({ record, readAt }: RecordLook): boolean {
  const last = record.employments.at(-1);
  return last !== undefined && !isOver(last, readAt);
}

function isOver({ endsOn }: Employment, readAt: string): boolean {
  return endsOn === over || (endsOn !== undefined && endsOn < dayOf(readAt));
}

function dayOf(instant: string): string {
  return instant.slice(0, 'yyyy-mm-dd'.length);
}

function dayBefore(instant: string, days: number): string {
  return new Date(Date.parse(instant) - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/** Whether two people differ in any field; the order of fields tells nothing. */
function differs(one: unknown, other: unknown): boolean {
  return sorted(one) !== sorted(other);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
