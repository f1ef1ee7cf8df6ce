import type { Database } from './database';

/** What an approval token was used for. */
export interface TokenUse {
  readonly workflowId: string;
  readonly runId: string;
  readonly planHash: string;
}

export type TokenAnswer =
  { readonly accepted: true } | { readonly accepted: false; readonly usedFor: TokenUse; readonly usedAt: string };

/** Personal approval tokens are good for one decision. */
export class Decisions {
  constructor(private readonly database: Database) {}

  /** Uses a token up. The same use again is accepted again; any other is refused, with what it was used for. */
  async consume({
    jti,
    at,
    workflowId,
    runId,
    planHash,
  }: TokenUse & {
    readonly jti: string;
    readonly at: string;
  }): Promise<TokenAnswer> {
    return this.database.write('decisions', async (tx) => {
      await tx
        .insertInto('approvalToken')
        .values({ jti, workflowId, runId, planHash, usedAt: at })
        .onConflict((conflict) => conflict.column('jti').doNothing())
        .execute();
      const { usedAt, ...usedFor } = await tx
        .selectFrom('approvalToken')
        .select(['workflowId', 'runId', 'planHash', 'usedAt'])
        .where('jti', '=', jti)
        .executeTakeFirstOrThrow();
      const same = usedFor.workflowId === workflowId && usedFor.runId === runId && usedFor.planHash === planHash;
      return same ? { accepted: true } : { accepted: false, usedFor, usedAt };
    });
  }
}
