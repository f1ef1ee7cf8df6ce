import { ApplicationFailure, Context } from '@temporalio/activity';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Call } from '../connectors/connector';
import type { HrEvent } from '../domain/event';
import { awaitedDay, newsOf, type HrRecord } from '../domain/hr-record';
import type { HrSystem } from '../sources/source';
import type { HrRecordRead, SourceActivities, TakenRecord, TakeHrRecordInput } from './contract';
import { append, type CoreDesk } from './core-desk';
import { asError, toFailure } from './failures';

/** What the steps of one HR system work with; built once by the worker. */
export interface SourceDesk {
  readonly id: string;
  readonly system: HrSystem;
}

const personKey = defineSearchAttributeKey('TenurePerson', SearchAttributeType.KEYWORD);
const flowKey = defineSearchAttributeKey('TenureFlow', SearchAttributeType.KEYWORD);

/** Reading an HR system, on that system's own task queue. */
export function createSourceActivities(desk: SourceDesk): SourceActivities {
  return {
    readHrRecord: ({ recordId }) => readHrRecord(desk, recordId),
    confirmSource: async ({ subscription }) => {
      await withFailures(async () => desk.system.confirm?.(subscription, callOf()));
    },
  };
}

async function readHrRecord({ system }: SourceDesk, recordId: string): Promise<HrRecordRead> {
  // Taken before the request: what HR changes meanwhile is not older than this look.
  const readAt = new Date().toISOString();
  const record = await withFailures(() => system.readRecord(recordId, callOf()));
  return record === undefined ? { readAt } : { readAt, record };
}

async function withFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // HR has to mend the record: trying again by itself would only hide it.
    if (error instanceof Error && error.name === 'HrRecordUnusable')
      throw ApplicationFailure.create({ type: error.name, message: error.message.slice(0, 400), nonRetryable: true });
    throw toFailure(asError(error));
  }
}

/** Nothing is ever written to an HR system but the answer to its handshake. */
function callOf(): Call {
  return {
    signal: Context.current().cancellationSignal,
    beforeWrite: async () => undefined,
    noteExchange: () => undefined,
    reads: new Map(),
    onWait: () => undefined,
  };
}

/**
 * Compares a look with the one before, hands what is news to the flow of the person, and keeps the look. Repeated after
 * a crash it makes the same events again, which `person` knows by their ids.
 */
export async function takeHrRecord(desk: CoreDesk, input: TakeHrRecordInput): Promise<TakenRecord> {
  const { source, recordId, read, hints } = input;
  const name = { source, recordId };
  const before = await desk.store.hrRecords.get(name);
  if (read.record === undefined) return await noteGone(desk, input, before?.record);
  const { events, known } = newsOf({
    ...{ source, recordId, record: read.record, readAt: read.readAt, hints },
    ...(before === undefined ? {} : { before }),
  });
  for (const event of events) await tellPerson(event);
  const { kept } = await desk.store.hrRecords.keep({ ...name, known, after: before, at: read.readAt });
  if (!kept) {
    throw ApplicationFailure.create({
      type: 'HrRecordOvertaken',
      message: `another look at ${source} ${recordId} was faster; it is compared anew`,
    });
  }
  const awaits = awaitedDay(read.record, read.readAt);
  return {
    personId: read.record.person.id,
    told: events.map(({ id, type }) => ({ id, type })),
    ...(awaits === undefined ? {} : { awaits }),
  };
}

/** A record that is gone says nothing about access: nobody leaves by an absence. It is evidenced for those who ask. */
async function noteGone(
  desk: CoreDesk,
  { source, recordId, read, batch }: TakeHrRecordInput,
  last: HrRecord | undefined,
): Promise<TakenRecord> {
  if (last === undefined) return { told: [], gone: true };
  const personId = last.person.id;
  await append(desk, {
    personId,
    batch,
    entries: [
      {
        ...{ kind: 'event', at: read.readAt, outcome: 'record-gone', step: 'hrRecord' },
        detail: `${source} no longer has record ${recordId}: nothing was changed for it; submit a leaver if they have left`,
      },
    ],
  });
  return { personId, told: [], gone: true };
}

/** As the gateway does it with an event that came whole. */
async function tellPerson(event: HrEvent): Promise<void> {
  const { client, info } = Context.current();
  const personId = event.subject;
  await client.workflow.signalWithStart('person', {
    workflowId: `person:${personId}`,
    taskQueue: info.taskQueue,
    args: [{ personId, clock: 'told' }],
    signal: 'hr',
    signalArgs: [{ event, receivedAt: new Date().toISOString() }],
    priority: { priorityKey: event.type === 'tenure.leaver' && event.data.urgent === true ? 1 : 3 },
    typedSearchAttributes: [
      { key: personKey, value: personId },
      { key: flowKey, value: 'person' },
    ],
    staticSummary: `Everything HR says about person ${personId}`,
  });
}
