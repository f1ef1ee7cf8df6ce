import { joining, type HrEvent } from '../domain/event';
import type { EvidenceDraft } from '../domain/evidence';
import type { LegalHold, Moments, TimedEvent } from '../domain/leaver';
import type { PersonStatus } from '../store/people';
import type { RecordedEvent } from './contract';
import { append, type CoreDesk, noticesIn } from './core-desk';
import { questionOf, tellOfQuestion } from './event-question';
import { earlier, momentsOf } from './moment';
import { standingOf } from './standing';

/** The first step for each event: known for good by (source, id), also when it causes nothing. */
export async function recordEvent(desk: CoreDesk, input: Incoming): Promise<RecordedEvent> {
  const { recorded, question } = await desk.store.together(() => takeIn(desk, input));
  if (question !== undefined) await tellOfQuestion(desk, { event: input.event, question, batch: input.batch });
  return recorded;
}

interface Taken {
  readonly recorded: RecordedEvent;
  /** What nobody may overlook about an event that changes nothing. */
  readonly question?: string;
}

interface Incoming {
  readonly event: HrEvent;
  readonly receivedAt: string;
  readonly key: string;
  readonly batch: number;
}

async function takeIn(desk: CoreDesk, input: Incoming): Promise<Taken> {
  const { event, receivedAt, key, batch } = input;
  const { store, settings } = desk;
  const known = await store.events.record({ event, receivedAt, by: key });
  const { verdict, hash, supersededBy, statusBefore } = known;
  const moments = early(desk, event, momentsOf(event, settings.defaultTimeZone));
  const timed: TimedEvent = { event, receivedAt, eventHash: hash, moments };
  if (verdict === 'new') await keepFacts(desk, timed);
  const question = await questionOf(desk, event, known);
  const detail = question ?? detailOf({ timed, verdict, supersededBy: supersededBy?.id });
  const draft: EvidenceDraft = {
    kind: 'event',
    at: new Date().toISOString(),
    step: event.type,
    outcome: question !== undefined ? 'needs-person' : verdict === 'new' ? 'accepted' : verdict,
    detail,
    eventHash: hash,
    data: timed,
  };
  const needed = verdict === 'new' ? await neededFor(desk, timed, statusBefore) : {};
  await append(desk, { personId: event.subject, batch, entries: [draft] });
  const recorded: RecordedEvent = { verdict, timed, ...needed, ...noticesIn(settings) };
  return question === undefined ? { recorded } : { recorded, question };
}

/** What has to be known to act on an event: how the person stands, or for a leaver what came before it. */
async function neededFor(
  desk: CoreDesk,
  timed: TimedEvent,
  statusBefore: PersonStatus | undefined,
): Promise<Pick<RecordedEvent, 'standing' | 'hold' | 'cancelledBy'>> {
  const { event } = timed;
  if (event.type !== 'tenure.leaver') {
    // As it stood before this very event: a joiner makes them active, and a leaver at work still has to hear of it.
    const standing = await standingOf(desk, { timed });
    return { standing: { ...standing, ...(statusBefore === undefined ? {} : { status: statusBefore }) } };
  }
  const [hold] = await desk.store.holds.of({ personId: event.subject });
  const cancelledBy = await cancellationOf(desk, event);
  return { ...(hold === undefined ? {} : { hold }), ...(cancelledBy === undefined ? {} : { cancelledBy }) };
}

/** A joiner's accounts are made some time before the first day, where policy says so, and enabled on it. */
function early({ policy }: CoreDesk, { type }: HrEvent, moments: Moments): Moments {
  const isJoiner = joining.includes(type);
  const { beginsAt: firstDayAt } = moments;
  if (!isJoiner || firstDayAt === undefined) return moments;
  const beginsAt = earlier(firstDayAt, policy.joiner.lead);
  return beginsAt < firstDayAt ? { ...moments, beginsAt, firstDayAt } : moments;
}

function detailOf({
  timed,
  verdict,
  supersededBy = 'one',
}: {
  readonly timed: TimedEvent;
  readonly verdict: RecordedEvent['verdict'];
  readonly supersededBy: string | undefined;
}): string {
  if (verdict === 'duplicate') return 'delivered before';
  if (verdict === 'superseded') return `older than ${supersededBy} that was applied already`;
  return timed.moments.note ?? 'accepted';
}

/** Facts that must outlast any flow: the person as HR knows them, holds, and cancellations that come before their leaver. */
async function keepFacts({ store }: CoreDesk, { event, receivedAt }: TimedEvent): Promise<void> {
  const personId = event.subject;
  const by = event.data.requestedBy?.email ?? event.data.requestedBy?.id ?? 'HR';
  const reason = event.data.reason ?? 'no reason given';
  switch (event.type) {
    case 'tenure.hold':
      return await store.holds.place({ personId, hold: holdOf(event, by, reason), at: receivedAt });
    case 'tenure.hold.released':
      await store.holds.lift({ personId, at: receivedAt, by, reason });
      return;
    case 'tenure.leaver.cancelled':
      if (event.data.cancels !== undefined) {
        await store.holds.remember({
          personId,
          fact: { kind: 'cancellation', factId: event.id, at: event.time, data: { cancels: event.data.cancels } },
        });
      }
      return;
    case 'tenure.undo':
    case 'tenure.review':
      return;
    default:
      await store.people.upsert({
        person: event.data.person,
        joins: joining.includes(event.type),
        eventTime: event.time,
        ...(event.data.sequence === undefined ? {} : { sequence: event.data.sequence }),
      });
  }
}

function holdOf(event: HrEvent, by: string, reason: string): LegalHold {
  const reviewAt = event.data['reviewAt'];
  return { eventId: event.id, by, reason, ...(typeof reviewAt === 'string' ? { reviewAt } : {}) };
}

/** A cancellation that came first and names this very event. */
async function cancellationOf({ store }: CoreDesk, event: HrEvent): Promise<{ readonly eventId: string } | undefined> {
  const facts = await store.holds.pending({ personId: event.subject });
  const found = facts.find(
    (fact) => fact.kind === 'cancellation' && (fact.data as { cancels?: string }).cancels === event.id,
  );
  return found === undefined ? undefined : { eventId: found.factId };
}
