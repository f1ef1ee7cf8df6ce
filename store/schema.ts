import type { Kysely, Transaction } from 'kysely';

/**
 * The tables. JSON is kept as text in both databases, byte for byte: a column type that reorders keys or rounds numbers
 * would break hashes. Truth values are 0 and 1. Instants are ISO 8601 UTC; `…Ms` are milliseconds since 1970, to compare.
 */
export interface Schema {
  readonly person: PersonRow;
  readonly hrEvent: HrEventRow;
  readonly flow: FlowRow;
  readonly legalHold: LegalHoldRow;
  readonly pendingFact: PendingFactRow;
  readonly accountLink: AccountLinkRow;
  readonly linkTombstone: LinkTombstoneRow;
  readonly budgetCharge: BudgetChargeRow;
  readonly approvalToken: ApprovalTokenRow;
  readonly timeBox: TimeBoxRow;
  readonly grantApproval: GrantApprovalRow;
  readonly hrRecord: HrRecordRow;
  readonly evidence: EvidenceRow;
  readonly evidenceHead: EvidenceHeadRow;
}

export type Db = Kysely<Schema>;
export type Tx = Transaction<Schema>;

export interface PersonRow {
  id: string;
  body: string;
  status: string;
  /** When the joiner or rehire happened that last made them active; 0 when none is known. */
  joinedMs: number;
  eventTimeMs: number;
  eventSequence: number;
  updatedAt: string;
}

export interface HrEventRow {
  source: string;
  id: string;
  personId: string;
  type: string;
  stream: string;
  timeMs: number;
  sequence: number;
  hash: string;
  verdict: string;
  supersededBy: string | null;
  receivedAt: string;
  recordedBy: string;
  statusBefore: string | null;
  body: string;
}

export interface FlowRow {
  workflowId: string;
  runId: string;
  personId: string;
  flow: string;
  state: string;
  outcome: string | null;
  startedAt: string;
  endedAt: string | null;
  dueAt: string | null;
  held: string | null;
  waitingFor: string | null;
  progress: string | null;
  version: number;
}

export interface LegalHoldRow {
  personId: string;
  eventId: string;
  placedBy: string;
  reason: string;
  reviewAt: string | null;
  placedAt: string;
  liftedAt: string | null;
  liftedBy: string | null;
  liftedReason: string | null;
}

export interface PendingFactRow {
  personId: string;
  kind: string;
  factId: string;
  at: string;
  body: string;
  takenBy: string | null;
}

export interface AccountLinkRow {
  targetId: string;
  accountId: string;
  personId: string;
  username: string;
  usernameKey: string;
  system: string;
  origin: string;
  recordedAt: string;
  recordedBy: string | null;
}

export interface LinkTombstoneRow {
  personId: string;
  targetId: string;
  accountId: string;
  brokenBy: string;
  why: string;
  at: string;
}

export interface BudgetChargeRow {
  flowId: string;
  atMs: number;
  urgent: number;
  charged: number;
  answer: string;
  release: string | null;
}

export interface ApprovalTokenRow {
  jti: string;
  workflowId: string;
  runId: string;
  planHash: string;
  message: string;
  usedAt: string;
}

export interface TimeBoxRow {
  personId: string;
  key: string;
  startedAt: string;
}

export interface GrantApprovalRow {
  personId: string;
  key: string;
  planHash: string;
  workflowId: string;
  runId: string;
  eventHash: string;
  approvedAt: string;
}

export interface HrRecordRow {
  source: string;
  recordId: string;
  personId: string;
  told: number;
  body: string;
  seenAt: string;
}

export interface EvidenceRow {
  seq: number;
  personId: string;
  personSeq: number;
  workflowId: string;
  runId: string;
  batch: number;
  part: number;
  at: string;
  kind: string;
  outcome: string;
  step: string | null;
  target: string | null;
  body: string;
  previousHash: string;
  previousGlobalHash: string;
  hash: string;
}

export interface EvidenceHeadRow {
  /** A person's id, or `*` for the chain over all persons (no person's id can be that). */
  scope: string;
  count: number;
  head: string;
}
