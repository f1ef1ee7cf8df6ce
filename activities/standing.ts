import type { HrEvent } from '../domain/event';
import type { TimedEvent } from '../domain/leaver';
import type { Person } from '../domain/person';
import { compareEvents } from '../domain/event';
import type { Standing } from './contract';
import type { CoreDesk } from './core-desk';
import { momentsOf } from './moment';

/** Events that carry the whole state of a person. */
const describing = ['tenure.joiner', 'tenure.mover', 'tenure.leaver', 'tenure.rehire'];

/** How a person stands when an event is decided, from what the store has of them; the same at every repeat. */
export async function standingOf(desk: CoreDesk, { timed }: { readonly timed: TimedEvent }): Promise<Standing> {
  const { store } = desk;
  const { event } = timed;
  const personId = event.subject;
  const known = await store.people.get({ personId });
  const earlier = (await store.events.of({ personId })).filter(
    (kept) => kept.verdict === 'new' && compareEvents(kept.event, event) <= 0 && !isSame(kept.event, event),
  );
  const before = describedBy(earlier.map((kept) => kept.event));
  const deferred = event.type === 'tenure.resumed' ? deferredUntil(desk, earlier) : undefined;
  return {
    status: known?.status ?? 'active',
    ...(before === undefined ? {} : { before }),
    ...(deferred === undefined ? {} : { deferred }),
  };
}

/** The person as the last event described them that has taken effect. */
export async function personAsOf(
  { settings, store }: CoreDesk,
  { personId, at }: { readonly personId: string; readonly at: string },
): Promise<Person> {
  const kept = await store.events.of({ personId });
  const effective = kept.filter(
    ({ event, verdict }) =>
      verdict === 'new' && (momentsOf(event, settings.defaultTimeZone).beginsAt ?? event.time) <= at,
  );
  return describedBy(effective.map(({ event }) => event)) ?? { id: personId };
}

function describedBy(events: readonly HrEvent[]): Person | undefined {
  return events.filter((event) => describing.includes(event.type)).at(-1)?.data.person;
}

/** The last mover that came during the suspension that ends now; what it changed is applied afterwards. */
function deferredUntil(
  { settings }: CoreDesk,
  earlier: readonly { readonly event: HrEvent; readonly hash: string; readonly receivedAt: string }[],
): Standing['deferred'] {
  const suspended = earlier.findLastIndex(({ event }) => event.type === 'tenure.suspended');
  const moves = suspended < 0 ? [] : earlier.slice(suspended + 1).filter(({ event }) => event.type === 'tenure.mover');
  const last = moves.at(-1);
  const first = moves[0];
  if (last === undefined || first === undefined) return undefined;
  const before = describedBy(earlier.slice(0, earlier.indexOf(first)).map(({ event }) => event));
  const { event, hash, receivedAt } = last;
  const timed = { event, receivedAt, eventHash: hash, moments: momentsOf(event, settings.defaultTimeZone) };
  return { timed, ...(before === undefined ? {} : { before }) };
}

function isSame(a: HrEvent, b: HrEvent): boolean {
  return a.source === b.source && a.id === b.id;
}
