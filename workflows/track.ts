import { condition } from '@temporalio/workflow';
import type { AccountId, BeforeImage, Grant } from '../domain/account';
import type {
  DisableReport,
  DrainInput,
  DrainReport,
  KnownAccount,
  Parked,
  StepInput,
  StepReport,
  StripReport,
} from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import { stepNames, type LeaverStepName, type TargetProgress } from '../domain/flow';
import type { TargetAssignment } from '../domain/leaver';
import type { Person } from '../domain/person';
import type { LeaverPolicy } from '../domain/settings';
import { changeOn, core } from './proxies';
import { Step } from './step';

/** What a track needs of its flow. */
export interface TrackContext {
  readonly person: Person;
  readonly urgent: () => boolean;
  readonly policy: LeaverPolicy;
  readonly note: (evidence: readonly EvidenceDraft[]) => void;
  readonly changed: () => void;
  /** Resolves once every target has looked for accounts; true when at least one target found any. */
  readonly anyoneFound: () => Promise<boolean>;
}

/** One target's way through containment and deletion; others never wait for it. */
export class Track {
  readonly id: string;
  readonly steps: Readonly<Record<LeaverStepName, Step>>;
  readonly handOver = new Set<string>();
  accounts: readonly KnownAccount[] = [];
  before: Record<AccountId, BeforeImage> = {};
  removed: Record<AccountId, readonly Grant[]> = {};
  deletion: 'permanent' | 'disables' = 'permanent';
  lostOnDelete = '';
  /** Found out whether anybody's accounts are here. */
  searched = false;
  /** Every containment step has a proven outcome or a person's word. */
  settled = false;
  /** A deletion is still to be asked for, decided or carried out here. */
  deletionDue = false;
  #again = false;
  #askedByPerson = false;
  #links: Pick<TargetAssignment, 'links' | 'notTheirs' | 'linkedToOthers'>;
  readonly #releasedBy = new Set<string>();

  constructor(
    readonly assignment: TargetAssignment,
    private readonly context: TrackContext,
  ) {
    this.id = assignment.settings.id;
    this.#links = assignment;
    this.steps = {
      disableAccounts: new Step('disableAccounts'),
      stripEntitlements: new Step('stripEntitlements'),
      drainSessions: new Step('drainSessions'),
      deleteAccounts: new Step('deleteAccounts'),
    };
  }

  /** Disable, strip, drain; begun again whenever a person or the vendor gives a reason, until nothing is open. */
  async contain(): Promise<void> {
    this.settled = false;
    do {
      this.#again = false;
      await this.heedNewLinks();
      await this.pass();
      await condition(() => this.#again || this.parkedSteps().length === 0);
    } while (this.#again);
    this.settled = true;
    this.context.changed();
  }

  /** `tenure link|unlink` comes before a person's retry: whose an account is has to be read again. */
  private async heedNewLinks(): Promise<void> {
    if (!this.#askedByPerson) return;
    this.#askedByPerson = false;
    const assignments = await core.assignTargets({ person: this.context.person });
    this.#links = assignments.find(({ settings }) => settings.id === this.id) ?? this.#links;
  }

  private async pass(): Promise<void> {
    await this.disable();
    this.searched = true;
    this.context.changed();
    if (this.#again || (await this.foundNobody())) return;
    if (this.steps.disableAccounts.outcome === 'observed') return;
    // Every step is tried even when an earlier one was refused: an account that cannot be disabled still loses the rest.
    await this.strip();
    if (!this.#again) await this.drain();
  }

  private async disable(): Promise<void> {
    const step = this.steps.disableAccounts;
    if (step.skippedBecause !== undefined) return;
    const report = await this.run<DisableReport>('disableAccounts', () =>
      this.change('Find and disable the accounts').disableAccounts({ ...this.input(step), before: this.before }),
    );
    if (report === undefined) return;
    this.accounts = report.accounts;
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
    if (this.accounts.length === 0 || step.skippedBecause !== undefined) return;
    const report = await this.run<StripReport>('stripEntitlements', () =>
      this.change('Take away groups, roles and direct grants').stripEntitlements({
        ...this.input(step),
        accounts: this.accounts,
        before: this.before,
      }),
    );
    for (const [id, grants] of Object.entries(report?.removed ?? {}))
      this.removed[id] = [...(this.removed[id] ?? []), ...grants];
  }

  private async drain(): Promise<void> {
    const step = this.steps.drainSessions;
    let pastDeadline = false;
    while (this.accounts.length > 0 && step.skippedBecause === undefined && !this.#again) {
      const report = await this.run<DrainReport>('drainSessions', () =>
        this.change('End sessions, checkouts and credentials, and watch that none comes back').drainSessions({
          ...this.input(step),
          accounts: this.accounts,
          sessions: this.context.policy.sessions,
          pastDeadline,
          ...this.undone(),
        }),
      );
      if (report?.reopened !== undefined) this.#again = true;
      if (report?.outcome !== 'residual-sessions') return;
      pastDeadline = true; // shown and escalated; polling goes on and clears it by itself
    }
  }

  private undone(): Pick<DrainInput, 'undone'> {
    const isUndone = ({ parked, skippedBecause }: Step) => parked !== undefined || skippedBecause !== undefined;
    const { disableAccounts, stripEntitlements } = this.steps;
    const undone = [
      ...(isUndone(disableAccounts) ? (['disable'] as const) : []),
      ...(isUndone(stripEntitlements) ? (['strip'] as const) : []),
    ];
    return undone.length === 0 ? {} : { undone };
  }

  /** Runs a step, keeps its evidence and hand-overs, and lets the flow show it. */
  async run<Report extends StepReport>(
    name: LeaverStepName,
    attempt: () => Promise<Report>,
  ): Promise<Report | undefined> {
    const step = this.steps[name];
    const running = step.run(attempt);
    this.context.changed();
    const report = await running;
    if (report !== undefined) {
      this.context.note(report.evidence);
      for (const item of report.handOver ?? []) this.handOver.add(item);
    }
    this.context.changed();
    return report;
  }

  change(summary: string) {
    return changeOn({ target: this.id, urgent: this.context.urgent(), summary: `${summary} on ${this.id}` });
  }

  input(step: Step): StepInput {
    const { settings, protectedUsernames } = this.assignment;
    const { links, notTheirs, linkedToOthers } = this.#links;
    return {
      target: this.id,
      person: this.context.person,
      mode: settings.mode,
      links,
      notTheirs,
      linkedToOthers,
      protectedUsernames,
      ...(this.#releasedBy.size >= 2 ? { protectionReleased: true } : {}),
      ...(step.cutOff ? { ranBefore: true, askedByPerson: true } : {}),
    };
  }

  /** A person's `resolve`; the answer says what it led to. */
  resolve({
    step: only,
    action,
    by,
    reason,
  }: {
    step: string | undefined;
    action: 'retry' | 'skip';
    by: string;
    reason: string;
  }): string {
    const open = stepNames
      .map((name) => this.steps[name])
      .filter((step) => (only === undefined ? isOpen(step) : step.name === only && isOpen(step)));
    if (open.length === 0)
      return `nothing to resolve on ${this.id}: no step${only === undefined ? '' : ` ${only}`} is parked or waiting`;
    if (action === 'skip') {
      for (const step of open) step.skip(`skipped by ${by}: ${reason}`);
      this.context.changed();
      return `skipped ${open.map((step) => step.name).join(', ')} on ${this.id}`;
    }
    if (open.some((step) => step.parked?.reason === 'protected')) {
      this.#releasedBy.add(by.toLowerCase());
      if (this.#releasedBy.size < 2)
        return `${by} released the protected account on ${this.id}; one more person has to`;
    }
    this.again();
    return `began ${open.map((step) => step.name).join(', ')} on ${this.id} again`;
  }

  /** Starts the track over; running attempts are cut off first. */
  again(): void {
    this.#again = true;
    this.#askedByPerson = true;
    for (const name of stepNames) {
      const step = this.steps[name];
      if (step.parked !== undefined) {
        step.parked = undefined;
        step.cutOff = true;
        step.show('pending', 'begun again by a person');
      }
      if (name !== 'deleteAccounts') step.interrupt();
    }
    this.context.changed();
  }

  parkedSteps(): readonly { readonly name: LeaverStepName; readonly parked: Parked }[] {
    return stepNames.flatMap((name) => {
      const parked = this.steps[name].parked;
      return parked === undefined ? [] : [{ name, parked }];
    });
  }

  /** Something here stands still until a person or the vendor moves. */
  get isBlocked(): boolean {
    return stepNames.some((name) => ['parked', 'waiting', 'residual-sessions'].includes(this.steps[name].outcome));
  }

  /** Nothing is left to do here in this flow. */
  get finished(): boolean {
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

  get progress(): TargetProgress {
    return {
      id: this.id,
      steps: stepNames.map((name) => {
        const { outcome, at, detail } = this.steps[name];
        return { name, outcome, ...(at === undefined ? {} : { at }), ...(detail === undefined ? {} : { detail }) };
      }),
    };
  }
}

function isOpen(step: Step): boolean {
  return step.parked !== undefined || step.isRunning;
}
