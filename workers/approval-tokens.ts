import { createVerifier } from 'fast-jwt';
import type { ApprovalTokens } from '../activities';
import type { Secret } from '../domain/secret';

interface Claims {
  readonly sub?: unknown;
  readonly jti?: unknown;
  readonly runId?: unknown;
  readonly planHash?: unknown;
}

/**
 * Personal approval tokens: JWTs (HS256) with `sub` (who), `aud` (the workflow), `runId`, `planHash`, `exp` and `jti`.
 * A token is good for one person, one plan, one run, one use; the secret is read at each check.
 */
export function approvalTokens(secret: Secret | undefined): ApprovalTokens | undefined {
  if (secret === undefined) return undefined;
  return {
    verify: (token, { workflowId, runId, planHash }) => {
      const verify = createVerifier({
        key: secret.reveal(),
        algorithms: ['HS256'],
        allowedAud: workflowId,
        requiredClaims: ['sub', 'aud', 'exp', 'jti', 'runId', 'planHash'],
      });
      const claims = verify(token) as Claims;
      if (claims.runId !== runId) throw new Error('it is for another run of this workflow');
      if (claims.planHash !== planHash) throw new Error('it is for another plan');
      return { subject: String(claims.sub), id: String(claims.jti) };
    },
  };
}
