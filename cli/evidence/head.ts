import type { Client } from '@temporalio/client';
import { listFlows } from '../../client/watch';
import type { EvidenceEntry, EvidenceHead } from '../../domain/evidence';
import type { LeaverReport } from '../../domain/leaver';

/** The heads that ended flows of a person left in their results: outside of the store, so a rewritten chain shows. */
export async function headsInTemporal(
  client: Client,
  personId: string,
): Promise<readonly (EvidenceHead & { readonly from: string })[]> {
  const runs = await listFlows({ client, filter: { personId, flow: 'leaver' } });
  const heads: (EvidenceHead & { readonly from: string })[] = [];
  for (const { workflowId, runId, status } of runs) {
    if (status !== 'COMPLETED') continue;
    const report = (await client.workflow.getHandle(workflowId, runId).result()) as LeaverReport;
    heads.push({ ...report.evidence, from: `the result of ${workflowId}, run ${runId}` });
  }
  return heads;
}

/** Where in a person's chain a hash is the head. */
export function headWithHash(entries: readonly EvidenceEntry[], hash: string): EvidenceHead | undefined {
  const entry = entries.find((one) => one.hash === hash.toLowerCase());
  return entry === undefined ? undefined : { count: entry.personSeq, head: entry.hash };
}
