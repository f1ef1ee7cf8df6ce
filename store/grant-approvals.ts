import { approvalKey, type PlannedGrant } from '../domain/change';
import type { Database } from './database';

type Which = Pick<PlannedGrant, 'target' | 'account' | 'kind' | 'name'>;

/** One privileged entitlement of one account that people approved. */
export interface GrantApproval {
  /** By `approvalKey`. */
  readonly key: string;
  readonly planHash: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Of the HR event that the flow was about. */
  readonly eventHash: string;
  readonly approvedAt: string;
}

/** What people approved and policy has given ever since: it is asked for once, and again after it was lost. */
export class GrantApprovals {
  constructor(private readonly database: Database) {}

  /** Records the approval of each; a repeat changes nothing. */
  async record({
    personId,
    grants,
    ...approval
  }: Omit<GrantApproval, 'key'> & {
    readonly personId: string;
    readonly grants: readonly Which[];
  }): Promise<void> {
    const keys = [...new Set(grants.map(approvalKey))];
    if (keys.length === 0) return;
    await this.database.write(`grant-approval:${personId}`, async (tx) => {
      await tx
        .insertInto('grantApproval')
        .values(keys.map((key) => ({ personId, key, ...approval })))
        .onConflict((conflict) => conflict.columns(['personId', 'key']).doUpdateSet(approval))
        .execute();
    });
  }

  async of({ personId }: { readonly personId: string }): Promise<readonly GrantApproval[]> {
    const rows = await this.database.kysely
      .selectFrom('grantApproval')
      .selectAll()
      .where('personId', '=', personId)
      .orderBy('key')
      .execute();
    return rows.map(({ personId: _person, ...approval }) => approval);
  }

  /** They count no more: lost with a move, asked for anew, or taken back. */
  async forget({ personId, keys }: { readonly personId: string; readonly keys: readonly string[] }): Promise<void> {
    if (keys.length === 0) return;
    await this.database.write(`grant-approval:${personId}`, async (tx) => {
      await tx
        .deleteFrom('grantApproval')
        .where('personId', '=', personId)
        .where('key', 'in', [...keys])
        .execute();
    });
  }

  /** What a flow's people approved goes with what the flow takes back. */
  async forgetOf({
    personId,
    workflowId,
    runId,
  }: Pick<GrantApproval, 'workflowId' | 'runId'> & { readonly personId: string }): Promise<void> {
    await this.database.write(`grant-approval:${personId}`, async (tx) => {
      await tx
        .deleteFrom('grantApproval')
        .where('personId', '=', personId)
        .where('workflowId', '=', workflowId)
        .where('runId', '=', runId)
        .execute();
    });
  }
}
