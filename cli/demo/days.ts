const DAY_MS = 24 * 60 * 60 * 1000;
/** A date, with or without a clock and an offset behind it. */
const DATED = /^(\d{4}-\d{2}-\d{2})((?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)?)$/;

/** Whole days from the day that the sample was written for to today, both in UTC. */
export function daysSince(asOf: string, today: Date): number {
  return Math.floor(today.getTime() / DAY_MS) - Math.floor(Date.parse(`${asOf}T00:00:00Z`) / DAY_MS);
}

/**
 * The same JSON with every date moved by whole days; clock times, and with them zones and daylight saving, stay as
 * they are.
 */
export function shiftDays<T>(value: T, days: number): T {
  return JSON.parse(JSON.stringify(value), (_field, one: unknown) =>
    typeof one === 'string' ? shifted(one, days) : one,
  ) as T;
}

function shifted(text: string, days: number): string {
  const [, date, rest = ''] = DATED.exec(text) ?? [];
  if (date === undefined) return text;
  const moved = new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
  return `${moved.toISOString().slice(0, 10)}${rest}`;
}
