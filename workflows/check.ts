import type { TargetCheck } from '../activities/contract';
import { lookAt } from './proxies';

export interface CheckRequest {
  readonly targets: readonly string[];
  /** A named test account that may be disabled, read back and enabled again. */
  readonly canary?: string;
}

/** Asks every target's own worker: the operator's machine may not reach an on-prem vault. */
export async function check({ targets, canary }: CheckRequest): Promise<readonly TargetCheck[]> {
  return await Promise.all(
    targets.map(async (target): Promise<TargetCheck> => {
      try {
        return await lookAt({ target, summary: `Check ${target}` }).checkTarget({
          target,
          ...(canary === undefined ? {} : { canary }),
        });
      } catch (failure) {
        const detail =
          failure instanceof Error
            ? ((failure.cause as Error | undefined)?.message ?? failure.message)
            : String(failure);
        return {
          target,
          type: 'unknown',
          ok: false,
          findings: [{ name: 'worker', state: 'failed', detail: `no answer from the target's worker: ${detail}` }],
        };
      }
    }),
  );
}
