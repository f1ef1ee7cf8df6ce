import { disableAccounts } from './accounts';
import type { TargetActivities } from './contract';
import { stripEntitlements } from './entitlements';
import { grantEntitlements } from './grants';
import { checkTarget, planTarget } from './look';
import { previewChange } from './preview';
import { provisionAccounts } from './provisioning';
import { deleteAccounts } from './removal';
import { restoreAccounts } from './restoration';
import { revokeEntitlements } from './revocation';
import { drainSessions } from './sessions';
import type { TargetDesk } from './target-run';
import { withdrawAccounts } from './withdrawal';

/** The steps of one target, for the worker that polls its queue. */
export function createTargetActivities(desk: TargetDesk): TargetActivities {
  return {
    disableAccounts: (input) => disableAccounts(desk, input),
    stripEntitlements: (input) => stripEntitlements(desk, input),
    drainSessions: (input) => drainSessions(desk, input),
    deleteAccounts: (input) => deleteAccounts(desk, input),
    planTarget: (input) => planTarget(desk, input),
    checkTarget: (input) => checkTarget(desk, input),
    provisionAccounts: (input) => provisionAccounts(desk, input),
    grantEntitlements: (input) => grantEntitlements(desk, input),
    revokeEntitlements: (input) => revokeEntitlements(desk, input),
    withdrawAccounts: (input) => withdrawAccounts(desk, input),
    restoreAccounts: (input) => restoreAccounts(desk, input),
    previewChange: (input) => previewChange(desk, input),
  };
}
