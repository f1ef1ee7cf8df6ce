import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
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
        return { target, type: 'unknown', ok: false, findings: [whyNot(failure)] };
      }
    }),
  );
  return [...checks, ...(await told)];
}

/** The worker tried and tells why it could not; or it did not answer at all. */
function whyNot(failure: unknown): TargetCheck['findings'][number] {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof ApplicationFailure) return { name: 'check', state: 'failed', detail };
  return { name: 'worker', state: 'failed', detail: `no answer from the target's worker: ${detail}` };
}
