export type { CoreActivities, SourceActivities, ProvisioningActivities, TargetActivities } from './contract';
export { createCoreActivities } from './core';
export type { ApprovalTokens, CoreDesk, TokenClaims, TokenToIssue } from './core-desk';
export type { ChannelDesk, ChannelEntry } from './channel-desk';
export { createTargetActivities } from './target';
export { createSourceActivities, type SourceDesk } from './hr-records';
export { Breaker } from './breaker';
export { fingerprintOf, type TargetDesk } from './target-run';
export { Turn } from './turn';
