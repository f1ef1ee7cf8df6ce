import type { TargetCheck } from '../activities/contract';
import { core, lookAt } from './proxies';

export interface CheckRequest {
  readonly targets: readonly string[];
  /** A named test account that may be disabled, read back and enabled again. */
  readonly canary?: string;
  /** The channels where people are told as well. */
  readonly channels?: boolean;
}

/** Asks every target's own worker: the operator's machine may not reach an on-prem vault. */
export async function check({ targets, canary, channels }: CheckRequest): Promise<readonly TargetCheck[]> {
  const told = channels === true ? core.checkChannels() : [];
  const checks = await Promise.all(
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
  return [...checks, ...(await told)];
}
