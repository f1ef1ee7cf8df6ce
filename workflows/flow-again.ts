import { compareEvents, type HrEventType } from '../domain/event';
import type { ChangeKind } from '../domain/change';
import type { LeaverRequest, TimedEvent } from '../domain/leaver';
import type { Standing } from '../activities/contract';
import type { FlowClock } from './clock';
import type { FlowOrder } from './flow-slot';
import type { OperatorWord } from './messages';

/** The last word of each sort that an operator said to a flow. */
export type OperatorWords = { readonly [Word in OperatorWord['word']]?: OperatorWord };

/** How a flow goes on that was ended from outside. */
interface Again {
  /** Absent: it does not. */
  readonly order?: FlowOrder;
  /** What was said to it and is still to be said, to its new run or else to whom it concerns. */
  readonly left: readonly TimedEvent[];
  readonly why: string;
}

interface Ended {
  readonly flow: FlowOrder;
  readonly heard: readonly TimedEvent[];
  readonly words: OperatorWords;
  readonly standing: Standing | undefined;
  readonly clock: FlowClock;
}

const mostHeard = 50;

/** An event comes once, however often it was given back; of very many the last of each type counts. */
export function heardWith(heard: readonly TimedEvent[], timed: TimedEvent): readonly TimedEvent[] {
  const all = [...heard.filter(({ eventHash }) => eventHash !== timed.eventHash), timed];
  if (all.length <= mostHeard) return all;
  return all.filter((one, index) => all.findLastIndex(({ event }) => event.type === one.event.type) === index);
}

export function orderAgain({ flow, heard, words, standing, clock }: Ended): Again {
  if (flow.kind !== 'leaver') return changeAgain({ flow, heard, words, clock });
  const { cancel } = words;
  const accessEnded = standing?.status === 'leaving' || standing?.status === 'left';
  if (cancel !== undefined && !accessEnded) {
    const left = heard.filter(({ receivedAt }) => receivedAt > cancel.at);
    return { left, why: 'an operator had cancelled it' };
  }
  const request = leaverAgain({ flow, heard, words, standing, clock }, accessEnded);
  return { order: { kind: 'leaver', request }, left: [], why: `it is started again${withWords(heard)}` };
}

function leaverAgain(
  { flow, heard, words, standing }: Ended & { readonly flow: FlowOrder & { readonly kind: 'leaver' } },
  accessEnded: boolean,
): LeaverRequest {
  const { personId, leaver, contested, notices } = flow.request;
  const { cancel, reschedule } = words;
  return {
    personId,
    leaver,
    ...(notices === undefined ? {} : { notices }),
    ...(standing?.hold === undefined ? {} : { hold: standing.hold }),
    // Somebody has released it when access began to end.
    ...(contested === undefined || accessEnded ? {} : { contested }),
    again: {
      accessEnded,
      heard,
      ...(reschedule?.effectiveAt === undefined
        ? {}
        : { rescheduled: { at: reschedule.effectiveAt, by: reschedule.by, saidAt: reschedule.at } }),
      ...(cancel === undefined ? {} : { cancelled: { by: cancel.by, reason: cancel.reason } }),
    },
  };
}

/** What tells anew what such a flow is about; a restore is about one event alone. */
const tellsAnew: Readonly<Record<ChangeKind, readonly HrEventType[]>> = {
  joiner: ['tenure.joiner', 'tenure.rehire'],
  mover: ['tenure.mover', 'tenure.joiner', 'tenure.rehire'],
  suspension: ['tenure.suspended'],
  restore: [],
};

/** What ends a suspension: its consequences are given back from the evidence, whether it had begun or not. */
export const endsSuspension: readonly HrEventType[] = ['tenure.resumed', 'tenure.rehire', 'tenure.joiner'];

function changeAgain({
  flow,
  heard,
  words: { cancel },
  clock,
}: Omit<Ended, 'standing'> & { readonly flow: FlowOrder & { readonly kind: ChangeKind } }): Again {
  let { cause } = flow.request;
  const left: TimedEvent[] = [];
  for (const timed of heard) {
    // Each tells the whole state: it takes the place of a cause whose day had not come, and of any when its own has.
    const replaces =
      tellsAnew[flow.kind].includes(timed.event.type) &&
      (timed.receivedAt < beginOf(cause) || clock.hasCome(beginOf(timed)));
    if (replaces && compareEvents(timed.event, cause.event) >= 0) cause = timed;
    else if (!replaces) left.push(timed);
  }
  if (cancel !== undefined) return { left, why: 'an operator had cancelled it' };
  if (flow.kind === 'suspension' && left.some(({ event }) => endsSuspension.includes(event.type)))
    return { left, why: 'HR has said meanwhile that it is over' };
  const order = { kind: flow.kind, request: { ...flow.request, cause } };
  return { order, left, why: `it is started again${withWords(heard)}` };
}

function withWords({ length }: readonly TimedEvent[]): string {
  return length === 0 ? '' : `, and hears again what was said to it (${length})`;
}

function beginOf({ moments, receivedAt }: TimedEvent): string {
  return moments.beginsAt ?? receivedAt;
}
