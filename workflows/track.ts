import type { AccountId, BeforeImage, Grant } from '../domain/account';
import type {
  DisableReport,
  DrainInput,
  DrainReport,
  KnownAccount,
  StepInput,
  StripReport,
} from '../domain/containment';
import { stepNames, type LeaverStepName, type StepName } from '../domain/flow';
import type { TargetAssignment } from '../domain/leaver';
import type { LeaverPolicy } from '../domain/settings';
import type { Step } from './step';
import { StepTrack, type TrackContext } from './step-track';

/** What containment needs of its flow besides. */
export interface ContainmentContext extends TrackContext {
  readonly policy: LeaverPolicy;
  /** Resolves once every target has looked for accounts; true when at least one target found any. */
  readonly anyoneFound: () => Promise<boolean>;
  /** A suspension disables and drains; nothing is stripped. */
  readonly keepsEntitlements?: boolean;
  /** A mover contains only the accounts that policy gives no more. */
  readonly onlyUsernames?: readonly string[];
}

/** One target's way through containment and deletion. */
export class Track extends StepTrack<LeaverStepName, ContainmentContext> {
  accounts: readonly KnownAccount[] = [];
  /** Found and left enabled: the last administrators of a group here. */
  spared: readonly KnownAccount[] = [];
  before: Record<AccountId, BeforeImage> = {};
  removed: Record<AccountId, readonly Grant[]> = {};
  deletion: 'permanent' | 'disables' = 'permanent';
  lostOnDelete = '';
  /** Found out whether anybody's accounts are here. */
  searched = false;
  /** A deletion is still to be asked for, decided or carried out here. */
  deletionDue = false;

  constructor(assignment: TargetAssignment, context: ContainmentContext) {
    super(assignment, context, stepNames);
  }

  /** Disable, strip, drain; begun again whenever a person or the vendor gives a reason, until nothing is open. */
  async contain(): Promise<void> {
    await this.passUntilSettled();
  }

  override input(step: Step): StepInput {
    const { onlyUsernames } = this.context;
    return { ...super.input(step), ...(onlyUsernames === undefined ? {} : { onlyUsernames }) };
  }

  /** A deletion that runs goes on while the account is contained once more. */
  protected override restarts(name: StepName): boolean {
    return name !== 'deleteAccounts';
  }

  protected async pass(): Promise<void> {
    await this.disable();
    this.searched = true;
    this.context.changed();
    if (this.beginsAgain || (await this.foundNobody())) return;
    if (this.steps.disableAccounts.outcome === 'observed') return;
    // Every step is tried even when an earlier one was refused: an account that cannot be disabled still loses the rest.
    await this.strip();
    if (!this.beginsAgain) await this.drain();
  }

  private async disable(): Promise<void> {
    const step = this.steps.disableAccounts;
    if (step.skippedBecause !== undefined) return;
    const report = await this.run<DisableReport>('disableAccounts', () =>
      this.change('Find and disable the accounts').disableAccounts({ ...this.input(step), before: this.before }),
    );
    if (report === undefined) return;
    this.accounts = report.accounts;
    this.spared = report.spared ?? [];
    this.before = { ...report.before, ...this.before };
    this.deletion = report.deletion;
    this.lostOnDelete = report.lostOnDelete;
    if (report.outcome === 'observed') this.showObserved(report);
  }

  private showObserved(report: DisableReport): void {
    this.steps.stripEntitlements.show('observed', report.wouldStrip?.join(', ') || 'nothing to take away');
    this.steps.drainSessions.show('observed', report.wouldEnd?.join(', ') || 'nothing to end');
  }

  /** No account here: proven only when the person has one somewhere; else a person has to look at the keys. */
  private async foundNobody(): Promise<boolean> {
    const step = this.steps.disableAccounts;
    if (step.outcome !== 'no-account-found') return false;
    for (const name of ['stripEntitlements', 'drainSessions'] as const) this.steps[name].show('no-account-found');
    this.context.changed();
    if (await this.context.anyoneFound()) return true;
    if (step.skippedBecause === undefined && step.outcome === 'no-account-found') {
      step.parked = {
        reason: 'no-account-found',
        detail: `no target has an account of this person; keys tried here: ${step.detail ?? 'none'}`,
        advice:
          'Check the user name and e-mail that HR sent; link the account with tenure link and resolve with retry, or skip with a reason.',
      };
      step.show('parked', step.parked.detail);
      this.context.changed();
    }
    return true;
  }

  private async strip(): Promise<void> {
    const step = this.steps.stripEntitlements;
    if (this.context.keepsEntitlements === true) return;
    if (this.accounts.length === 0 || step.skippedBecause !== undefined) return;
    const report = await this.run<StripReport>('stripEntitlements', () =>
      this.change('Take away groups, roles and direct grants').stripEntitlements({
        ...this.input(step),
        accounts: this.accounts,
        ...this.withSpared(),
        before: this.before,
      }),
    );
    for (const [id, grants] of Object.entries(report?.removed ?? {}))
      this.removed[id] = [...(this.removed[id] ?? []), ...grants];
  }

  private async drain(): Promise<void> {
    const step = this.steps.drainSessions;
    let pastDeadline = false;
    while (this.accounts.length > 0 && step.skippedBecause === undefined && !this.beginsAgain) {
      const report = await this.run<DrainReport>('drainSessions', () =>
        this.change('End sessions, checkouts and credentials, and watch that none comes back').drainSessions({
          ...this.input(step),
          accounts: this.accounts,
          ...this.withSpared(),
          sessions: this.context.policy.sessions,
          pastDeadline,
          ...this.undone(),
        }),
      );
      if (report?.reopened !== undefined) this.beginsAgain = true;
      if (report?.outcome !== 'residual-sessions') return;
      pastDeadline = true; // shown and escalated; polling goes on and clears it by itself
    }
  }

  private withSpared(): Pick<StepInput, 'spared'> {
    return this.spared.length === 0 ? {} : { spared: this.spared };
  }

  private undone(): Pick<DrainInput, 'undone'> {
    const isUndone = ({ parked, skippedBecause }: Step) => parked !== undefined || skippedBecause !== undefined;
    const { disableAccounts, stripEntitlements } = this.steps;
    const undone = [
      ...(isUndone(disableAccounts) ? (['disable'] as const) : []),
      ...(isUndone(stripEntitlements) || this.context.keepsEntitlements === true ? (['strip'] as const) : []),
    ];
    return undone.length === 0 ? {} : { undone };
  }

  /** Nothing is left to do here in this flow. */
  override get finished(): boolean {
    return this.settled && !this.deletionDue;
  }

  /** Disabled, stripped and clean, all proven: what a deletion needs. */
  get contained(): boolean {
    const { disableAccounts, stripEntitlements, drainSessions } = this.steps;
    return (
      this.settled &&
      this.accounts.length > 0 &&
      ['done', 'already', 'done-on-retry'].includes(disableAccounts.outcome) &&
      ['done', 'already', 'done-on-retry', 'unsupported', 'owned-by-directory'].includes(stripEntitlements.outcome) &&
      ['clean', 'unsupported'].includes(drainSessions.outcome)
    );
  }
}
