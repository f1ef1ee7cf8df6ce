export const bareQueue = 'bare';

export function bareTargetQueue(target: string): string {
  return `bare-target-${target}`;
}

interface Step {
  readonly personId: string;
}

export interface BareActivities {
  disableAccounts(step: Step): Promise<void>;
  stripEntitlements(step: Step): Promise<void>;
  drainSessions(step: Step): Promise<void>;
}
