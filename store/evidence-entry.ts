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
function settle(draft: EvidenceDraft): Settled {
  const { hash: _, ...plain } = JSON.parse(JSON.stringify({ requestIds: [], ...draft })) as Settled & {
    hash?: unknown;
  };
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

/** The entry that a row holds; a query's further columns are none of it. Throws when its body is not JSON. */
export function entryOf(row: EvidenceRow): EvidenceEntry {
  const { seq, personId, personSeq, workflowId, runId, batch, part } = row;
  const { at, kind, outcome, step, target, previousHash, previousGlobalHash, hash } = row;
  return {
    ...(JSON.parse(row.body) as Pick<EvidenceEntry, 'versions' | 'requestIds'>),
    ...{
      seq,
      personId,
      personSeq,
      workflowId,
      runId,
      batch,
      part,
      at,
      outcome,
      previousHash,
      previousGlobalHash,
      hash,
    },
    kind: kind as EvidenceEntry['kind'],
    ...(step === null ? {} : { step }),
    ...(target === null ? {} : { target }),
  };
}

/** Whether the row says what its hash was made of, to the letter. */
export function isUnchanged(row: EvidenceRow): boolean {
  const { hash, ...entry } = entryOf(row);
  return sha256OfJson(entry) === hash && split(entry).body === row.body;
}

/** Fields that have a column, and the rest as one text: each fact is kept once. */
function split(entry: Omit<EvidenceEntry, 'hash'>): Omit<EvidenceRow, 'hash'> {
  const { seq, personId, personSeq, workflowId, runId, batch, part, ...further } = entry;
  const { at, kind, outcome, step, target, previousHash, previousGlobalHash, ...body } = further;
  return {
    ...{ seq, personId, personSeq, workflowId, runId, batch, part },
    ...{ at, kind, outcome, step: step ?? null, target: target ?? null },
    ...{ previousHash, previousGlobalHash, body: canonicalJson(body) },
  };
}
