import type { AccountId, TargetId } from './account';
import type { Strength } from './flow';

/**
 * What an entry is about:
 * `event` an HR event and what was done with it; `step` one step on one target (and account); `message` a person's word
 * to a flow (resolve, cancel, reschedule, release); `plan` a removal plan as it was asked; `decision` one answer to it;
 * `budget` a charge, a hold-back or a release; `hold` a legal hold set or lifted; `link` an account link made or broken;
 * `wait` something that stands still, and why; `notice` what people were told, by which channels, and whom it did not
 * reach; `flow` a flow's start, turn or end.
 */
export const evidenceKinds = [
  'event',
  'step',
  'message',
  'plan',
  'decision',
  'budget',
  'hold',
  'link',
  'wait',
  'notice',
  'flow',
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Who did it, as far as it could be established; Tenure itself when an entry names nobody. */
export interface EvidenceActor {
  readonly name: string;
  readonly strength?: Strength;
  /** Where the name was read: event id in the history, token id. */
  readonly source?: string;
}

/**
 * What a step or a flow has to say about one thing that happened; the store turns it into an `EvidenceEntry`. Plain JSON,
 * no secrets. A field that is not known stays away.
 */
export interface EvidenceDraft {
  readonly kind: EvidenceKind;
  /** When it was known to be so, ISO 8601 UTC: for a changed account, when reading back proved it. */
  readonly at: string;
  /** A `StepOutcome` or `FlowOutcome`, or the kind's own word: `applied`, `superseded`, `too-late`, `needs-person`, `approved`… */
  readonly outcome: string;
  /** A `StepName`, or the verb of the message: `resolve`, `undo`… */
  readonly step?: string;
  readonly target?: TargetId;
  /** Targets of one system hold the same accounts and are shown together. */
  readonly system?: string;
  readonly account?: { readonly id: AccountId; readonly username?: string };
  readonly actor?: EvidenceActor;
  /** The account with which Tenure signed on to the target. */
  readonly serviceAccount?: string;
  /** One line in plain words. */
  readonly detail?: string;
  /** The whole before-image (JSON), as long as it may be. `'unknown'` when a write may have come before the first look. */
  readonly before?: unknown;
  /** What reading back showed (JSON). */
  readonly after?: unknown;
  /** How long the step took, waiting for the vendor included. */
  readonly milliseconds?: number;
  /** The vendor's own ids of the requests made, where it gives any. */
  readonly requestIds?: readonly string[];
  /** SHA-256 of the HR event that led here. */
  readonly eventHash?: string;
  readonly planHash?: string;
  /** Kind `event`: the `TimedEvent`; kind `plan`: the `RemovalPlan`; else whatever a reader would miss (JSON). */
  readonly data?: unknown;
}

/** The product and the configuration that acted. */
export interface EvidenceVersions {
  readonly product: string;
  readonly configHash: string;
}

/**
 * One write of evidence by one flow. A batch is written whole or not at all; `(workflowId, runId, batch)` names it for
 * good: when the same write comes twice, the first stands.
 */
export interface EvidenceBatch {
  readonly personId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Counts from 1 within the run. */
  readonly batch: number;
  readonly versions: EvidenceVersions;
  readonly entries: readonly EvidenceDraft[];
}

/** An entry as kept: a link in the chain of its person and in the chain over all persons. */
export interface EvidenceEntry extends Omit<EvidenceDraft, 'requestIds'> {
  /** Position over all persons, from 1 without gaps. */
  readonly seq: number;
  readonly personId: string;
  /** Position within the person, from 1 without gaps. */
  readonly personSeq: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly batch: number;
  /** Position within the batch, from 1. */
  readonly part: number;
  readonly requestIds: readonly string[];
  readonly versions: EvidenceVersions;
  /** `hash` of the person's entry before; `genesisHash` for the first. */
  readonly previousHash: string;
  /** `hash` of the entry with the `seq` before, whoever's it is; `genesisHash` for the first. */
  readonly previousGlobalHash: string;
  /** SHA-256, lower-case hex, over the RFC 8785 JSON of this entry without `hash`. */
  readonly hash: string;
}

/** What stands before the first entry of a chain. */
export const genesisHash = '0'.repeat(64);

/** Where a chain ends: how many entries it has and the hash of the last; `genesisHash` while it has none. */
export interface EvidenceHead {
  readonly count: number;
  readonly head: string;
}

/** What is wrong with a chain, and at which entry. */
export interface EvidenceFault {
  readonly personId?: string;
  readonly seq?: number;
  readonly personSeq?: number;
  readonly what: 'changed' | 'missing' | 'moved' | 'cut-off' | 'inserted' | 'head-differs' | 'unreadable';
  /** One line in plain words. */
  readonly detail: string;
}

/** The result of reading a chain from its first entry to its head. */
export interface EvidenceVerification {
  readonly intact: boolean;
  /** Whose chain; absent: everybody's. */
  readonly personId?: string;
  readonly checked: number;
  /** As the store holds it now. Compare it with the one in the flow's result. */
  readonly head: EvidenceHead;
  readonly globalHead: EvidenceHead;
  /** The first faults found, in order; `more` counts those left out. */
  readonly faults: readonly EvidenceFault[];
  readonly more: number;
}
