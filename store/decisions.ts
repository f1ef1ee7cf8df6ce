import type { Database } from './database';

/** What an approval token was used for. */
export interface TokenUse {
  readonly workflowId: string;
  readonly runId: string;
  readonly planHash: string;
  /** The one message that brought it: an update's id, or a signal's place in its run. */
  readonly message: string;
}

export type TokenAnswer =
  { readonly accepted: true } | { readonly accepted: false; readonly usedFor: TokenUse; readonly usedAt: string };

/** Personal approval tokens are good for one message. The token itself is never kept: its id is. */
export class Decisions {
  constructor(private readonly database: Database) {}

  /** Uses a token up. The same message again is accepted again; any other is refused, with what it was used for. */
  async consume({ jti, at, ...use }: TokenUse & { readonly jti: string; readonly at: string }): Promise<TokenAnswer> {
    return this.database.write('decisions', async (tx) => {
      const { workflowId, runId, planHash, message } = use;
      await tx
        .insertInto('approvalToken')
        .values({ jti, workflowId, runId, planHash, message, usedAt: at })
        .onConflict((conflict) => conflict.column('jti').doNothing())
        .execute();
      const { usedAt, ...usedFor } = await tx
        .selectFrom('approvalToken')
        .select(['workflowId', 'runId', 'planHash', 'message', 'usedAt'])
        .where('jti', '=', jti)
        .executeTakeFirstOrThrow();
      const same =
        usedFor.workflowId === workflowId &&
        usedFor.runId === runId &&
        usedFor.planHash === planHash &&
        usedFor.message === message;
      return same ? { accepted: true } : { accepted: false, usedFor, usedAt };
    });
  }
}
