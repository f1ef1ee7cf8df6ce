import { wasEndedByWord } from '../domain/flow';
import type { TimedEvent } from '../domain/leaver';
import type { Person } from '../domain/person';
import { compareEvents, describing, type HrEvent } from '../domain/event';
import type { Standing } from './contract';
import type { CoreDesk } from './core-desk';
import { momentsOf } from './moment';

/** What policy gave in so many earlier states of a person is looked for; a move may never have been carried through. */
const statesRemembered = 10;

/** How a person stands when an event is decided, from what the store has of them. */
export async function standingOf(desk: CoreDesk, { timed }: { readonly timed: TimedEvent }): Promise<Standing> {
  const { store } = desk;
  const { event } = timed;
  const personId = event.subject;
  const known = await store.people.get({ personId });
  const deferred = await deferredUntil(desk, event);
  const hold = event.type === 'tenure.leaver' ? (await store.holds.of({ personId }))[0] : undefined;
  return {
    status: known?.status ?? 'active',
    ...(hold === undefined ? {} : { hold }),
    ...(deferred === undefined ? {} : { deferred }),
  };
}

/** The person as they were described before this event, newest first; empty when nobody knew them. */
export async function describedBefore({ store }: CoreDesk, { event }: TimedEvent): Promise<readonly Person[]> {
  const earlier = (await store.events.of({ personId: event.subject })).filter(
    (kept) =>
      kept.verdict === 'new' &&
      describing.includes(kept.event.type) &&
      compareEvents(kept.event, event) <= 0 &&
      !isSame(kept.event, event),
  );
  return earlier
    .slice(-statesRemembered)
    .map((kept) => kept.event.data.person)
    .reverse();
}

/**
 * The event that describes the person for a flow that is planned now: its own cause, or a later word of HR that has taken
 * effect. An event that had to wait for another flow may come after a newer one has been carried through.
 */
export async function lastWordFor({ settings, store }: CoreDesk, { event }: TimedEvent, at: string): Promise<HrEvent> {
  const kept = await store.events.of({ personId: event.subject });
  const newer = kept.findLast(
    (one) =>
      one.verdict === 'new' &&
      describing.includes(one.event.type) &&
      compareEvents(one.event, event) > 0 &&
      (momentsOf(one.event, settings.defaultTimeZone).beginsAt ?? one.receivedAt) <= at,
  );
  return newer?.event ?? event;
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

/** What gives access back, and what took it. */
const endedBy: { readonly [Type in HrEvent['type']]?: HrEvent['type'] } = {
  'tenure.resumed': 'tenure.suspended',
  'tenure.undo': 'tenure.leaver',
};

/**
 * What could not be carried through because of the suspension or leaver that ends now: a mover that came during it, or a
 * joiner or mover that had to stop or wait for it. The last word on the person is carried through afterwards.
 */
async function deferredUntil({ settings, store }: CoreDesk, event: HrEvent): Promise<Standing['deferred']> {
  const took = endedBy[event.type];
  if (took === undefined) return undefined;
  const personId = event.subject;
  const earlier = (await store.events.of({ personId })).filter(
    (kept) => kept.verdict === 'new' && compareEvents(kept.event, event) <= 0 && !isSame(kept.event, event),
  );
  if (!earlier.some((kept) => kept.event.type === took)) return undefined;
  const now = new Date().toISOString();
  const words = earlier
    .filter((kept) => describing.includes(kept.event.type))
    .map((kept): TimedEvent => {
      const moments = momentsOf(kept.event, settings.defaultTimeZone);
      return { event: kept.event, receivedAt: kept.receivedAt, eventHash: kept.hash, moments };
    });
  const last = words.at(-1);
  if (last === undefined) return undefined;
  // One of a day to come says nothing of the days until then.
  const current = words.findLast(({ moments }) => (moments.beginsAt ?? '') <= now) ?? last;
  if (current === last && (await isSettled(store, personId, last))) return undefined;
  return { timed: current, ...(current === last ? {} : { ahead: last }) };
}

/** A joiner or mover that this event started came to its end, or somebody ended it. */
async function isSettled(
  { evidence }: CoreDesk['store'],
  personId: string,
  { eventHash }: TimedEvent,
): Promise<boolean> {
  for await (const { kind, outcome, detail = '', ...entry } of evidence.entries({ personId })) {
    if (kind !== 'flow' || entry.eventHash !== eventHash) continue;
    if (outcome === 'complete' || outcome === 'complete-with-exceptions' || wasEndedByWord(detail)) return true;
  }
  return false;
}

function isSame(a: HrEvent, b: HrEvent): boolean {
  return a.source === b.source && a.id === b.id;
}
