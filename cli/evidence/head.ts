import type { Client } from '@temporalio/client';
import { FlowNotFound, fromTemporal } from '../../client/errors';
import { listFlows, type FlowSeen } from '../../client/watch';
import type { EvidenceEntry, EvidenceHead } from '../../domain/evidence';
import { flowKinds } from '../../domain/flow';

/** A head that was kept outside of the store. */
export interface KeptHead extends EvidenceHead {
  /** Where, in words. */
  readonly from: string;
}
export type HeadsByPerson = ReadonlyMap<string, readonly KeptHead[]>;

/** What a large company has in Temporal is listed in one go. */
const LIST_WITHIN_MS = 120_000;
const RESULT_WITHIN_MS = 10_000;
/** Results that are asked for at the same time. */
const AT_ONCE = 10;

/**
 * The heads that ended flows left in their results, of one person or of everybody: outside of the store, so that a chain
 * that was rewritten shows, and a person who was removed with everything.
 */
export async function headsInTemporal(client: Client, personId?: string): Promise<HeadsByPerson> {
  const ended = await listFlows({
    client,
    filter: { ...(personId === undefined ? {} : { personId }), flow: flowKinds, isCompleted: true },
    limit: Number.MAX_SAFE_INTEGER,
    deadlineMs: LIST_WITHIN_MS,
  });
  const heads = new Map<string, KeptHead[]>();
  for (let from = 0; from < ended.length; from += AT_ONCE) {
    const some = await Promise.all(ended.slice(from, from + AT_ONCE).map((flow) => headIn(client, flow)));
    for (const one of some) {
      if (one === undefined || (personId !== undefined && one.personId !== personId)) continue;
      heads.set(one.personId, [...(heads.get(one.personId) ?? []), one.head]);
    }
  }
  return heads;
}

interface FoundHead {
  readonly personId: string;
  readonly head: KeptHead;
}

async function headIn(client: Client, flow: FlowSeen): Promise<FoundHead | undefined> {
  const { workflowId, runId } = flow;
  let result: unknown;
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    result = await client.withDeadline(Date.now() + RESULT_WITHIN_MS, () => handle.result());
  } catch (error) {
    const known = fromTemporal(error, `Reading the result of ${workflowId}`);
    // Past its retention between the list and this question: what it kept is gone.
    if (known instanceof FlowNotFound) return undefined;
    throw known;
  }
  const { personId = flow.personId, evidence } = (result ?? {}) as {
    readonly personId?: string;
    readonly evidence?: Partial<EvidenceHead>;
  };
  const { count, head } = evidence ?? {};
  // One that ended before it wrote anything has nothing to compare with.
  if (personId === undefined || typeof head !== 'string' || typeof count !== 'number' || count === 0) return undefined;
  return { personId, head: { count, head, from: `the result of ${workflowId}, run ${runId}` } };
}

/** Where in a person's chain a hash is the head. */
export function headWithHash(entries: readonly EvidenceEntry[], hash: string): EvidenceHead | undefined {
  const entry = entries.find((one) => one.hash === hash.toLowerCase());
  return entry === undefined ? undefined : { count: entry.personSeq, head: entry.hash };
}
