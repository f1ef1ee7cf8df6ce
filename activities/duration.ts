import { Duration } from 'luxon';

/** ISO 8601 duration to milliseconds; the configuration's schema has checked it. Sub-second values such as `PT0.2S` count. */
export function millisecondsOf(duration: string): number {
  const milliseconds = Duration.fromISO(duration).toMillis();
  if (!Number.isFinite(milliseconds)) throw new Error(`${duration} is not an ISO 8601 duration`);
  return milliseconds;
}
