import { condition, patched } from '@temporalio/workflow';
import type { DeleteInput, DeleteProgress, DeleteReport } from '../domain/containment';
import type { LeaverPlan, TargetAssignment } from '../domain/leaver';
import type { RemovalTarget } from '../domain/removal';
import { moment } from './details-form';
import type { LeaverFlow } from './leaver-flow';
import { core } from './proxies';
import { Round, type RemovalRound } from './round';
import { isDeletion, type Track } from './track';

/** Retention, asking and deleting. One stuck vendor blocks no other: a track that ends later gets a plan of its own. */
export class RemovalDesk {
  /** Tracks whose deletion is being asked for, carried out or settled. */
  readonly #asked = new Set<Track>();
  #running = 0;

  constructor(
    private readonly flow: LeaverFlow,
    private readonly plan: LeaverPlan,
  ) {}

  async run(): Promise<void> {
    const candidates = this.flow.case.tracks.filter((track) => this.mayDelete(track));
    if (candidates.length === 0) return;
    for (const track of candidates) track.deletionDue = true;
    await this.untilRetentionEnds();
    await this.askWhileReady(candidates);
    for (const track of candidates) track.deletionDue = false;
  }

  private mayDelete(track: Track): boolean {
    const { mode, targets } = this.plan.policy.deletion;
    return (
      mode === 'approval' &&
      track.assignment.settings.mode === 'full' &&
      (targets === 'all' || targets.includes(track.id))
    );
  }

  /** Counts from the start of containment, whatever tracks are still open. */
  private async untilRetentionEnds(): Promise<void> {
    const { case: flow, clock } = this.flow;
    const { retentionEndsAt } = this.plan;
    void this.showRetention();
    if (!clock.hasCome(retentionEndsAt)) {
      const summary = `Keep the accounts disabled until ${moment(retentionEndsAt)}`;
      const isStopped = await condition(() => flow.deletionStopped !== undefined, clock.until(retentionEndsAt), {
        summary,
      });
      if (!isStopped) clock.tell(retentionEndsAt);
    }
    flow.retentionEnded = true;
    this.flow.changed();
  }

  private async showRetention(): Promise<void> {
    const { case: flow } = this.flow;
    await condition(() => flow.retentionEnded || flow.tracks.every((track) => track.settled));
    if (!flow.retentionEnded && flow.phase === 'containing') this.flow.enter('retained');
  }

  private async askWhileReady(candidates: readonly Track[]): Promise<void> {
    const { case: flow } = this.flow;
    const ready = () =>
      candidates.filter((track) => track.contained && this.isSystemSettled(track) && !this.#asked.has(track));
    const open = () => candidates.some((track) => !this.isSystemSettled(track)) || this.#running > 0;
    while (flow.deletionStopped === undefined) {
      await condition(
        () =>
          flow.deletionStopped !== undefined ||
          (flow.legalHold === undefined && ready().length > 0) ||
          (ready().length === 0 && !open()),
      );
      const tracks = flow.deletionStopped === undefined ? ready() : [];
      if (tracks.length === 0) break;
      for (const track of tracks) this.#asked.add(track);
      this.#running += 1;
      void this.round(tracks).finally(() => (this.#running -= 1));
    }
    await condition(() => this.#running === 0);
  }

  /** Targets of one system hold the same accounts: none deletes what another has still to strip or drain. */
  private isSystemSettled({ assignment }: Track): boolean {
    const { system } = assignment.settings;
    return this.flow.case.tracks.every((track) => track.assignment.settings.system !== system || track.settled);
  }

  private async round(tracks: readonly Track[]): Promise<void> {
    const { case: flow } = this.flow;
    const round = await this.ask(tracks);
    await round.untilDecided(() => flow.deletionStopped !== undefined);
    this.flow.note([
      flow.draft({
        kind: 'decision',
        step: `removal-plan-${round.plan.round}`,
        outcome: round.state,
        planHash: round.planHash,
        detail: words[round.state],
      }),
    ]);
    if (round.state === 'approved') await this.carryOut(tracks, round);
    else
      for (const track of tracks)
        track.steps.deleteAccounts.show(
          round.state === 'expired' ? 'expired' : round.state === 'rejected' ? 'rejected' : 'skipped',
          words[round.state],
        );
    this.flow.book.chapter();
    this.flow.changed();
  }

  private async ask(tracks: readonly Track[]): Promise<RemovalRound> {
    const { case: flow } = this.flow;
    const { plan, planHash, deadline } = await core.planDeletion({
      personId: flow.request.personId,
      round: flow.rounds.length + 1,
      targets: tracks.map(removalOf),
      notReady: flow.tracks
        .filter((track) => !tracks.includes(track))
        .map((track) => ({ target: track.id, why: this.whyNot(track) })),
      window: this.plan.policy.deletion.window,
    });
    const { approvers } = this.plan.policy.deletion;
    const round = new Round({ plan, planHash, deadline, approvers, excluded: flow.excluded });
    flow.rounds.push(round);
    this.flow.note([
      flow.draft({
        kind: 'plan',
        outcome: 'asked',
        planHash,
        detail: `removal plan ${plan.round}: decide by ${deadline}`,
        data: plan,
      }),
    ]);
    this.flow.enter('awaiting-approval');
    return round;
  }

  private whyNot(track: Track): string {
    if (!this.mayDelete(track)) return 'policy keeps the accounts';
    if (this.#asked.has(track)) return 'has a plan of its own';
    if (track.accounts.length === 0 && track.settled) return 'no account';
    return track.contained && !this.isSystemSettled(track) ? 'another target of its system is not ready' : 'not ready';
  }

  /** Targets side by side; targets of one system one after the other, so that one account is deleted once. */
  private async carryOut(tracks: readonly Track[], round: RemovalRound): Promise<void> {
    const { case: flow } = this.flow;
    this.flow.enter('deleting');
    const bySystem = new Map<string, Track[]>();
    for (const track of tracks) {
      const { system } = track.assignment.settings;
      bySystem.set(system, [...(bySystem.get(system) ?? []), track]);
    }
    const now = patched('links-before-deletion') ? await this.readAssignments() : undefined;
    await Promise.all(
      [...bySystem.values()].map(async (group) => {
        // What one target of the system saw counts for those after it.
        let changed: readonly string[] | undefined;
        for (const track of group) {
          await condition(() => flow.legalHold === undefined || flow.deletionStopped !== undefined);
          if (flow.deletionStopped === undefined) {
            changed ??= await this.deleteOn(track, round, now);
            if (changed !== undefined) this.askAgain(track, changed);
          } else track.steps.deleteAccounts.show('skipped', flow.deletionStopped);
        }
      }),
    );
    if (flow.openRounds.length > 0) flow.phase = 'awaiting-approval';
  }

  /** Deletes on one target; parks there when refused; says what is not as the approvers saw it: then nothing was deleted. */
  private async deleteOn(
    track: Track,
    round: RemovalRound,
    assignments: readonly TargetAssignment[] | undefined,
  ): Promise<readonly string[] | undefined> {
    const { case: flow } = this.flow;
    const plan = round.plan.targets.find((one) => one.target === track.id);
    if (plan === undefined) return undefined;
    const step = track.steps.deleteAccounts;
    for (let now = assignments; ; now = assignments && (await this.readAssignments())) {
      if (now === undefined || this.isConfigured(track, now)) {
        const report = await this.attempt(track, { plan, planHash: round.planHash, approvedRunId: round.plan.runId });
        if (report?.changed !== undefined) return report.changed;
        if (report !== undefined && report.parked === undefined) return undefined;
      }
      await condition(() => step.parked === undefined || flow.deletionStopped !== undefined);
      if (step.skippedBecause !== undefined) {
        this.noteWhatWasSent(track, plan, round.planHash);
        return undefined;
      }
      // A hold that came while it ran cut it off: it goes on when that is lifted.
      if (flow.legalHold !== undefined)
        await condition(() => flow.legalHold === undefined || flow.deletionStopped !== undefined);
      if (flow.deletionStopped !== undefined) {
        await this.lookAfterStop(track, { plan, planHash: round.planHash, approvedRunId: round.plan.runId });
        return undefined;
      }
    }
  }

  private async attempt(
    track: Track,
    about: Pick<DeleteInput, 'plan' | 'planHash' | 'approvedRunId' | 'stopped'>,
  ): Promise<DeleteReport | undefined> {
    const step = track.steps.deleteAccounts;
    const what =
      about.stopped === undefined ? 'Delete the approved accounts' : 'Look what was deleted before it was stopped';
    return await track.run<DeleteReport>('deleteAccounts', () =>
      track.change(what).deleteAccounts({
        ...track.input(step),
        ...about,
        ...(step.begun === undefined ? {} : { begun: step.begun as DeleteProgress }),
      }),
    );
  }

  /** Whose the accounts are, and whether anything is deleted at all, is read once for all targets, and anew after every wait. */
  private async readAssignments(): Promise<readonly TargetAssignment[]> {
    return await core.assignTargets({ person: this.flow.person });
  }

  private isConfigured(track: Track, assignments: readonly TargetAssignment[]): boolean {
    if (track.take(assignments)) return true;
    track.steps.deleteAccounts.park({
      reason: 'not-configured',
      detail: `${track.id} is not in the configuration any more: nothing is deleted there`,
      advice: 'Put the target back and resolve with retry, or skip it with a reason.',
    });
    this.flow.changed();
    return false;
  }

  /** Stopped while it ran: a request may have been sent before, and people are told what became of it. */
  private async lookAfterStop(
    track: Track,
    about: Pick<DeleteInput, 'plan' | 'planHash' | 'approvedRunId'>,
  ): Promise<void> {
    const { deletionStopped = 'stopped' } = this.flow.case;
    const step = track.steps.deleteAccounts;
    if (track.givenUp) this.noteWhatWasSent(track, about.plan, about.planHash);
    else if (step.cutOff && patched('words-reach-deletion'))
      await this.attempt(track, { ...about, stopped: deletionStopped });
    if (step.outcome !== 'skipped' && !isDeletion(step)) step.show('skipped', deletionStopped);
    this.flow.changed();
  }

  /** Cut off and not looked at again: what was sent by then may have been done, and nobody else will tell. */
  private noteWhatWasSent({ id, steps: { deleteAccounts } }: Track, plan: RemovalTarget, planHash: string): void {
    const { going = [] } = (deleteAccounts.begun ?? {}) as Partial<DeleteProgress>;
    const sent = plan.accounts.filter((account) => going.includes(account.id));
    this.flow.note(
      sent.map(({ id: accountId, username, held }) =>
        this.flow.case.draft({
          kind: 'step',
          step: 'deleteAccounts',
          outcome: 'cut-off',
          target: id,
          system: plan.system,
          account: { id: accountId, username },
          planHash,
          before: { held },
          detail: `${deleteAccounts.detail ?? 'cut off'}; it may have been deleted before`,
        }),
      ),
    );
  }

  private askAgain(track: Track, changed: readonly string[]): void {
    const { case: flow } = this.flow;
    flow.remark(
      `${track.id}: nothing was deleted, because the world changed since the approval: ${changed.join('; ')}. It is contained again and asked again.`,
    );
    track.steps.deleteAccounts.show('pending', `asked again: ${changed.join('; ')}`);
    this.#asked.delete(track);
    track.settled = false;
    void track.contain();
    this.flow.changed();
  }
}

const words = {
  approved: 'approved',
  rejected: 'rejected: the accounts stay disabled',
  expired: 'nobody decided in time: the accounts stay disabled',
  voided: 'no longer asked: the accounts stay disabled',
  open: 'open',
} as const;

function removalOf(track: Track): RemovalTarget {
  return {
    target: track.id,
    system: track.assignment.settings.system,
    deletion: track.deletion,
    lost: track.lostOnDelete,
    accounts: track.accounts.map((account) => ({
      id: account.id,
      username: account.username,
      held: track.before[account.id]?.grants ?? [],
    })),
  };
}
