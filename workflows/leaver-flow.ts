import { CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import { endedByWords, type FlowOutcome, type Strength } from '../domain/flow';
import {
  endOfAccess,
  type HeldBack,
  type LeaverAgain,
  type LeaverPlan,
  type LeaverReport,
  type LeaverRequest,
  type LeftBehind,
  type TimedEvent,
} from '../domain/leaver';
import { detailsOf } from './details';
import { Flow, type FoundLink } from './flow';
import { stepExceptions } from './flow-case';
import type { HrAnswer } from './hr-desk';
import { LeaverCase } from './leaver-case';
import { hearAsLeaver } from './leaver-hr';
import { core } from './proxies';
import { RemovalDesk } from './removal-desk';
import { isDeletion, Track } from './track';
import { watchSteps } from './waiting';

/** Runs the story of one leaver; `leaver` tells it. */
export class LeaverFlow extends Flow<LeaverCase> {
  private containing: readonly Promise<void>[] = [];
  private gaveBack = false;

  constructor(request: LeaverRequest, cancelRequested: Promise<never>) {
    super(new LeaverCase(request), cancelRequested);
    if (request.again !== undefined) this.goOn(request.again);
    this.begin();
  }

  /** Started again: what was said to the run before is said to this one before it does anything. */
  private goOn({ heard, rescheduled, cancelled }: LeaverAgain): void {
    const flow = this.case;
    const isLater = ({ receivedAt }: TimedEvent) => rescheduled !== undefined && receivedAt > rescheduled.saidAt;
    this.hr.hearAgain(heard.filter((timed) => !isLater(timed)));
    this.clock.tell(rescheduled?.saidAt);
    if (rescheduled !== undefined && !flow.hasBegun && !flow.urgent) this.reschedule(rescheduled);
    this.hr.hearAgain(heard.filter(isLater));
    if (cancelled !== undefined) this.cancel(cancelled);
  }

  protected details(): string {
    return detailsOf(this.case);
  }

  hear(timed: TimedEvent): HrAnswer | 'afterwards' | 'undecided' {
    return hearAsLeaver(this, timed);
  }

  /** Waits for the end of access, wherever HR or an operator moves it. */
  async untilLastDay(): Promise<void> {
    const { case: flow, clock } = this;
    for (;;) {
      const at = flow.accessEndsAt;
      if (flow.cancelled !== undefined || clock.hasCome(at)) return;
      const isMoved = await condition(() => flow.cancelled !== undefined || flow.accessEndsAt !== at, clock.until(at), {
        summary: `Wait for the end of access at ${at}`,
      });
      if (!isMoved) clock.tell(at);
    }
  }

  /** Targets, policy, budget and links as they are now; waits while people have to release the flow. */
  async planContainment(): Promise<LeaverPlan | undefined> {
    const flow = this.case;
    for (;;) {
      if (flow.held !== undefined) await this.untilReleasedOrMoot(flow.held);
      if (flow.cancelled !== undefined) return undefined;
      const said = flow.endOfAccessAsSaid;
      flow.isPlanning = true;
      const plan = await core.planLeaver({
        request: flow.request,
        accessEndsAt: flow.accessEndsAt,
        urgent: flow.urgent,
        ...flow.releases,
      });
      this.clock.tell(plan.madeAt);
      this.hr.hearUnread();
      flow.isPlanning = false;
      this.hr.hearUndecided();
      flow.plan = plan;
      flow.notices = plan.notices;
      if (flow.cancelled !== undefined) return undefined; // called off while the plan was made: nothing was changed
      if (plan.held === undefined) {
        flow.planned = true;
        return plan;
      }
      if (flow.endOfAccessAsSaid !== said && patched('newer-end-is-planned')) {
        await this.untilLastDay();
        continue;
      }
      flow.holdBack(plan.held);
      this.tell({ kind: 'budget', outcome: 'held', detail: plan.held.why });
    }
  }

  /** Held for what was said, it is planned anew when something else is said; what an operator has to settle waits for one. */
  private async untilReleasedOrMoot({ why }: HeldBack): Promise<void> {
    const flow = this.case;
    const said = flow.endOfAccessAsSaid;
    const isContested = why === flow.request.contested;
    const isMoot = () =>
      flow.endOfAccessAsSaid !== said && (!isContested || flow.urgent) && patched('held-heeds-the-end-of-access');
    await this.untilReleased(isMoot);
    if (!this.clock.hasCome(flow.accessEndsAt) && patched('held-heeds-the-end-of-access')) await this.untilLastDay();
  }

  /** Every target on its own track, side by side; returns at once. */
  beginContainment(plan: LeaverPlan): readonly Track[] {
    const flow = this.case;
    flow.containmentBegan = true;
    flow.tracks = plan.targets.map((assignment) => new Track(assignment, this.trackContext(plan)));
    if (plan.leftBehind !== undefined) this.handOver(plan.leftBehind);
    this.enter('containing');
    this.containing = flow.tracks.map((track) => track.contain());
    this.keepers.push(this.closeChapters());
    if (plan.supersedes !== undefined) this.keepers.push(this.takeOver(plan.supersedes));
    void watchSteps(this);
    return flow.tracks;
  }

  /** HR has to give them another manager or sponsor; by their ids, as everywhere in a flow. */
  private handOver(left: LeftBehind): void {
    const named = left.people.map(({ personId, as }) => `${personId} (${as.join(', ')})`).join(', ');
    const detail = `people who need another manager or sponsor: ${named}${left.more ? ', and more' : ''}`;
    this.case.handOver.push(detail);
    this.note([this.case.draft({ kind: 'flow', outcome: 'hand-over', detail, data: left })]);
  }

  private trackContext(plan: LeaverPlan) {
    const flow = this.case;
    return {
      person: this.person,
      urgent: () => flow.urgent,
      policy: plan.policy,
      note: this.note.bind(this),
      changed: () => this.changed(),
      pendingSteps: () => this.pendingSteps(),
      someFound: () => flow.tracks.some((track) => track.foundSome),
      allSearched: () => flow.tracks.every((track) => track.searched),
    };
  }

  /**
   * A joiner or mover at work was told to stop, and nobody waited for it. Where one of its steps was still running it
   * may have written after us: that target is contained once more, and counts as contained only then.
   */
  private async takeOver(supersedes: NonNullable<LeaverPlan['supersedes']>): Promise<void> {
    const flow = this.case;
    flow.takingOver = true;
    const { cutOffAt, detail } = await core.awaitGivenWay({ flows: supersedes });
    for (const track of flow.tracks)
      if (cutOffAt === 'unknown' || cutOffAt.includes(track.id)) this.containAgain(track, detail);
    flow.takingOver = false;
    this.tell({ kind: 'flow', outcome: 'took-over', detail });
  }

  private containAgain(track: Track, why: string): void {
    const ended = track.settled;
    track.settled = false;
    track.again(why);
    if (ended) void track.contain();
  }

  /** Writes the evidence once everything is disabled, and once more when every track is settled and the flow goes on. */
  private async closeChapters(): Promise<void> {
    const { tracks } = this.case;
    await condition(() => tracks.every((track) => track.searched));
    this.book.chapter();
    await condition(() => tracks.every((track) => track.settled));
    // Otherwise the conclusion follows at once and takes the rest along.
    if (tracks.some((track) => track.deletionDue)) this.book.chapter();
  }

  /** Every track has a proven outcome or a person's word. */
  async untilSettled(): Promise<void> {
    await Promise.all(this.containing);
    await condition(() => !this.case.takingOver && this.case.tracks.every((track) => track.settled));
  }

  /** Asks, target by target as they are ready, and deletes what people approve. */
  async afterRetention(plan: LeaverPlan): Promise<void> {
    await new RemovalDesk(this, plan).run();
  }

  cancel({ by, reason }: { by: string; reason: string }): string {
    const flow = this.case;
    if (!flow.accessEnded) {
      this.endUnchanged({ by, reason });
      return 'the flow ends; nothing was changed';
    }
    const wasStopped = flow.deletionStopped !== undefined;
    flow.deletionStopped ??= `stopped by ${by}: ${reason}`;
    for (const round of flow.rounds) round.void();
    this.note([
      flow.draft({ kind: 'message', step: 'cancel', outcome: 'deletion-stopped', actor: { name: by }, detail: reason }),
    ]);
    const cutOff = wasStopped ? [] : this.cutOffDeletions(flow.deletionStopped);
    const gone = flow.tracks.filter(({ steps }) => isDeletion(steps.deleteAccounts)).map(({ id }) => id);
    return [
      gone.length === 0 ? 'nothing will be deleted' : `deleted already on ${gone.join(', ')}; nothing more will be`,
      ...(cutOff.length === 0 ? [] : [`a deletion was under way on ${cutOff.join(', ')}: it is looked at what it did`]),
      'accounts stay disabled, access comes back by undo alone',
    ].join('; ');
  }

  /** This run has changed nothing, and somebody says that it must not. */
  endUnchanged(word: { by: string; reason: string }): void {
    this.case.cancelled ??= word;
  }

  /** A deletion that waits for a vendor or for `tenure resume` must not go on by itself when somebody has said no. */
  cutOffDeletions(why: string): readonly string[] {
    const running = this.case.tracks.filter(({ steps }) => steps.deleteAccounts.isRunning);
    if (running.length === 0 || !patched('words-reach-deletion')) return [];
    for (const { steps } of running) steps.deleteAccounts.interrupt(why);
    return running.map(({ id }) => id);
  }

  /** A rehire or an undo takes over: nothing more is changed here, and the flow ends so that the next one may begin. */
  giveWay({ outcome, by, reason }: { outcome: FlowOutcome; by: string; reason: string }): void {
    const flow = this.case;
    this.cancel({ by, reason });
    flow.gaveWay ??= outcome;
    for (const track of flow.tracks) track.giveUp(`${reason} (${by})`);
  }

  get objectionToReschedule(): string | undefined {
    if (this.case.hasBegun) return 'access has ended already: it comes back by undo alone';
    const isEnding = this.case.isPlanning && patched('moved-while-it-ends');
    return isEnding ? 'access is ending in this moment: send it again when it has, or is held' : undefined;
  }

  reschedule({ at, by }: { at: string; by: string }): string {
    this.case.accessEndsAt = at;
    this.case.rescheduledBy = by;
    return `access ends at ${at}`;
  }

  get minStrength(): Strength {
    return this.case.plan?.policy.deletion.approvers.minStrength ?? 'asserted';
  }

  async conclude(outcome: FlowOutcome): Promise<LeaverReport> {
    const exceptions = exceptionsOf(this);
    const evidence = await this.close(outcome, exceptions);
    await this.giveBack();
    this.gaveBack = true;
    if (this.hr.hasUnread && patched('unread-after-giving-back')) await this.returnUnread();
    return { personId: this.personId, outcome, exceptions, evidence };
  }

  private get stoppedInVain(): LeaverPlan['supersedes'] {
    return this.case.containmentBegan ? undefined : this.case.plan?.supersedes;
  }

  /** Nothing follows but its end, unless it still has to give back what stopped for it. */
  protected override get whileClosing(): { readonly closing?: true } {
    return this.gaveBack || this.stoppedInVain === undefined ? { closing: true } : {};
  }

  /** Called off while the plan was made, and a joiner or mover had stopped for it already: that one is wanted after all. */
  private async giveBack(): Promise<void> {
    const supersedes = this.stoppedInVain;
    if (supersedes === undefined) return;
    const scope = new CancellationScope();
    const given = scope.run(() => core.resumeGivenWay({ personId: this.personId, flows: supersedes }));
    void this.leaveOffGivingBack(scope, given);
    await given.catch((failure: unknown) => {
      if (!isCancellation(failure)) throw failure;
    });
  }

  /** A leaver whose day has come waits for no joiner: the next flow takes over from it, or gives it back in its turn. */
  private async leaveOffGivingBack(scope: CancellationScope, given: Promise<void>): Promise<void> {
    let isGiven = false;
    const over = () => (isGiven = true);
    given.then(over, over);
    const leavesNow = (timed: TimedEvent) =>
      timed.event.type === 'tenure.leaver' && this.clock.hasCome(endOfAccess(timed));
    await condition(() => isGiven || this.hr.unread.some(leavesNow));
    if (!isGiven && patched('leaver-waits-for-no-giving-back')) scope.cancel();
  }

  protected get configHash(): string | undefined {
    return this.case.plan?.configHash;
  }

  protected get foundLinks(): readonly FoundLink[] {
    return this.case.tracks.flatMap((track) =>
      track.accounts.map(({ id, username }) => ({
        target: track.id,
        system: track.assignment.settings.system,
        accountId: id,
        username,
      })),
    );
  }
}

/** Whatever keeps a leaver from being simply complete, named for the report. */
export function exceptionsOf({ case: flow }: LeaverFlow): readonly string[] {
  const { cancelled, deletionStopped, tracks } = flow;
  return [
    ...(cancelled === undefined ? [] : [endedByWords(cancelled)]),
    ...stepExceptions(tracks),
    ...(deletionStopped === undefined ? [] : [`deletion ${deletionStopped}`]),
  ];
}
