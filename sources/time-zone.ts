import type { PersonRule } from './source';

/** Where somebody works, as far as the HR system tells. */
export interface WorkPlace {
  /** The system's own name of the location. */
  readonly name?: string | undefined;
  /** ISO 3166, two letters. */
  readonly country?: string | undefined;
  readonly state?: string | undefined;
  /** A zone that the system itself knows of the location. */
  readonly timeZone?: string | undefined;
}

/**
 * The zone of somebody who works there: as configured, else as the system says, else the country's own where it has
 * only one. Undefined where all of that leaves a doubt: the default zone is then taken, and noted.
 */
export function timeZoneOf(place: WorkPlace, { timeZones }: Pick<PersonRule, 'timeZones'>): string | undefined {
  const { name, country, state } = place;
  const keys = [name, country !== undefined && state !== undefined ? `${country}-${state}` : undefined, country];
  for (const key of keys) {
    const configured = key === undefined ? undefined : timeZones[key];
    if (configured !== undefined) return configured;
  }
  if (place.timeZone !== undefined && isTimeZone(place.timeZone)) return place.timeZone;
  return onlyZoneOf(country);
}

/** Whether a text is a zone of the IANA list; offsets are none, because they know no daylight saving time. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** Newer engines have the method, older ones the property. */
interface RegionLocale {
  readonly timeZones?: readonly string[];
  getTimeZones?(): readonly string[] | undefined;
}

function onlyZoneOf(country: string | undefined): string | undefined {
  if (country === undefined || !/^[A-Z]{2}$/.test(country)) return undefined;
  const locale = new Intl.Locale(`und-${country}`) as RegionLocale;
  const zones = locale.getTimeZones?.() ?? locale.timeZones ?? [];
  return zones.length === 1 ? zones[0] : undefined;
}
