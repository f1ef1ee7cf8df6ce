import type { TargetPlan } from '../domain/containment';
import type { TimedEvent } from '../domain/leaver';
import { core, lookAt } from './proxies';

export interface PlanRequest {
  readonly leaver: TimedEvent;
}

/** Dry run of a leaver: what would change on each target, from live reads; changes nothing and charges no budget. */
export async function plan({ leaver }: PlanRequest): Promise<readonly TargetPlan[]> {
  const assignments = await core.assignTargets({ person: leaver.event.data.person });
  return await Promise.all(
    assignments.map(async ({ settings, links, notTheirs, linkedToOthers, protectedUsernames }): Promise<TargetPlan> => {
      const input = {
        target: settings.id,
        person: leaver.event.data.person,
        mode: settings.mode,
        links,
        notTheirs,
        linkedToOthers,
        protectedUsernames,
      };
      try {
        return await lookAt({ target: settings.id, summary: `Plan on ${settings.id}` }).planTarget(input);
      } catch (failure) {
        const detail =
          failure instanceof Error
            ? ((failure.cause as Error | undefined)?.message ?? failure.message)
            : String(failure);
        return {
          target: settings.id,
          outcome: 'needs-person',
          accounts: [],
          handOver: [],
          parked: { reason: 'rejected', detail, advice: 'Run tenure check for this target.' },
        };
      }
    }),
  );
}
