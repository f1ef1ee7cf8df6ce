import { disableAccounts } from './accounts';
import type { ProvisioningActivities, TargetActivities } from './contract';
import { stripEntitlements } from './entitlements';
import { checkTarget, planTarget } from './look';
import { deleteAccounts } from './removal';
import { drainSessions } from './sessions';
import type { TargetDesk } from './target-run';

/** The steps of one target, for the worker that polls its queue. */
export function createTargetActivities(desk: TargetDesk): Omit<TargetActivities, keyof ProvisioningActivities> {
  return {
    disableAccounts: (input) => disableAccounts(desk, input),
    stripEntitlements: (input) => stripEntitlements(desk, input),
    drainSessions: (input) => drainSessions(desk, input),
    deleteAccounts: (input) => deleteAccounts(desk, input),
    planTarget: (input) => planTarget(desk, input),
    checkTarget: (input) => checkTarget(desk, input),
  };
}
