export const bareQueue = 'bare';

export function bareTargetQueue(target: string): string {
  return `bare-target-${target}`;
}

interface Step {
  readonly personId: string;
}

/** The activities that Tenure has besides its steps. Here they do nothing: what they cost is what the shape costs. */
export interface BareBooks {
  takeEvent(): Promise<void>;
  plan(): Promise<void>;
  note(): Promise<void>;
  conclude(): Promise<void>;
}

export interface BareActivities {
  disableAccounts(step: Step): Promise<void>;
  stripEntitlements(step: Step): Promise<void>;
  drainSessions(step: Step): Promise<void>;
}
