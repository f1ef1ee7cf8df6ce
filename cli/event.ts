import type { ParsedEvents } from '../client/problem';
import type { HrEvent } from '../domain/event';
import { Complaint } from './exit';

/** The events of a file, or a complaint with everything that is wrong with it. */
export function eventsOf(parsed: ParsedEvents, name: string): readonly HrEvent[] {
  if ('events' in parsed) return parsed.events;
  const { problems } = parsed;
  const lines = problems.map(({ path, message }) => (path === '' ? `  ${message}` : `  ${path} ${message}`));
  throw new Complaint(
    [`${name} has ${problems.length} problem${problems.length === 1 ? '' : 's'}; nothing was sent:`, ...lines].join(
      '\n',
    ),
  );
}
