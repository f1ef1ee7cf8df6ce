import type { Grant } from './account';
import type { GrantPlan } from './change';

/** Exactly what a deletion would do; approved by the hash of its RFC 8785 JSON, for this run of this flow only. */
export interface RemovalPlan {
  readonly workflowId: string;
  readonly runId: string;
  readonly personId: string;
  /** Counts up when the world changed and Tenure asks again. */
  readonly round: number;
  readonly madeAt: string;
  readonly targets: readonly RemovalTarget[];
  /** Targets that are not part of this plan, and why; each gets a plan of its own when it is ready. */
  readonly notReady: readonly { readonly target: string; readonly why: string }[];
}
export interface RemovalTarget {
  readonly target: string;
  readonly system: string;
  /** What delete means here. */
  readonly deletion: 'permanent' | 'disables';
  readonly lost: string;
  readonly accounts: readonly RemovalAccount[];
}
export interface RemovalAccount {
  readonly id: string;
  readonly username: string;
  /** What the account held before containment; gone for good with a permanent delete. */
  readonly held: readonly Grant[];
}

/** What a plan would delete; nothing when it is about granting. */
export function removalTargets(plan: RemovalPlan | GrantPlan): readonly RemovalTarget[] {
  return 'targets' in plan ? plan.targets : [];
}
