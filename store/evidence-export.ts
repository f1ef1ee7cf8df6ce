import type { EvidenceEntry, EvidenceVerification } from '../domain/evidence';

/** A person's evidence as a file that can be checked without the store. */
export interface EvidenceExport {
  readonly format: 'tenure-evidence/1';
  readonly madeAt: string;
  readonly personId: string;
  /** The rule behind `hash`, for those who check it with tools of their own. */
  readonly hashing: string;
  readonly verification: EvidenceVerification;
  /** The heads kept outside of the store that the chain was compared with; none: with the store alone. */
  readonly comparedWith: readonly string[];
  readonly entries: readonly EvidenceEntry[];
}

/** The complete export, with the heads as part of the verification. */
export function evidenceJson(input: Omit<EvidenceExport, 'format' | 'hashing'>): string {
  const { personId, madeAt, verification, comparedWith, entries } = input;
  const exported: EvidenceExport = {
    format: 'tenure-evidence/1',
    madeAt,
    personId,
    hashing:
      'hash = lower-case hex SHA-256 over the UTF-8 text of the RFC 8785 JSON of the entry without hash; ' +
      'previousHash = hash of the entry with the personSeq before, 64 zeros for the first; ' +
      'previousGlobalHash = hash of the entry with the seq before, whoever it is about',
    verification,
    comparedWith,
    entries,
  };
  return `${JSON.stringify(exported, null, 2)}\n`;
}
