import { ApplicationFailure, Context } from '@temporalio/activity';
import type { EvidenceDraft } from '../domain/evidence';
import type { HrEvent, HrEventType } from '../domain/event';
import type { FlowKind } from '../domain/flow';
import type { Delivery, Notice } from '../domain/notice';
import { asHappened } from '../store/events';
import { append, type CoreDesk } from './core-desk';
import { notify } from './notices';

/** A later event of these says itself whether the person leaves. */
const settling: readonly HrEventType[] = ['tenure.leaver', 'tenure.leaver.cancelled', 'tenure.rehire'];
/** Clocks of HR systems and ours differ by less. */
const CLOCKS_MS = 5 * 60_000;
/** `person` waits for it with the next event: a dead channel costs it a second or two. */
const ATTEMPTS = 3;
/** Numbers of batches that are written beside an event's own; `person` counts its own from a million. */
const BESIDE = 2_000_000;

type Recorded = Awaited<ReturnType<CoreDesk['store']['events']['record']>>;

/** What nobody may overlook about an event that changes nothing; undefined when it may be left at that. */
export async function questionOf(
  desk: CoreDesk,
  event: HrEvent,
  { supersededBy, differsFromFirst }: Recorded,
): Promise<string | undefined> {
  if (differsFromFirst === true) return await reusedId(desk, event);
  return supersededBy === undefined ? undefined : await overtakenLeaver(desk, event, supersededBy);
}

/** An id stands for one event for good: what comes under it later, for whomever, changes nothing. */
async function reusedId({ store }: CoreDesk, event: HrEvent): Promise<string | undefined> {
  const first = await store.events.get(event);
  if (first === undefined) return undefined;
  const { type, subject } = first.event;
  return (
    `not acted on, because the id ${event.id} of ${event.source} stands for another event, received at ${first.receivedAt}: ` +
    `${type} about ${subject}. If this one is meant, send it again under an id of its own, and have the source use no id twice`
  );
}

async function overtakenLeaver(
  { store }: CoreDesk,
  event: HrEvent,
  by: { readonly source: string; readonly id: string },
): Promise<string | undefined> {
  if (event.type !== 'tenure.leaver') return undefined;
  const later = await store.events.get(by);
  if (later === undefined) return undefined;
  const why = doubtAbout(event, later);
  if (why === undefined) return undefined;
  return (
    `not acted on, because it is older than ${later.event.id} (${later.event.type}), which was applied already; ${why}. ` +
    `If the person does leave, send the leaver again under a new id, with a time after ${asHappened(later).time}`
  );
}

/** Why the later event does not settle whether and when the person leaves. */
function doubtAbout(
  event: HrEvent,
  later: { readonly event: HrEvent; readonly receivedAt: string },
): string | undefined {
  if (Date.parse(later.event.time) - Date.parse(later.receivedAt) > CLOCKS_MS)
    return `but that one was dated ${later.event.time}, ahead of its receipt at ${later.receivedAt}`;
  if (!settling.includes(later.event.type)) return 'but that one does not say whether they stay';
  const wasUrgent = event.data.urgent === true;
  if (wasUrgent && later.event.type === 'tenure.leaver' && later.event.data.urgent !== true)
    return 'but this one is urgent and that one is not';
  return undefined;
}

interface Question {
  readonly event: HrEvent;
  readonly question: string;
  readonly batch: number;
}

/** Tells people of an event that needs one of them. A channel that fails is tried again for a moment, then evidenced. */
export async function tellOfQuestion(desk: CoreDesk, { event, question, batch }: Question): Promise<void> {
  if (desk.settings.notices?.kinds.includes('blocked') !== true) return;
  const personId = event.subject;
  const notice: Notice = {
    ...{ kind: 'blocked', subject: `event ${batch}`, flow: flowOf(event.type), personId },
    at: new Date().toISOString(),
    text: `HR event ${event.id} (${event.type}) about ${personId} needs a person: ${question}`,
  };
  const deliveries = await send(desk, notice);
  if (deliveries.length === 0) return;
  const reached = deliveries.filter((one) => one.delivered).map(({ channel }) => channel);
  const failed = deliveries.filter((one) => !one.delivered).map(({ channel, why = '' }) => `${channel}: ${why}`);
  const draft: EvidenceDraft = {
    ...{ kind: 'notice', at: notice.at, step: notice.kind },
    outcome: failed.length === 0 ? 'delivered' : reached.length === 0 ? 'undelivered' : 'partly-delivered',
    detail: [
      reached.length === 0 ? 'nobody was reached' : `reached ${reached.join(', ')}`,
      ...(failed.length === 0 ? [] : [`not reached: ${failed.join('; ')}`]),
    ].join('; '),
    data: { subject: notice.subject, deliveries },
  };
  await append(desk, { personId, batch: BESIDE + batch, entries: [draft] });
}

/** Whatever becomes of it, the event goes on: after the last attempt it is given up. */
async function send(desk: CoreDesk, notice: Notice): Promise<readonly Delivery[]> {
  const { attempt } = Context.current().info;
  const broken: readonly Delivery[] = [{ channel: 'all', delivered: false, why: 'it could not be sent in time' }];
  if (attempt > ATTEMPTS) return broken;
  try {
    return (await notify(desk, { ...notice, attempts: ATTEMPTS })).deliveries;
  } catch (failure) {
    if (attempt === ATTEMPTS) return broken;
    if (!(failure instanceof ApplicationFailure) || failure.type !== 'NoticeUndelivered') throw failure;
    // A channel may ask for minutes; the person's next event must not wait so long.
    throw ApplicationFailure.create({ type: failure.type, message: failure.message });
  }
}

/** The flow that the event would have been for. */
function flowOf(type: HrEventType): FlowKind {
  if (type === 'tenure.joiner' || type === 'tenure.rehire') return 'joiner';
  if (type === 'tenure.mover') return 'mover';
  if (type === 'tenure.suspended') return 'suspension';
  return type === 'tenure.resumed' || type === 'tenure.undo' ? 'restore' : 'leaver';
}
