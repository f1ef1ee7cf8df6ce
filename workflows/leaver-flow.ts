import { condition, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { RecordInput } from '../activities/contract';
import type { EvidenceDraft } from '../domain/evidence';
import type { FlowOutcome, FlowState } from '../domain/flow';
import type { LeaverPlan, LeaverReport, LeaverRequest } from '../domain/leaver';
import { detailsOf } from './details';
import { EvidenceBook } from './evidence-book';
import { LeaverCase } from './leaver-case';
import { HrDesk } from './leaver-hr';
import { LeaverMail } from './leaver-mail';
import { Mail } from './mail';
import { progressQuery } from './messages';
import { core } from './proxies';
import { RemovalDesk } from './removal-desk';
import { Track } from './track';
import { watchSteps } from './waiting';

/** Runs the story of one leaver; `leaver` tells it. */
export class LeaverFlow {
  readonly case: LeaverCase;
  readonly book: EvidenceBook;
  private readonly mail: Mail;
  private readonly hr: HrDesk;
  private readonly keepers: Promise<void>[] = [];
  private containing: readonly Promise<void>[] = [];

  /** Handlers, search attributes and details first: before the first await. */
  constructor(request: LeaverRequest, temporalCancel: Promise<never>) {
    this.case = new LeaverCase(request);
    this.book = new EvidenceBook(async ({ number, entries }) => {
      await core.record({ ...this.recordInput(number), entries });
    });
    this.mail = new Mail(new LeaverMail(this));
    this.hr = new HrDesk(this);
    setHandler(progressQuery, () => this.case.progress, {
      description: 'State, targets by steps, what is waited for, open removal plans',
    });
    this.keepers.push(this.book.keep(), this.mail.keep(), this.hr.keep());
    this.heedTemporalCancel(temporalCancel);
    this.changed();
  }

  /** Temporal's own Cancel means the same as `cancel`: it never leaves a leaver half done. */
  private heedTemporalCancel(cancelRequested: Promise<never>): void {
    void cancelRequested.catch(() => {
      this.cancel({ by: 'Temporal', reason: 'cancelled in Temporal' });
    });
  }

  note(drafts: readonly EvidenceDraft[]): void {
    this.book.note(drafts.map((draft) => ({ eventHash: this.case.request.leaver.eventHash, ...draft })));
  }

  changed(): void {
    setCurrentDetails(detailsOf(this.case));
    this.case.publish();
  }

  /** A heading of the story: evidence so far is written, and the list of workflows shows the new phase. */
  enter(phase: FlowState): void {
    this.case.phase = phase;
    this.book.chapter();
    this.changed();
  }

  /** Waits for the end of access, wherever HR or an operator moves it. */
  async untilLastDay(): Promise<void> {
    const flow = this.case;
    for (;;) {
      const at = flow.accessEndsAt;
      const left = Date.parse(at) - Date.now();
      if (flow.cancelled !== undefined || left <= 0) return;
      await condition(() => flow.cancelled !== undefined || flow.accessEndsAt !== at, left, {
        summary: `Wait for the end of access at ${at}`,
      });
    }
  }

  /** Targets, policy, budget and links as they are now; waits while people have to release the flow. */
  async planContainment(): Promise<LeaverPlan | undefined> {
    const flow = this.case;
    for (;;) {
      if (flow.held !== undefined) await this.untilReleased();
      if (flow.cancelled !== undefined) return undefined;
      const plan = await core.planLeaver({
        request: flow.request,
        accessEndsAt: flow.accessEndsAt,
        urgent: flow.urgent,
        releasedBy: flow.releasedBy,
      });
      flow.plan = plan;
      if (plan.held === undefined) return plan;
      flow.held = plan.held;
      this.note([flow.draft({ kind: 'budget', outcome: 'held', detail: plan.held.why })]);
      this.book.chapter();
      this.changed();
    }
  }

  private async untilReleased(): Promise<void> {
    const flow = this.case;
    await condition(() => flow.cancelled !== undefined || flow.releasedBy.length >= (flow.held?.releasesNeeded ?? 0));
    flow.held = undefined;
    this.changed();
  }

  /** Every target on its own track, side by side; returns at once. */
  beginContainment(plan: LeaverPlan): readonly Track[] {
    const flow = this.case;
    flow.containmentBegan = true;
    flow.tracks = plan.targets.map((assignment) => new Track(assignment, this.trackContext(plan)));
    this.enter('containing');
    this.containing = flow.tracks.map((track) => track.contain());
    this.keepers.push(this.closeChapters());
    void watchSteps(this);
    return flow.tracks;
  }

  private trackContext(plan: LeaverPlan) {
    const flow = this.case;
    return {
      person: flow.request.leaver.event.data.person,
      urgent: () => flow.urgent,
      policy: plan.policy,
      note: (evidence: readonly EvidenceDraft[]) => this.note(evidence),
      changed: () => this.changed(),
      anyoneFound: async () => {
        await condition(
          () => flow.tracks.some((track) => track.accounts.length > 0) || flow.tracks.every((track) => track.searched),
        );
        return flow.tracks.some((track) => track.accounts.length > 0);
      },
    };
  }

  /** Writes the evidence once everything is disabled, and once more when every track is settled. */
  private async closeChapters(): Promise<void> {
    const { tracks } = this.case;
    await condition(() => tracks.every((track) => track.searched));
    this.book.chapter();
    await condition(() => tracks.every((track) => track.settled));
    this.book.chapter();
  }

  /** Every track has a proven outcome or a person's word. */
  async untilSettled(): Promise<void> {
    await Promise.all(this.containing);
    await condition(() => this.case.tracks.every((track) => track.settled));
  }

  /** Asks, target by target as they are ready, and deletes what people approve. */
  async afterRetention(plan: LeaverPlan): Promise<void> {
    await new RemovalDesk(this, plan).run();
  }

  cancel({ by, reason }: { by: string; reason: string }): string {
    const flow = this.case;
    if (!flow.containmentBegan) {
      flow.cancelled ??= { by, reason };
      return 'the flow ends; nothing was changed';
    }
    flow.deletionStopped ??= `stopped by ${by}: ${reason}`;
    for (const round of flow.rounds) round.void();
    this.note([
      flow.draft({ kind: 'message', step: 'cancel', outcome: 'deletion-stopped', actor: { name: by }, detail: reason }),
    ]);
    this.changed();
    return 'nothing will be deleted; accounts stay disabled, access comes back by undo alone';
  }

  /** Closes evidence and flow; an event that comes meanwhile goes back to `person`, none is lost. */
  async conclude(outcome: FlowOutcome): Promise<LeaverReport> {
    const flow = this.case;
    this.mail.close();
    this.hr.close();
    flow.outcome = outcome;
    flow.phase = 'done';
    const exceptions = exceptionsOf(flow);
    this.note([
      flow.draft({
        kind: 'flow',
        outcome,
        detail: exceptions.length === 0 ? 'every target has a proven outcome' : exceptions.join('; '),
      }),
    ]);
    this.changed();
    this.book.close();
    await Promise.all(this.keepers);
    const evidence = await core.concludeFlow({
      ...this.recordInput(this.book.lastNumber),
      entries: this.book.takeRest(),
      outcome,
      eventTime: flow.request.leaver.event.time,
    });
    for (let unread = this.hr.takeUnread(); unread.length > 0; unread = this.hr.takeUnread()) {
      await core.returnEvents({ personId: flow.request.personId, events: unread });
    }
    return { personId: flow.request.personId, outcome, exceptions, evidence };
  }

  private recordInput(batch: number): Omit<RecordInput, 'entries'> {
    const { case: flow } = this;
    const links = this.newLinks();
    return {
      personId: flow.request.personId,
      firstRunId: workflowInfo().firstExecutionRunId,
      eventHash: flow.request.leaver.eventHash,
      batch,
      ...(links.length === 0 ? {} : { links }),
      flow: {
        kind: 'leaver',
        state: flow.state,
        startedAt: workflowInfo().startTime.toISOString(),
        ...(flow.held === undefined ? {} : { held: flow.held.why }),
        ...(flow.outcome === undefined ? {} : { outcome: flow.outcome }),
        ...(flow.dueAt === undefined ? {} : { dueAt: flow.dueAt }),
        ...(flow.waitingFor === undefined ? {} : { waitingFor: flow.waitingFor }),
      },
      ...(flow.plan === undefined ? {} : { configHash: flow.plan.configHash }),
    };
  }

  /** Accounts found since the last write; each is sent once. */
  private newLinks(): NonNullable<RecordInput['links']> {
    const links = this.case.tracks.flatMap((track) =>
      track.accounts.map(({ id, username }) => ({
        target: track.id,
        system: track.assignment.settings.system,
        accountId: id,
        username,
      })),
    );
    const fresh = links.filter(({ target, accountId }) => !this.#linked.has(`${target}/${accountId}`));
    for (const { target, accountId } of fresh) this.#linked.add(`${target}/${accountId}`);
    return fresh;
  }
  readonly #linked = new Set<string>();

  get runId(): string {
    return workflowInfo().runId;
  }
}

/** Whatever keeps a leaver from being simply complete, named for the report. */
export function exceptionsOf(flow: LeaverCase): readonly string[] {
  const plain = ['pending', 'done', 'already', 'clean'];
  const fromSteps = flow.tracks.flatMap((track) =>
    track.progress.steps
      .filter((step) => !plain.includes(step.outcome))
      .map(
        (step) => `${track.id}: ${step.name} ${step.outcome}${step.detail === undefined ? '' : ` (${step.detail})`}`,
      ),
  );
  return flow.deletionStopped === undefined ? fromSteps : [...fromSteps, `deletion ${flow.deletionStopped}`];
}
