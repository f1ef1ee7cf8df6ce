export type { CoreActivities, ProvisioningActivities, TargetActivities } from './contract';
export { createCoreActivities } from './core';
export type { ApprovalTokens, CoreDesk } from './core-desk';
export { createTargetActivities } from './target';
export { Breaker } from './breaker';
export { fingerprintOf, type TargetDesk } from './target-run';
