import type { EvidenceBatch, EvidenceDraft, EvidenceEntry } from '../domain/evidence';
import { canonicalJson, sha256OfJson } from './hash';
import { withoutSecrets } from './redaction';
import type { EvidenceRow } from './schema';

/** Scope of the chain over all persons. */
export const everybody = '*';

/** Where a new entry goes: what the chains end with, and its own place. */
export interface Place {
  readonly seq: number;
  readonly personSeq: number;
  readonly part: number;
  readonly previousHash: string;
  readonly previousGlobalHash: string;
}

type Settled = EvidenceDraft & { readonly requestIds: readonly string[] };

/** The draft as it will be kept: plain JSON, no secrets, always a list of request ids. */
export function settle(draft: EvidenceDraft): Settled {
  const plain = JSON.parse(JSON.stringify({ requestIds: [], ...draft })) as unknown;
  return withoutSecrets(plain) as Settled;
}

/** A row ready to be written. What the store knows better stands above anything the draft says. */
export function rowFor({
  draft,
  batch,
  place,
}: {
  readonly draft: EvidenceDraft;
  readonly batch: EvidenceBatch;
  readonly place: Place;
}): EvidenceRow {
  const { personId, workflowId, runId, versions } = batch;
  const entry = { ...settle(draft), ...place, personId, workflowId, runId, batch: batch.batch, versions };
  return { ...split(entry), hash: sha256OfJson(entry) };
}

/** The entry that a row holds. Throws when its body is not JSON. */
export function entryOf(row: EvidenceRow): EvidenceEntry {
  const { body, step, target, ...columns } = row;
  return {
    ...(JSON.parse(body) as Omit<EvidenceEntry, keyof EvidenceRow>),
    ...columns,
    kind: columns.kind as EvidenceEntry['kind'],
    ...(step === null ? {} : { step }),
    ...(target === null ? {} : { target }),
  };
}

/** The hash that an entry ought to have. */
export function hashOf(entry: EvidenceEntry): string {
  const { hash: _, ...rest } = entry;
  return sha256OfJson(rest);
}

/** Whether the row says what its hash was made of, to the letter. */
export function isUnchanged(row: EvidenceRow): boolean {
  const entry = entryOf(row);
  return hashOf(entry) === row.hash && split(entry).body === row.body;
}

/** Fields that have a column, and the rest as one text: each fact is kept once. */
function split(entry: Omit<EvidenceEntry, 'hash'>): Omit<EvidenceRow, 'hash'> {
  const { seq, personId, personSeq, workflowId, runId, batch, part, ...further } = entry;
  const { at, kind, outcome, step, target, previousHash, previousGlobalHash, ...rest } = further;
  const { hash: _, ...body } = rest as typeof rest & { hash?: string };
  return {
    ...{ seq, personId, personSeq, workflowId, runId, batch, part },
    ...{ at, kind, outcome, step: step ?? null, target: target ?? null },
    ...{ previousHash, previousGlobalHash, body: canonicalJson(body) },
  };
}
