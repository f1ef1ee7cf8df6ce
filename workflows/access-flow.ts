import { condition, patched } from '@temporalio/workflow';
import { movesOf } from '../domain/access';
import type { Grant } from '../domain/account';
import { describing, joining } from '../domain/event';
import type { AccessAssignment, AccessPlan, ApprovedGrants, ChangeRequest } from '../domain/change';
import type { Strength } from '../domain/flow';
import type { TimedEvent } from '../domain/leaver';
import type { Person } from '../domain/person';
import { AccessTrack } from './access-track';
import { ChangeFlow } from './change-flow';
import type { FoundLink } from './flow';
import type { HrAnswer } from './hr-desk';
import { keepClosed } from './lead';
import { core } from './proxies';
import { RestoreTrack } from './restore-track';
import { Round } from './round';
import { Track } from './track';

/** What joiner and mover share: both bring what is there to what policy gives. */
export class AccessFlow extends ChangeFlow {
  private plan: AccessPlan | undefined;
  private access: readonly AccessTrack[] = [];
  /** Accounts that policy gives no more, contained as a leaver's. */
  private dropped: readonly Track[] = [];
  private approved: Promise<boolean> = Promise.resolve(true);
  /** Not written into the store yet. */
  private justApproved: ApprovedGrants | undefined;

  constructor(
    private readonly purpose: 'joiner' | 'mover',
    request: ChangeRequest,
    cancelRequested: Promise<never>,
  ) {
    super(purpose, request, cancelRequested);
  }

  async planAccess(): Promise<AccessPlan | undefined> {
    const { request } = this.case;
    return await this.planned(() =>
      core.planAccess({
        kind: this.purpose,
        request: { ...request, cause: this.case.cause },
        ...this.case.releases,
      }),
    );
  }

  /** Every target on its own track, side by side, until each is settled. */
  async bringAbout(plan: AccessPlan): Promise<void> {
    this.plan = plan;
    this.case.reviewAt = plan.reviewAt;
    const context = {
      ...this.trackContext(),
      plan,
      purpose: this.purpose,
      myTurn: (track: AccessTrack) => this.turnOf(track),
      privilegesDecided: () => this.approved,
      overlapOver: () => this.overlapOver(plan),
      isLead: () => this.case.closedUntil !== undefined,
    };
    this.access = plan.targets.map((assignment) => new AccessTrack(assignment, context));
    this.dropped = plan.targets.flatMap((assignment) => this.containing(assignment, plan));
    this.enterChanging([...this.access, ...this.dropped]);
    void keepClosed(this);
    this.approved = this.askForPrivileges(plan);
    const losing = this.dropped.length > 0 ? this.containAfterOverlap(plan) : Promise.resolve();
    await Promise.all([...this.access.map((track) => track.advance()), losing]);
  }

  /** The same account is made once: targets of one system come one after the other. */
  private async turnOf(track: AccessTrack): Promise<void> {
    const { system } = track.assignment.settings;
    const earlier = this.access
      .slice(0, this.access.indexOf(track))
      .filter((one) => one.assignment.settings.system === system);
    await condition(() => track.givenUp || earlier.every((one) => one.provisioned || one.settled));
  }

  /** The tracks of accounts that nobody's policy gives any more on one target. */
  private containing(assignment: AccessAssignment, plan: AccessPlan): readonly Track[] {
    const { dropped } = movesOf(assignment.desired, assignment.previously);
    if (dropped.length === 0) return [];
    const onlyUsernames = assignment.desired.length === 0 ? undefined : dropped.map(({ username }) => username);
    const context = {
      ...this.trackContext(),
      policy: plan.policy,
      someFound: () => true, // an account that is not there needs no containing
      allSearched: () => true,
      ...(onlyUsernames === undefined ? {} : { onlyUsernames }),
    };
    return [new Track(assignment, context)];
  }

  private async containAfterOverlap(plan: AccessPlan): Promise<void> {
    await this.overlapOver(plan);
    if (this.case.isOver) return;
    await Promise.all(this.dropped.map((track) => track.contain()));
  }

  private async overlapOver({ overlapEndsAt }: AccessPlan): Promise<void> {
    const { case: flow, clock } = this;
    if (clock.hasCome(overlapEndsAt) || flow.isOver) return;
    flow.overlapEndsAt = overlapEndsAt;
    const isCutShort = await condition(() => flow.isOver, clock.until(overlapEndsAt), {
      summary: `Keep what is lost beside what is gained until ${overlapEndsAt}`,
    });
    if (!isCutShort) clock.tell(overlapEndsAt);
    flow.overlapEndsAt = undefined;
  }

  /** One plan for all privileged entitlements; everything else goes on meanwhile. */
  private async askForPrivileges(plan: AccessPlan): Promise<boolean> {
    const grants = this.access
      .filter(({ assignment }) => assignment.settings.mode !== 'observe')
      .flatMap((track) => track.privileged);
    if (grants.length === 0) return true;
    const { window, approvers } = plan.approval;
    const asked = await core.planGrants({ personId: this.personId, round: 1, grants, window });
    const round = new Round({ ...asked, approvers, excluded: this.excluded });
    this.case.rounds.push(round);
    const { planHash, deadline } = asked;
    this.case.phase = 'awaiting-approval';
    this.tell({
      kind: 'plan',
      outcome: 'asked',
      planHash,
      detail: `${grants.length} privileged entitlements: decide by ${deadline}`,
      data: asked.plan,
    });
    await round.untilDecided(() => this.case.isOver);
    this.case.phase = 'changing';
    const isApproved = round.state === 'approved';
    if (isApproved) this.justApproved = { planHash, grants, timeBoxes: plan.startWhenApproved ?? [] };
    this.tell({ kind: 'decision', step: 'grant-plan-1', outcome: round.state, planHash });
    return isApproved;
  }

  protected override takeApproved(): ApprovedGrants | undefined {
    const { justApproved } = this;
    this.justApproved = undefined;
    return justApproved;
  }

  /** Called off after it began: what was done is taken back, target by target; nothing is deleted. */
  async takeBack(): Promise<void> {
    const contained = this.dropped.filter((track) => this.mayHaveTaken(track)).map((track) => this.restoring(track));
    this.case.tracks = [...this.case.tracks, ...contained];
    await Promise.all([...this.access.map((track) => track.withdraw()), ...contained.map((track) => track.advance())]);
  }

  /** A disable that was cut off reported no accounts: what it had images of it may have disabled. */
  private mayHaveTaken({ accounts, before }: Track): boolean {
    if (accounts.length > 0) return true;
    return Object.keys(before).length > 0 && patched('cut-off-is-given-back');
  }

  private restoring({ assignment, accounts, before, removed }: Track): RestoreTrack {
    const unreported = Object.values(before)
      .map(({ account }) => account)
      .filter(({ id }) => !accounts.some((one) => one.id === id));
    const restorable = [...accounts, ...unreported].map(({ id, username }) => {
      const taken = removed[id] ?? [];
      // What the image shows may have been taken by a step that was cut off; what is held all the same is left.
      const held = (before[id]?.grants ?? []).filter((grant) => !taken.some((one) => isSame(one, grant)));
      return {
        id,
        username,
        removed: [...taken, ...held],
        lost: [],
        ...(before[id] === undefined ? {} : { before: before[id] }),
      };
    });
    return new RestoreTrack(assignment, restorable, this.trackContext());
  }

  /** What policy does not manage is left and named; so is what people refused. */
  get exceptions(): readonly string[] {
    const refused = this.case.rounds.filter((round) => round.state === 'rejected' || round.state === 'expired');
    return [
      ...(this.plan?.note === undefined ? [] : [this.plan.note]),
      ...refused.map((round) => `privileged entitlements ${round.state}: not granted`),
      ...this.access.flatMap((track) => [...track.unmanaged].map((one) => `${track.id}: left as unmanaged: ${one}`)),
    ];
  }

  /** A joiner told anew within the lead: nothing is enabled on a first day that HR has taken back. */
  override hear(timed: TimedEvent): HrAnswer | 'afterwards' {
    const { event } = timed;
    if (joining.includes(event.type) && this.case.closedUntil !== undefined) {
      this.case.toldAnew ??= event.id;
      this.changed();
    }
    return super.hear(timed);
  }

  /** Joiner, mover and rehire each tell the whole state of the person; one that takes effect later comes afterwards. */
  protected replacedBy({ event, moments }: TimedEvent): boolean {
    const tells = describing.includes(event.type);
    const isLater = moments.beginsAt !== undefined && moments.beginsAt > this.case.beginsAt;
    const isReview = this.case.cause.event.type === 'tenure.review';
    return tells && !(isLater && ((event.type === 'tenure.mover' && this.purpose === 'joiner') || isReview));
  }

  override get person(): Person {
    return this.plan?.person ?? this.case.cause.event.data.person;
  }

  override get minStrength(): Strength {
    return this.plan?.approval.approvers.minStrength ?? 'asserted';
  }

  protected readonly whatStoppingMeans =
    'what was done is taken back: accounts made are disabled, entitlements given are taken away; nothing is deleted';

  protected override get foundLinks(): readonly FoundLink[] {
    return this.access.flatMap((track) =>
      track.accounts.map(({ id, username }) => ({
        target: track.id,
        system: track.assignment.settings.system,
        accountId: id,
        username,
      })),
    );
  }
}

function isSame({ entitlement: a }: Grant, { entitlement: b }: Grant): boolean {
  return a.kind === b.kind && a.id === b.id;
}
