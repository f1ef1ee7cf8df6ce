import { compareEvents, describing, type HrEvent, type HrEventType } from '../domain/event';
import type { Database } from './database';
import type { PersonStatus } from './people';
import { canonicalJson, sha256OfText } from './hash';
import type { HrEventRow, Tx } from './schema';

/** Events that overtake one another; a hold says nothing about a last day. */
export type EventStream = 'employment' | 'hold' | 'leave' | 'review';

const streams: Readonly<Record<HrEventType, EventStream>> = {
  'tenure.joiner': 'employment',
  'tenure.mover': 'employment',
  'tenure.leaver': 'employment',
  'tenure.leaver.cancelled': 'employment',
  'tenure.rehire': 'employment',
  'tenure.hold': 'hold',
  'tenure.hold.released': 'hold',
  'tenure.suspended': 'leave',
  'tenure.resumed': 'leave',
  'tenure.undo': 'employment',
  'tenure.review': 'review',
};

export interface EventName {
  readonly source: string;
  readonly id: string;
}

export interface RecordedEvent {
  /** `new` is to be acted on; `superseded` came after a later one of its stream. */
  readonly verdict: 'new' | 'duplicate' | 'superseded';
  /** SHA-256 over the RFC 8785 JSON of the event as it came this time. */
  readonly hash: string;
  readonly supersededBy?: EventName;
  /** A duplicate under a known name that says something else than the first did: a fault of the source. */
  readonly differsFromFirst?: boolean;
  /** How the person stood when the event first came; absent when they were not known. */
  readonly statusBefore?: PersonStatus;
}

export interface KeptEvent {
  readonly event: HrEvent;
  readonly verdict: 'new' | 'superseded';
  readonly hash: string;
  readonly receivedAt: string;
}

/** Every HR event that was ever delivered, known by `(source, id)` for good. */
export class Events {
  constructor(private readonly database: Database) {}

  /**
   * Takes an event in. `by` names this one delivery (workflow, run and number of the call, the same at every repeat):
   * a call that is repeated because its answer was lost gets the first answer again.
   */
  async record({
    event,
    receivedAt,
    by,
  }: {
    readonly event: HrEvent;
    readonly receivedAt: string;
    readonly by: string;
  }): Promise<RecordedEvent> {
    const body = canonicalJson(event);
    const hash = sha256OfText(body);
    return this.database.write(`person:${event.subject}`, async (tx) => {
      const known = await find(tx, event);
      if (known !== undefined) return answerAgain({ known, by, hash, event });
      const later = await laterApplied(tx, { event, receivedAt });
      const supersededBy = later === undefined ? undefined : nameOf(later);
      const verdict = supersededBy === undefined ? 'new' : 'superseded';
      const person = await tx.selectFrom('person').select('status').where('id', '=', event.subject).executeTakeFirst();
      const statusBefore = person === undefined ? {} : { statusBefore: person.status as PersonStatus };
      await tx
        .insertInto('hrEvent')
        .values({
          ...nameOf(event),
          personId: event.subject,
          type: event.type,
          stream: streams[event.type],
          timeMs: Date.parse(event.time),
          sequence: event.data.sequence ?? 0,
          hash,
          verdict,
          supersededBy: supersededBy === undefined ? null : JSON.stringify(supersededBy),
          receivedAt,
          recordedBy: by,
          statusBefore: person?.status ?? null,
          body,
        })
        .execute();
      return { verdict, hash, ...statusBefore, ...(supersededBy === undefined ? {} : { supersededBy }) };
    });
  }

  /** All events of one person, oldest first by their own time. */
  async of({ personId }: { readonly personId: string }): Promise<readonly KeptEvent[]> {
    const rows = await this.database.kysely
      .selectFrom('hrEvent')
      .selectAll()
      .where('personId', '=', personId)
      .orderBy('timeMs')
      .orderBy('sequence')
      .orderBy('receivedAt')
      .execute();
    return rows.map(read);
  }

  async get({ source, id }: EventName): Promise<KeptEvent | undefined> {
    const row = await find(this.database.kysely, { source, id });
    return row === undefined ? undefined : read(row);
  }
}

function answerAgain({
  known,
  by,
  hash,
  event,
}: {
  readonly known: HrEventRow;
  readonly by: string;
  readonly hash: string;
  readonly event: HrEvent;
}): RecordedEvent {
  if (known.recordedBy !== by) {
    const differs = known.hash !== hash && !saysTheSame(JSON.parse(known.body) as HrEvent, event);
    return { verdict: 'duplicate', hash, ...(differs ? { differsFromFirst: true } : {}) };
  }
  const verdict = known.verdict as 'new' | 'superseded';
  const first = {
    verdict,
    hash: known.hash,
    ...(known.statusBefore === null ? {} : { statusBefore: known.statusBefore as PersonStatus }),
  };
  return known.supersededBy === null ? first : { ...first, supersededBy: JSON.parse(known.supersededBy) as EventName };
}

/** Whether two events under one name mean the same: a delivery may trace or write itself differently each time. */
export function saysTheSame(a: HrEvent, b: HrEvent): boolean {
  const meaning = ({ type, subject, time, data }: HrEvent) =>
    canonicalJson({ type, subject, time: Date.parse(time), data });
  return meaning(a) === meaning(b);
}

function find(db: Database['kysely'] | Tx, { source, id }: EventName): Promise<HrEventRow | undefined> {
  return db.selectFrom('hrEvent').selectAll().where('source', '=', source).where('id', '=', id).executeTakeFirst();
}

/** Whether a later event of the same stream leaves nothing of an earlier one. An undo says nothing of who the person is. */
function overtakes(later: HrEventType, earlier: HrEventType): boolean {
  if (later === 'tenure.undo') return !describing.includes(earlier);
  return !(later === 'tenure.mover' && earlier === 'tenure.undo');
}

/** The last event of the stream that was applied and overtakes this one. */
async function laterApplied(
  tx: Tx,
  { event, receivedAt }: Pick<KeptEvent, 'event' | 'receivedAt'>,
): Promise<HrEvent | undefined> {
  const own = asHappened({ event, receivedAt });
  // What counts from its receipt happened before its own time, never after: nothing that is later is left out.
  const rows = await tx
    .selectFrom('hrEvent')
    .select(['body', 'receivedAt'])
    .where('personId', '=', event.subject)
    .where('stream', '=', streams[event.type])
    .where('verdict', '=', 'new')
    .where('timeMs', '>=', Date.parse(own.time))
    .orderBy('timeMs', 'desc')
    .orderBy('sequence', 'desc')
    .execute();
  let last: { readonly event: HrEvent; readonly order: HrEvent } | undefined;
  for (const row of rows) {
    const kept = JSON.parse(row.body) as HrEvent;
    if (!overtakes(kept.type, event.type)) continue;
    const order = asHappened({ event: kept, receivedAt: row.receivedAt });
    if (compareEvents(order, last?.order ?? own) > 0) last = { event: kept, order };
  }
  return last?.event;
}

/** No clock is so far ahead: beyond it `time` is a mistake for the day on which something takes effect. */
const MOST_AHEAD_MS = 24 * 60 * 60 * 1000;

/**
 * The event with the time that it counts by. One that was dated far ahead happened at its receipt at the latest: else
 * nothing that is said of the person before that day would ever count. The door refuses such events now; stores have them.
 */
export function asHappened({ event, receivedAt }: Pick<KeptEvent, 'event' | 'receivedAt'>): HrEvent {
  const isAhead = Date.parse(event.time) - Date.parse(receivedAt) > MOST_AHEAD_MS;
  return isAhead ? { ...event, time: receivedAt } : event;
}

function nameOf({ source, id }: EventName): EventName {
  return { source, id };
}

function read(row: HrEventRow): KeptEvent {
  return {
    event: JSON.parse(row.body) as HrEvent,
    verdict: row.verdict as KeptEvent['verdict'],
    hash: row.hash,
    receivedAt: row.receivedAt,
  };
}
