import type { EvidenceEntry, EvidenceVerification } from '../../domain/evidence';
import { visible } from '../../domain/visible';
import type { Store } from '../../store/open-store';
import { headWithHash, type KeptHead } from './head';

export interface Verified extends EvidenceVerification {
  /** Where the head came from that the chain was compared with; absent: with the store alone. */
  readonly comparedWith?: string;
}

/** A person's chain, compared with each of the heads that were kept elsewhere; without any, with the store alone. */
export async function verifyPerson({
  store,
  personId,
  heads,
}: {
  readonly store: Store;
  readonly personId: string;
  readonly heads: readonly KeptHead[];
}): Promise<readonly Verified[]> {
  if (heads.length === 0) return [await store.evidence.verify({ personId })];
  return await Promise.all(
    heads.map(async ({ from, ...head }) => ({
      ...(await store.evidence.verify({ personId, head })),
      comparedWith: from,
    })),
  );
}

/** A head that somebody kept, as a place in the chain. */
export async function givenHead(store: Store, personId: string, hash: string): Promise<KeptHead> {
  const head = headWithHash(await entriesOf(store, personId), hash);
  if (head !== undefined) return { ...head, from: '--head' };
  // One that no entry has is compared as the last one, and of an empty chain as its first: the verification says how it differs.
  const { count } = await store.evidence.head({ personId });
  return { count: Math.max(1, count), head: hash, from: '--head' };
}

export function verdictOf({
  personId,
  intact,
  checked,
  head,
  globalHead,
  faults,
  more,
  comparedWith,
}: Verified): string {
  const who = personId ?? 'everybody';
  const against = `, compared with ${comparedWith ?? 'the store alone'}`;
  const at = personId === undefined ? globalHead : head;
  if (intact) return visible(`${who}: intact, ${checked} entries${against}. Head ${at.head}`);
  const lines = faults.map(({ what, detail }) => `  ${what}: ${detail}`);
  const left = more > 0 ? [`  and ${more} more`] : [];
  // Whoever changed the store chose the names in it.
  return [`${who}: NOT intact${against}`, ...lines, ...left].map((line) => visible(line)).join('\n');
}

export async function entriesOf(store: Store, personId: string): Promise<readonly EvidenceEntry[]> {
  const entries: EvidenceEntry[] = [];
  for await (const entry of store.evidence.entries({ personId })) entries.push(entry);
  return entries;
}
