/**
 * Times as HR systems write them. Calendar and clock are checked by hand: `Date.parse` takes the 31st of any month.
 * Years outside 1900–2199 are refused because HR systems write 9999-12-31 for "no end", which is no date to act on.
 */
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const CLOCK = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?$/;
const OFFSET = /(Z|[+-](\d{2}):(\d{2}))$/;

/** RFC 3339 with seconds and an offset: `2026-11-20T09:00:00Z`. */
export function isInstant(text: string): boolean {
  const parts = split(text);
  return parts?.offset === true && (parts.clock?.length ?? 0) >= 'hh:mm:ss'.length && isReal(parts);
}

/** Clocks differ, and local times are written as UTC; nothing that has happened lies farther ahead. */
const MOST_AHEAD_MS = 24 * 60 * 60 * 1000;

/** Whether an instant has not come for more than a day; false for what is no instant. */
export function isAhead(text: string, now = Date.now()): boolean {
  return isInstant(text) && Date.parse(text) - now > MOST_AHEAD_MS;
}

/** An instant with offset, a local date-time without one, or a date alone. Seconds may be left out. */
export function isMoment(text: string): boolean {
  const parts = split(text);
  return parts !== undefined && isReal(parts);
}

/** Asking Intl takes a tenth of a millisecond, which a file of many people would feel. */
const knownZones = new Set<string>();

export function isTimeZone(text: string): boolean {
  if (knownZones.has(text)) return true;
  // Intl also takes offsets such as +02:00, which know no daylight saving time.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
  } catch {
    return false;
  }
  // The same zone can be written in many ways, capital letters or not.
  if (knownZones.size < 1000) knownZones.add(text);
  return true;
}

interface Parts {
  readonly date: string;
  readonly clock?: string;
  readonly offset: boolean;
}

function split(text: string): Parts | undefined {
  const [date, rest, ...more] = text.split('T');
  if (date === undefined || more.length > 0) return undefined;
  if (rest === undefined) return { date, offset: false };
  const offset = OFFSET.exec(rest);
  if (offset === null) return { date, clock: rest, offset: false };
  if (Number(offset[2] ?? 0) > 23 || Number(offset[3] ?? 0) > 59) return undefined;
  return { date, clock: rest.slice(0, offset.index), offset: true };
}

function isReal({ date, clock }: Parts): boolean {
  return isRealDate(date) && (clock === undefined || isRealClock(clock));
}

function isRealDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).map(Number);
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isRealClock(text: string): boolean {
  const parts = CLOCK.exec(text);
  return parts !== null && Number(parts[1]) <= 23 && Number(parts[2]) <= 59 && Number(parts[3] ?? 0) <= 59;
}
