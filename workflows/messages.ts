import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { HrEvent } from '../domain/event';
import type { PingHint } from '../domain/hr-record';
import type { FlowKind, Progress, Receipt } from '../domain/flow';
import type { TimedEvent } from '../domain/leaver';

/** Task queue of workflows, store, evidence and approvals. */
export const coreTaskQueue = 'tenure';
/** Task queue of one target's activities; a worker beside an on-prem vault polls only its own. */
export function targetTaskQueue(target: string): string {
  return `tenure-target-${target}`;
}
/** Beside it, for `check` and `plan`: a person who looks waits neither for bulk work nor for the end of an emergency stop. */
export function lookTaskQueue(target: string): string {
  return `tenure-look-${target}`;
}

export function personWorkflowId(personId: string): string {
  return `person:${personId}`;
}
export function flowWorkflowId(kind: FlowKind, personId: string): string {
  return `${kind}:${personId}`;
}

/** Registered and verified at start; opaque ids only, because search attributes are never encrypted. */
export const searchAttributes = {
  person: defineSearchAttributeKey('TenurePerson', SearchAttributeType.KEYWORD),
  flow: defineSearchAttributeKey('TenureFlow', SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey('TenureState', SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey('TenureOutcome', SearchAttributeType.KEYWORD),
  awaitingApproval: defineSearchAttributeKey('TenureAwaitingApproval', SearchAttributeType.BOOL),
  dueAt: defineSearchAttributeKey('TenureDueAt', SearchAttributeType.DATETIME),
  targets: defineSearchAttributeKey('TenureTargets', SearchAttributeType.KEYWORD_LIST),
};

/** What the gateway hands to `person` and `person` to the running flow. */
export interface HrMessage {
  readonly event: HrEvent;
  /** When the gateway accepted it. */
  readonly receivedAt: string;
}
export const hrSignal = defineSignal<[HrMessage]>('hr');
/** The same name on a flow: `person` forwards the event with its first step's results. */
export const flowEventSignal = defineSignal<[unknown]>('hr');

/** Task queue of one HR system's activities. */
export function sourceTaskQueue(source: string): string {
  return `tenure-source-${source}`;
}
/** One flow reads one record of an HR system, whatever number of pings point to it. */
export function hrRecordWorkflowId(source: string, recordId: string): string {
  return `hr-record:${source}:${recordId}`;
}
/** An HR system says that a record has changed; the record itself is read. */
export interface HrPing {
  readonly hint: PingHint;
  readonly receivedAt: string;
}
export const hrPingSignal = defineSignal<[unknown]>('ping');

/** A flow tells `person` that it ended, also when `person` had to be started again to hear it. */
export interface FlowEnded {
  readonly workflowId: string;
  readonly runId: string;
  readonly outcome: string;
  /** A time-boxed grant ends then: the person is looked at again. */
  readonly reviewAt?: string;
}
export const flowEndedSignal = defineSignal<[FlowEnded]>('flowEnded');

/** A leaver that begins tells a joiner, mover, suspension or restore at work to stop; sent by its planning step. */
export const giveWaySignal = defineSignal<[unknown]>('giveWay');

/** A flow gives back an event that came while it was closing: `person` decides it afresh. */
export type Returned = TimedEvent & {
  /** The flow that gives it back. */
  readonly from?: { readonly workflowId: string; readonly runId: string };
  /** Nothing follows in that flow but its end. */
  readonly closing?: true;
};
export const returnedSignal = defineSignal<[unknown]>('returned');

/** A flow passes on what an operator told it, so that a later HR event that contradicts it waits for a person. */
export interface OperatorWord {
  readonly workflowId: string;
  readonly word: 'reschedule' | 'cancel';
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  /** The day that `reschedule` names, UTC. */
  readonly effectiveAt?: string;
}
export const operatorSignal = defineSignal<[OperatorWord]>('operator');

/**
 * People's messages to a flow. Handlers take `unknown`: the Web UI sends whatever was typed. Each exists as an update
 * (an answer at once) and as a signal (durable without a worker, and attested by the server).
 */
export const peopleMessages = ['decide', 'resolve', 'reschedule', 'cancel', 'release'] as const;
export type PeopleMessage = (typeof peopleMessages)[number];

export interface Decide {
  readonly approved: boolean;
  readonly reason: string;
  /** Required to approve: the plan that was shown. */
  readonly planHash?: string;
  readonly approver?: string;
  /** Personal signed approval token. */
  readonly token?: string;
}
export interface Resolve {
  readonly target: string;
  readonly step?: string;
  readonly action: 'retry' | 'skip';
  readonly reason: string;
  readonly by?: string;
}
export interface Reschedule {
  readonly effectiveAt: string;
  readonly reason: string;
  readonly by?: string;
}
export interface Cancel {
  readonly reason: string;
  readonly by?: string;
}
export interface Release {
  readonly reason: string;
  readonly by?: string;
  readonly token?: string;
}

export const peopleSignal = (name: PeopleMessage) => defineSignal<[unknown]>(name);
export const peopleUpdate = (name: PeopleMessage) => defineUpdate<Receipt, [unknown]>(name);
export const progressQuery = defineQuery<Progress, [unknown]>('progress');
/** How a query fails that waited for a worker while something else came in (ADR 0019). */
export const askAgain = 'Asked in the moment in which something came in, before any worker could act on it: ask again';
