export type { CoreActivities, TargetActivities } from './contract';
