import { condition } from '@temporalio/workflow';
import type { AccountId, BeforeImage, Entitlement, Grant } from '../domain/account';
import { movesOf, without, type DesiredGrant } from '../domain/access';
import type { AccessAssignment, AccessPlan, PlannedGrant } from '../domain/change';
import { changeStepNames, type TargetProgress } from '../domain/flow';
import type {
  GrantReport,
  ProvisionCutOff,
  ProvisionedAccount,
  ProvisionReport,
  RevokeReport,
} from '../domain/provisioning';
import { StepTrack, type TrackContext } from './step-track';

type Name = (typeof changeStepNames)[number];

/** What a joiner or mover lets its tracks know. */
export interface AccessContext extends TrackContext {
  readonly plan: AccessPlan;
  readonly purpose: 'joiner' | 'mover';
  /** Resolves once the targets of the same system before this one have their accounts: the same account is made once. */
  readonly myTurn: (track: AccessTrack) => Promise<void>;
  /** Resolves when people decided on the privileged entitlements; true when they may be granted. */
  readonly privilegesDecided: () => Promise<boolean>;
  /** Resolves when what is lost is not kept any longer beside what is gained. */
  readonly overlapOver: () => Promise<void>;
  /** A joiner's lead: accounts are made and granted, and stay disabled for now. */
  readonly isLead: () => boolean;
}

type Includes = (username: string, grant: DesiredGrant) => boolean;

/** One target's way to what policy gives: accounts, entitlements, and away with what it gives no more. */
export class AccessTrack extends StepTrack<Name, AccessContext> {
  accounts: readonly ProvisionedAccount[] = [];
  before: Record<AccountId, BeforeImage> = {};
  granted: Record<AccountId, readonly Entitlement[]> = {};
  removed: Record<AccountId, readonly Grant[]> = {};
  readonly unmanaged = new Set<string>();
  /** User names that nobody had when their creation began: an account of such a name is ours. */
  readonly #absentBefore = new Set<string>();
  /** The accounts are there, or nobody will make them: siblings of the system may go on. */
  provisioned = false;
  /** A step has begun: something may have been changed. */
  began = false;
  /** Why this target gives nothing to accounts that are disabled. */
  #grantsNeedEnabled: string | undefined;
  /** This pass has tried to enable what waited for the first day. */
  #triedToEnable = false;
  private withdrawing = false;
  readonly #lost: Readonly<Record<string, readonly DesiredGrant[]>>;

  constructor(
    override readonly assignment: AccessAssignment,
    context: AccessContext,
  ) {
    super(assignment, context, changeStepNames);
    this.#lost = movesOf(assignment.desired, assignment.previously).lost;
  }

  async advance(): Promise<void> {
    await this.passUntilSettled();
  }

  /** The undo of all that was done here; nothing is deleted. */
  async withdraw(): Promise<void> {
    if (!this.began) return;
    this.withdrawing = true;
    this.givenUp = false;
    await this.passUntilSettled();
  }

  /** Privileged entitlements that people have to approve: those that nobody approved before. */
  get privileged(): readonly PlannedGrant[] {
    return this.assignment.privileged ?? this.notGivenBefore;
  }

  /** What an older version asked for, whose plans do not say it: flows of it may be in flight. */
  private get notGivenBefore(): readonly PlannedGrant[] {
    const { desired, previously, settings } = this.assignment;
    const had = previously.flatMap(({ grants }) => grants);
    return desired.flatMap(({ username, grants }) =>
      without(
        grants.filter((grant) => grant.privileged),
        had,
      ).map(({ kind, name, because, until }) => ({
        target: settings.id,
        account: username,
        kind,
        name,
        because,
        ...(until === undefined ? {} : { until }),
      })),
    );
  }

  /** What this target is to go through; what only an undo would do shows once there is one. */
  override get progress(): TargetProgress {
    const { id, steps } = super.progress;
    return { id, steps: steps.filter(({ name, outcome }) => outcome !== 'pending' || this.#foresees(name as Name)) };
  }

  #foresees(name: Name): boolean {
    if (name === 'provisionAccounts') return true;
    if (name === 'grantEntitlements') return this.assignment.desired.some(({ grants }) => grants.length > 0);
    if (name === 'revokeEntitlements') return this.#losesSomething;
    return this.withdrawing;
  }

  get #losesSomething(): boolean {
    return Object.values(this.#lost).some((grants) => grants.length > 0);
  }

  protected async pass(): Promise<void> {
    if (this.withdrawing) return await this.passBack();
    this.#triedToEnable = false;
    await this.context.myTurn(this);
    const isProvisioned = await this.provision();
    if (!isProvisioned || this.beginsAgain) return;
    if (this.isClosed && this.#grantsNeedEnabled !== undefined) await this.enableOnFirstDay();
    if (this.beginsAgain) return;
    await this.grant((username, grant) => !this.asksFor(username, grant), 'Grant what policy gives');
    if (this.privileged.length > 0 && !this.beginsAgain) await this.grantPrivileged();
    if (this.#losesSomething && !this.beginsAgain) await this.revoke();
    if (this.isClosed && !this.beginsAgain) await this.enableOnFirstDay();
  }

  /** Accounts here wait disabled for the first day. */
  get isClosed(): boolean {
    return this.accounts.some((account) => account.staysDisabled === true);
  }

  private async enableOnFirstDay(): Promise<void> {
    await this.enableWhile(() => this.isClosed && !this.#triedToEnable);
  }

  /** Whatever is waited for, the first day is not missed; giving up and a person's retry end the wait. */
  private async enableWhile(waits: () => boolean): Promise<void> {
    const goesOn = () => waits() && !this.givenUp && !this.beginsAgain;
    const isDue = () => this.isClosed && !this.#triedToEnable && !this.context.isLead();
    for (;;) {
      await condition(() => !goesOn() || isDue());
      if (!goesOn()) return;
      this.#triedToEnable = true;
      // A skip during the lead was said of making the accounts.
      this.steps.provisionAccounts.skippedBecause = undefined;
      await this.provision();
    }
  }

  /** The same with a wait that others end; without a lead it is only waited. */
  private async enableUntil(others: Promise<unknown>): Promise<void> {
    let isOver = false;
    void others.then(() => (isOver = true));
    await this.enableWhile(() => !isOver);
  }

  private asksFor(username: string, { kind, name }: DesiredGrant): boolean {
    return this.privileged.some((one) => one.account === username && one.kind === kind && one.name === name);
  }

  /** Policy may give names that correlation does not look for. */
  protected override get alsoNamed(): readonly string[] {
    const { desired, previously } = this.assignment;
    return [...desired, ...previously].map(({ username }) => username);
  }

  /** False when there is nothing to go on with: parked, skipped, cut off or only observed. */
  private async provision(): Promise<boolean> {
    const step = this.steps.provisionAccounts;
    if (step.skippedBecause !== undefined || this.givenUp) return this.accounts.length > 0;
    this.began = true; // from here on an undo has to look: the answer may be lost
    const isLead = this.context.isLead();
    if (!isLead) this.willEnable();
    const report = await this.run<ProvisionReport>('provisionAccounts', () =>
      this.change(this.whatProvisioningIs(isLead)).provisionAccounts({
        ...this.input(step),
        desired: this.assignment.desired,
        renames: this.context.plan.renamesAccounts,
        purpose: this.context.purpose,
        before: this.before,
        ...(this.accounts.length === 0 ? {} : { known: this.accounts }),
        ...(step.begun === undefined ? {} : { begun: step.begun as ProvisionCutOff }),
        ...(isLead ? { staysDisabled: true } : {}),
      }),
    );
    const begun = step.begun as Partial<ProvisionCutOff> | undefined;
    for (const name of [...(report?.absentBefore ?? []), ...Object.keys(begun?.creating ?? {})])
      this.#absentBefore.add(name);
    if (report === undefined) return false;
    this.accounts = report.accounts.length > 0 ? report.accounts : this.accounts;
    this.before = { ...this.before, ...report.before };
    this.#grantsNeedEnabled = report.grantsNeedEnabled;
    if (isLead) this.nameEarlyOnes(report);
    this.provisioned = true;
    this.context.changed();
    return report.outcome !== 'observed' && this.accounts.length > 0;
  }

  /** From here on an undo has to disable what waited for the first day: the answer may be lost. */
  private willEnable(): void {
    const wasDisabled = ({ id }: ProvisionedAccount) => this.before[id]?.account.enabled === false;
    this.accounts = this.accounts.map((one) =>
      one.staysDisabled === true && wasDisabled(one) ? { ...one, enabledHere: true } : one,
    );
  }

  private whatProvisioningIs(isLead: boolean): string {
    if (isLead) return 'Find, make and describe the accounts, disabled until the first day,';
    return this.isClosed ? 'Enable the accounts on the first day' : 'Find, make and describe the accounts';
  }

  /** A worker of an older version knows of no lead and enables at once; nobody must take that for as ordered. */
  private nameEarlyOnes({ accounts, parked }: ProvisionReport): void {
    if (parked !== undefined) return;
    for (const { username, how, staysDisabled } of accounts)
      if (how === 'created' && staysDisabled === undefined)
        this.handOver.add(
          `${username} is enabled before the first day: the worker of this target is older than the lead. ` +
            'Disable the account until then, or leave it, and bring the worker up to date.',
        );
  }

  private async grantPrivileged(): Promise<void> {
    const step = this.steps.grantEntitlements;
    if (step.parked !== undefined) return; // first a person has to look at the plain ones
    const decided = this.context.privilegesDecided();
    if (this.isClosed) await this.enableUntil(decided);
    if (this.beginsAgain) return;
    const approved = await decided;
    if (this.givenUp || this.beginsAgain) return;
    if (approved) await this.grant(() => true, 'Grant the approved privileged entitlements');
    else this.handOver.add('privileged entitlements were not approved, so they were not granted');
  }

  private async grant(includes: Includes, summary: string): Promise<void> {
    const step = this.steps.grantEntitlements;
    if (step.skippedBecause !== undefined) return;
    const wanted = this.wanted(includes);
    if (Object.values(wanted).every((grants) => grants.length === 0)) return;
    const report = await this.run<GrantReport>('grantEntitlements', () =>
      this.change(summary).grantEntitlements({ ...this.input(step), accounts: this.accounts, wanted }),
    );
    const { granted } = report ?? (step.begun as Partial<GrantReport> | undefined) ?? {};
    for (const [id, entitlements] of Object.entries(granted ?? {}))
      this.granted[id] = [...(this.granted[id] ?? []), ...entitlements];
  }

  private wanted(includes: Includes): Record<string, readonly DesiredGrant[]> {
    return Object.fromEntries(
      this.assignment.desired.map(({ username, grants }) => [
        username,
        grants.filter((grant) => includes(username, grant)),
      ]),
    );
  }

  private async revoke(): Promise<void> {
    const overlapOver = this.context.overlapOver();
    if (this.isClosed) await this.enableUntil(overlapOver);
    if (this.beginsAgain) return;
    await overlapOver;
    const step = this.steps.revokeEntitlements;
    if (step.skippedBecause !== undefined || this.givenUp || this.beginsAgain) return;
    const report = await this.run<RevokeReport>('revokeEntitlements', () =>
      this.change('Take away what policy gives no more').revokeEntitlements({
        ...this.input(step),
        accounts: this.accounts,
        lost: this.#lost,
        kept: this.wanted((username, grant) => !this.asksFor(username, grant)),
      }),
    );
    const { removed } = report ?? (step.begun as Partial<RevokeReport> | undefined) ?? {};
    for (const [id, grants] of Object.entries(removed ?? {}))
      this.removed[id] = [...(this.removed[id] ?? []), ...grants];
    for (const one of report?.unmanaged ?? []) this.unmanaged.add(one);
  }

  /** What was taken away is given back, then what was given is taken away and what was made is disabled. */
  private async passBack(): Promise<void> {
    const taken = this.accounts.filter(({ id }) => (this.removed[id] ?? []).length > 0);
    const restore = this.steps.restoreAccounts;
    if (taken.length > 0 && restore.skippedBecause === undefined) {
      await this.run('restoreAccounts', () =>
        this.change('Give back what was taken away').restoreAccounts({
          ...this.input(restore),
          accounts: taken.map(({ id, username }) => ({
            id,
            username,
            removed: this.removed[id] ?? [],
            lost: [],
            ...(this.before[id] === undefined ? {} : { before: this.before[id] }),
          })),
        }),
      );
    }
    const withdraw = this.steps.withdrawAccounts;
    if (withdraw.skippedBecause !== undefined) return;
    await this.run('withdrawAccounts', () =>
      this.change('Disable what was made and take back what was given and changed').withdrawAccounts({
        ...this.input(withdraw),
        intended: this.assignment.desired.map(({ username }) => username),
        absentBefore: [...this.#absentBefore],
        accounts: this.accounts,
        granted: this.granted,
        before: this.before,
      }),
    );
  }
}
