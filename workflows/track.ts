import { condition, patched, workflowInfo } from '@temporalio/workflow';
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
import { core } from './proxies';
import type { Step } from './step';
import { StepTrack, type TrackContext } from './step-track';

/** What containment needs of its flow besides. */
export interface ContainmentContext extends TrackContext {
  readonly policy: LeaverPolicy;
  /** Whether "no account here" needs no person: at least one target has an account of theirs. */
  readonly someFound: () => boolean;
  /** Every target has looked for accounts. */
  readonly allSearched: () => boolean;
  /** A suspension disables and drains; nothing is stripped. */
  readonly keepsEntitlements?: boolean;
  /** A mover contains only the accounts that policy gives no more. */
  readonly onlyUsernames?: readonly string[];
}

/** Something is gone for good, or the vendor did all that its delete means. */
export function isDeletion({ outcome }: Step): boolean {
  return ['done', 'already', 'done-on-retry', 'only-disabled'].includes(outcome);
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
  /** Nothing is changed here, only looked at: the worker or the configuration says so. */
  private observes = false;
  /** A deletion is still to be asked for, decided or carried out here. */
  deletionDue = false;

  constructor(assignment: TargetAssignment, context: ContainmentContext) {
    super(assignment, context, stepNames);
  }

  /** Disable, strip, drain; begun again whenever a person or the vendor gives a reason, until nothing is open. */
  async contain(): Promise<void> {
    await this.passUntilSettled();
  }

  /** Earlier versions asked what a disable had begun only here; now every step that is cut off is asked after (`Step`). */
  override async beforeResolve(): Promise<void> {
    if (!this.steps.disableAccounts.isRunning || patched('progress-before-cut-off')) return;
    const { workflowId, runId } = workflowInfo();
    const pending = await core.inspectPending({ workflowId, runId, withProgress: true });
    const here = pending.find(({ target, step }) => target === this.id && step === 'disableAccounts');
    this.keepImages(here?.progress);
  }

  private keepImages(progress: unknown): void {
    const { before = {} } = (progress ?? {}) as { readonly before?: Readonly<Record<AccountId, BeforeImage>> };
    this.before = { ...before, ...this.before };
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
    const { outcome, parked } = this.steps.disableAccounts;
    if (outcome === 'observed') return;
    // Parked for one account while only looking at all: the others are not to be changed either.
    if (this.observes && parked !== undefined && patched('observe-parked-stops')) return;
    // Every step is tried even when an earlier one was refused: an account that cannot be disabled still loses the rest.
    await this.strip();
    if (!this.beginsAgain) await this.drain();
  }

  private async disable(): Promise<void> {
    const step = this.steps.disableAccounts;
    if (step.skippedBecause !== undefined) return;
    const evidenced = new Set(Object.keys(this.before));
    // An account whose image is unknown may have been disabled by us: another look at it proves nothing.
    const isUnsure = this.accounts.some(({ id }) => this.before[id] === undefined);
    const report = await this.run<DisableReport>('disableAccounts', () =>
      this.change('Find and disable the accounts').disableAccounts({
        ...this.input(step),
        ...(isUnsure ? { ranBefore: true } : {}),
        before: this.before,
      }),
    );
    if (report === undefined) return this.disableCutOff(step, evidenced);
    this.accounts = report.accounts;
    this.spared = report.spared ?? [];
    this.before = { ...report.before, ...this.before };
    this.deletion = report.deletion;
    this.lostOnDelete = report.lostOnDelete;
    this.observes = report.outcome === 'observed';
    if (report.outcome === 'observed') this.showObserved(report);
  }

  /** Skipped or given up while it ran: it may have disabled what it had an image of, and nobody else will tell. */
  private disableCutOff({ begun, skippedBecause, detail }: Step, evidenced: ReadonlySet<AccountId>): void {
    this.keepImages(begun);
    if (skippedBecause === undefined && !this.givenUp) return;
    this.context.note(
      Object.entries(this.before)
        .filter(([id]) => !evidenced.has(id))
        .map(([id, before]) => ({
          kind: 'step',
          at: new Date().toISOString(),
          step: 'disableAccounts',
          outcome: skippedBecause === undefined ? 'cut-off' : 'skipped',
          target: this.id,
          system: this.assignment.settings.system,
          account: { id, username: before.account.username },
          before,
          detail: `${skippedBecause ?? detail ?? 'given up'}; it may have been disabled before it was cut off`,
        })),
    );
  }

  private showObserved(report: DisableReport): void {
    this.steps.stripEntitlements.show('observed', report.wouldStrip?.join(', ') || 'nothing to take away');
    this.steps.drainSessions.show('observed', report.wouldEnd?.join(', ') || 'nothing to end');
  }

  /** No account here: proven once the person has one somewhere; until then a person has to look at the keys. */
  private async foundNobody(): Promise<boolean> {
    const step = this.steps.disableAccounts;
    if (step.outcome !== 'no-account-found') return false;
    const { someFound, allSearched, changed } = this.context;
    const { detail: tried = 'none' } = step;
    for (const name of ['stripEntitlements', 'drainSessions'] as const) this.steps[name].show('no-account-found');
    changed();
    await condition(() => someFound() || allSearched() || this.beginsAgain || this.givenUp);
    if (someFound() || this.beginsAgain || this.givenUp) return true;
    step.park({
      reason: 'no-account-found',
      detail: `no target has an account of this person; keys tried here: ${tried}`,
      advice:
        'Check the user name and e-mail that HR sent; link the account on one target with tenure link and resolve with retry there: that settles the others. Or skip with a reason.',
    });
    changed();
    await condition(() => someFound() || step.parked === undefined);
    if (step.parked === undefined) return true; // a person's word came first
    step.parked = undefined;
    step.show('no-account-found', tried);
    changed();
    return true;
  }

  /** Whoever skips the search for accounts skips what was to be done with them. */
  protected override closeUntried(): void {
    const { disableAccounts, stripEntitlements, drainSessions } = this.steps;
    const why = disableAccounts.skippedBecause;
    if (why === undefined || this.accounts.length > 0) return; // what was spared is neither stripped nor drained
    for (const step of [stripEntitlements, drainSessions]) if (step.skippedBecause === undefined) step.skip(why);
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
    const { removed = {} } = report ?? (step.begun as Partial<StripReport> | undefined) ?? {};
    for (const [id, grants] of Object.entries(removed)) this.removed[id] = [...(this.removed[id] ?? []), ...grants];
    const isOver = step.skippedBecause !== undefined || this.givenUp;
    if (report === undefined && isOver && Object.keys(removed).length > 0 && patched('cut-off-strip-is-told'))
      this.noteStripped(step, removed);
  }

  /** Skipped or given up while it ran: what it had begun to take away, an undo has to know of. */
  private noteStripped({ skippedBecause, detail }: Step, removed: StripReport['removed']): void {
    const known = this.accounts.filter(({ id }) => removed[id] !== undefined);
    this.context.note(
      known.map((account) => ({
        kind: 'step',
        at: new Date().toISOString(),
        step: 'stripEntitlements',
        outcome: skippedBecause === undefined ? 'cut-off' : 'skipped',
        target: this.id,
        system: this.assignment.settings.system,
        account,
        data: { removed: removed[account.id] },
        detail: `${skippedBecause ?? detail ?? 'given up'}; this may have been taken away before it was cut off`,
      })),
    );
  }

  private async drain(): Promise<void> {
    const step = this.steps.drainSessions;
    let pastDeadline = false;
    let endedThings: DrainReport['endedThings'];
    while (this.accounts.length > 0 && step.skippedBecause === undefined && !this.beginsAgain) {
      const report = await this.run<DrainReport>('drainSessions', () =>
        this.change('End sessions, checkouts and credentials, and watch that none comes back').drainSessions({
          ...this.input(step),
          accounts: this.accounts,
          ...this.withSpared(),
          sessions: this.context.policy.sessions,
          pastDeadline,
          ...(endedThings === undefined ? {} : { endedThings }),
          ...this.undone(),
        }),
      );
      if (report?.reopened !== undefined) this.beginsAgain = true;
      if (report?.outcome !== 'residual-sessions') return;
      endedThings = report.endedThings;
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

  /** Some account of the person is here, if only one that stays as it is. */
  get foundSome(): boolean {
    return this.accounts.length + this.spared.length > 0;
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
