import { condition } from '@temporalio/workflow';
import { tally, type Decision, type Verdict } from '../domain/approval';
import type { ApprovalProgress } from '../domain/flow';
import type { GrantPlan } from '../domain/change';
import type { RemovalPlan } from '../domain/removal';
import type { Approvers } from '../domain/settings';

/** What a round of asking is about. */
export interface RoundToDecide<Plan> {
  readonly plan: Plan;
  readonly planHash: string;
  readonly deadline: string;
  readonly approvers: Approvers;
  /** Who may not decide: the requester and the person concerned. */
  readonly excluded: readonly string[];
}

/** One plan before people: published, decided by its hash, or left unanswered until its deadline. */
export class Round<Plan extends RemovalPlan | GrantPlan = RemovalPlan | GrantPlan> {
  readonly #decisions: { readonly decision: Decision; readonly at: string }[] = [];
  state: 'open' | 'approved' | 'rejected' | 'expired' | 'voided' = 'open';

  readonly plan: Plan;
  readonly planHash: string;
  readonly deadline: string;
  readonly approvers: Approvers;
  readonly #excluded: readonly string[];

  constructor({ plan, planHash, deadline, approvers, excluded }: RoundToDecide<Plan>) {
    this.plan = plan;
    this.planHash = planHash;
    this.deadline = deadline;
    this.approvers = approvers;
    this.#excluded = excluded;
  }

  /** Adds one established decision; the answer says whether it counts. */
  decide(decision: Decision): { readonly counted: boolean; readonly why?: string } {
    if (this.state !== 'open') return { counted: false, why: `this plan is ${this.state} already` };
    this.#decisions.push({ decision, at: new Date().toISOString() });
    const verdict = this.verdict();
    if (verdict.state !== 'open') this.state = verdict.state;
    return verdict.counted.at(-1) ?? { counted: false };
  }

  void(): void {
    if (this.state === 'open' || this.state === 'approved') this.state = 'voided';
  }

  /** Silence never deletes and never grants: no answer by the deadline is its own kind of end. */
  async untilDecided(stopped: () => boolean): Promise<void> {
    const left = Math.max(1, Date.parse(this.deadline) - Date.now());
    const answered = await condition(() => this.state !== 'open' || stopped(), left, {
      summary: 'Wait for the decision on the plan',
    });
    if (this.state !== 'open') return;
    this.state = answered ? 'voided' : 'expired';
  }

  get progress(): ApprovalProgress {
    const { counted } = this.verdict();
    return {
      planHash: this.planHash,
      deadline: this.deadline,
      plan: this.plan,
      approvers: this.approvers,
      decisions: this.#decisions.map(({ decision, at }, index) => ({
        by: decision.sender.name,
        strength: decision.sender.strength,
        approved: decision.approved,
        reason: decision.reason,
        at,
        counted: counted[index]?.counted ?? false,
        ...(counted[index]?.why === undefined ? {} : { why: counted[index].why }),
      })),
    };
  }

  private verdict(): Verdict {
    return tally({
      decisions: this.#decisions.map(({ decision }) => decision),
      approvers: this.approvers,
      excluded: this.#excluded,
    });
  }
}

export type RemovalRound = Round<RemovalPlan>;
export type GrantRound = Round<GrantPlan>;
