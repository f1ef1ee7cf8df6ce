import { momentOf } from '../../activities/moment';
import { openConnector } from '../../connectors/registry';
import type { Target } from '../../connectors/target';
import type { PolicyTarget } from '../../policy/cross-check';
import type { MomentOf } from '../../policy/grant';

/** The targets as far as a policy has to know them: what each can grant, as its connector is configured. */
export function policyTargets(targets: readonly Target[]): readonly PolicyTarget[] {
  return targets.map((target) => {
    const { by, extraUsernames } = target.correlation;
    const foundBy = by.includes('username') ? ['{username}', '{email}', ...extraUsernames] : undefined;
    try {
      const { grants, unsupported } = openConnector(target).abilities;
      return { id: target.id, type: target.type, kinds: grants, unsupported, foundBy };
    } catch {
      // A target that cannot be opened yet (its CA file is missing) is told of by whoever has to work with it.
      return { id: target.id, type: target.type, foundBy };
    }
  });
}

/** The ids that a configuration names, right or wrong: enough to check a policy beside it. */
export function targetsAsWritten(value: unknown): readonly PolicyTarget[] | undefined {
  const { targets } = (value ?? {}) as { targets?: unknown };
  if (!Array.isArray(targets)) return undefined;
  return targets.flatMap((target: unknown) => {
    const { id, type } = (target ?? {}) as { id?: unknown; type?: unknown };
    return typeof id === 'string' ? [{ id, type: String(type) }] : [];
  });
}

/** Dates and times of the policy, in the zone that the configuration takes where a person's is not known. */
export function momentsIn(value: unknown): MomentOf {
  const { defaultTimeZone } = (value ?? {}) as { defaultTimeZone?: unknown };
  const zone = typeof defaultTimeZone === 'string' ? defaultTimeZone : 'UTC';
  return ({ text, person }) => momentOf({ text, person, defaultTimeZone: zone });
}
