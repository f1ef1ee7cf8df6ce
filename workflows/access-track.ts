import type { AccountId, BeforeImage, Entitlement, Grant } from '../domain/account';
import { movesOf, without, type DesiredGrant } from '../domain/access';
import type { AccessAssignment, AccessPlan, PlannedGrant } from '../domain/change';
import type {
  GrantReport,
  ProvisionCutOff,
  ProvisionedAccount,
  ProvisionReport,
  RevokeReport,
} from '../domain/provisioning';
import { StepTrack, type TrackContext } from './step-track';

const names = [
  'provisionAccounts',
  'grantEntitlements',
  'revokeEntitlements',
  'withdrawAccounts',
  'restoreAccounts',
] as const;
type Name = (typeof names)[number];

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
  private withdrawing = false;
  readonly #lost: Readonly<Record<string, readonly DesiredGrant[]>>;

  constructor(
    override readonly assignment: AccessAssignment,
    context: AccessContext,
  ) {
    super(assignment, context, names);
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

  protected async pass(): Promise<void> {
    if (this.withdrawing) return await this.passBack();
    await this.context.myTurn(this);
    const isProvisioned = await this.provision();
    if (!isProvisioned || this.beginsAgain) return;
    await this.grant((username, grant) => !this.asksFor(username, grant), 'Grant what policy gives');
    if (this.privileged.length > 0 && !this.beginsAgain) await this.grantPrivileged();
    if (Object.values(this.#lost).some((grants) => grants.length > 0) && !this.beginsAgain) await this.revoke();
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
    const report = await this.run<ProvisionReport>('provisionAccounts', () =>
      this.change('Find, make and describe the accounts').provisionAccounts({
        ...this.input(step),
        desired: this.assignment.desired,
        renames: this.context.plan.renamesAccounts,
        purpose: this.context.purpose,
        before: this.before,
        ...(this.accounts.length === 0 ? {} : { known: this.accounts }),
        ...(step.begun === undefined ? {} : { begun: step.begun as ProvisionCutOff }),
      }),
    );
    const begun = step.begun as Partial<ProvisionCutOff> | undefined;
    for (const name of [...(report?.absentBefore ?? []), ...Object.keys(begun?.creating ?? {})])
      this.#absentBefore.add(name);
    if (report === undefined) return false;
    this.accounts = report.accounts.length > 0 ? report.accounts : this.accounts;
    this.before = { ...report.before, ...this.before };
    this.provisioned = true;
    this.context.changed();
    return report.outcome !== 'observed' && this.accounts.length > 0;
  }

  private async grantPrivileged(): Promise<void> {
    const step = this.steps.grantEntitlements;
    if (step.parked !== undefined) return; // first a person has to look at the plain ones
    const approved = await this.context.privilegesDecided();
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
    await this.context.overlapOver();
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
      this.change('Disable what was made and take away what was given').withdrawAccounts({
        ...this.input(withdraw),
        intended: this.assignment.desired.map(({ username }) => username),
        absentBefore: [...this.#absentBefore],
        accounts: this.accounts,
        granted: this.granted,
      }),
    );
  }
}
