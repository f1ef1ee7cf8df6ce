import type { Person } from './person';

export const hrEventTypes = [
  'tenure.joiner',
  'tenure.mover',
  'tenure.leaver',
  'tenure.leaver.cancelled',
  'tenure.rehire',
  'tenure.hold',
  'tenure.hold.released',
  'tenure.suspended',
  'tenure.resumed',
] as const;
/** Words of operators in the shape of events, so that they are kept, ordered and answered for like them; no source may send them. */
export const operatorEventTypes = ['tenure.undo', 'tenure.review'] as const;
export type HrEventType = (typeof hrEventTypes)[number] | (typeof operatorEventTypes)[number];

/** Who asked for something, as the asking system names them. Compared by id, user name and e-mail, case aside. */
export interface Requester {
  readonly id?: string;
  readonly username?: string;
  readonly email?: string;
}

export interface HrEventData {
  readonly person: Person;
  /** When access ends (leaver) or begins; with offset an instant, without it local to the person's zone, a date alone its end. */
  readonly effectiveAt?: string;
  /** When the employment ends; starts the retention when given. */
  readonly employmentEndsAt?: string;
  readonly urgent?: boolean;
  /** Sensitive: evidence only, never a summary or a search attribute. */
  readonly reason?: string;
  readonly requestedBy?: Requester;
  /** Orders events that carry the same `time`. */
  readonly sequence?: number;
  /** For `tenure.leaver.cancelled`: the id of the event that it takes back; the latest leaver when absent. */
  readonly cancels?: string;
  readonly [field: string]: unknown;
}

/** An HR event: a CloudEvents 1.0 envelope around one person's change. `(source, id)` names it for good. */
export interface HrEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: HrEventType;
  readonly time: string;
  readonly subject: string;
  readonly data: HrEventData;
}

/** What a leaver, joiner or mover needs of an event; sorted by `time`, then `data.sequence`. */
export function compareEvents(a: HrEvent, b: HrEvent): number {
  const byTime = Date.parse(a.time) - Date.parse(b.time);
  return byTime !== 0 ? byTime : (a.data.sequence ?? 0) - (b.data.sequence ?? 0);
}

/** They say who the person is: what policy gives follows from them alone. */
export const describing: readonly HrEventType[] = ['tenure.joiner', 'tenure.mover', 'tenure.rehire'];
/** They say that the person is here, whatever was before. */
export const joining: readonly HrEventType[] = ['tenure.joiner', 'tenure.rehire'];
