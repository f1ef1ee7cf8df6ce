import { Context } from '@temporalio/activity';
import type { AccessPolicy } from '../domain/access';
import type { EvidenceDraft, EvidenceHead } from '../domain/evidence';
import type { Settings } from '../domain/settings';
import type { ChannelDesk } from './channel-desk';
import type { Store } from '../store/open-store';

/** What the core activities work with; built once by the core worker. */
export interface CoreDesk {
  readonly store: Store;
  readonly settings: Settings;
  /** Read once at start; evaluated in activities only, so that a changed policy changes no replay. */
  readonly policy: AccessPolicy;
  /** Verifies personal approval tokens; absent when none are configured. */
  readonly tokens?: ApprovalTokens;
  /** Where people are told; absent when no channel is configured. */
  readonly channels?: ChannelDesk;
}

/** What a genuine token says: whose it is, and the one plan of the one run that it is for. */
export interface TokenClaims {
  readonly subject: string;
  readonly id: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly planHash: string;
}
export interface TokenToIssue extends Omit<TokenClaims, 'id'> {
  readonly issuedAt: string;
  readonly expiresAt: string;
}

export interface ApprovalTokens {
  /** Signed by a live key and not expired; throws with a reason that may be shown. What it is for is the caller's to compare. */
  verify(token: string): TokenClaims;
  /** Absent: there is no key of our own to sign with. */
  issue?(claims: TokenToIssue): { readonly id: string; readonly token: string };
}

/** What anybody wants to be told, as a plan or an event carries it to its flow. */
export function noticesIn({ notices }: Settings): Pick<Settings, 'notices'> {
  return notices === undefined ? {} : { notices };
}

/** The workflow that asked for this activity. */
export function caller(): { readonly workflowId: string; readonly runId: string } {
  const { workflowId, runId } = Context.current().info.workflowExecution ?? { workflowId: '', runId: '' };
  return { workflowId, runId };
}

/** One batch of evidence in the caller's name; the same batch may be written twice. */
export async function append(
  desk: CoreDesk,
  {
    personId,
    batch,
    entries,
  }: { readonly personId: string; readonly batch: number; readonly entries: readonly EvidenceDraft[] },
): Promise<EvidenceHead> {
  const versions = { product: desk.settings.version, configHash: desk.settings.configHash };
  if (entries.length === 0) return await desk.store.evidence.head({ personId });
  return await desk.store.evidence.append({ ...caller(), personId, batch, entries, versions });
}
