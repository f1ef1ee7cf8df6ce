import { CancellationScope, patched } from '@temporalio/workflow';
import type { ChangeReport, ChangeRequest, SuspensionPlan } from '../domain/change';
import { compareEvents } from '../domain/event';
import type { TimedEvent } from '../domain/leaver';
import { ChangeFlow } from './change-flow';
import type { FoundLink } from './flow';
import type { HrAnswer } from './hr-desk';
import { endsSuspension } from './flow-again';
import { core } from './proxies';
import { Track } from './track';

/** Garden leave or long leave: every account is disabled and its sessions end; nothing is stripped or deleted. */
export async function suspension(request: ChangeRequest): Promise<ChangeReport> {
  const { cancelRequested } = CancellationScope.current();
  return await CancellationScope.nonCancellable(() => tell(new SuspensionFlow('suspension', request, cancelRequested)));
}

async function tell(flow: SuspensionFlow): Promise<ChangeReport> {
  await flow.untilItBegins();
  const plan = await flow.planSuspension();
  if (plan === undefined || flow.case.calledOff) return await flow.conclude({ outcome: 'cancelled' });

  await flow.disableAndDrain(plan);
  return await flow.conclude({ outcome: 'complete' });
}

class SuspensionFlow extends ChangeFlow {
  private containing: readonly Track[] = [];

  async planSuspension(): Promise<SuspensionPlan | undefined> {
    const { request, releases } = this.case;
    return await this.planned(() =>
      core.planSuspension({ kind: 'suspension', request: { ...request, cause: this.case.cause }, ...releases }),
    );
  }

  async disableAndDrain(plan: SuspensionPlan): Promise<void> {
    const context = {
      ...this.trackContext(),
      policy: plan.policy,
      keepsEntitlements: true,
      someFound: () => this.containing.some((track) => track.foundSome),
      allSearched: () => this.containing.every((track) => track.searched),
    };
    this.containing = plan.targets.map((assignment) => new Track(assignment, context));
    this.enterChanging(this.containing);
    await Promise.all(this.containing.map((track) => track.contain()));
  }

  /** Back before it began: nothing happened. Back later: the restore that follows gives back what was taken. */
  override hear(timed: TimedEvent): HrAnswer | 'afterwards' {
    const { type, id } = timed.event;
    if (!endsSuspension.includes(type)) return super.hear(timed);
    const { cause } = this.case;
    // What HR said before it is no word against it; somebody who joined before is given access when they resume.
    if (compareEvents(timed.event, cause.event) < 0 && patched('suspended-after-that')) {
      if (type === 'tenure.resumed')
        return { outcome: 'too-late', detail: `${cause.event.id}, which is later, says that they are suspended` };
      const passes = this.waitsLongerThan(timed) && patched('an-older-joiner-passes');
      return passes ? this.letPass(timed) : 'afterwards';
    }
    if (!this.case.began) {
      this.cancel({ by: `HR event ${id}`, reason: 'resumed before the suspension began' });
      // Once its day has come it may be a fact in the store, and somebody may have stopped for it: that is undone afterwards.
      const isKnown = this.case.configHash !== undefined && patched('resumed-though-held');
      if (type !== 'tenure.resumed' || isKnown || (!this.isAhead && patched('resumed-as-it-begins')))
        return 'afterwards';
      return { outcome: 'applied', detail: 'resumed before the suspension began: nothing was changed' };
    }
    this.giveWay(`HR event ${id}`);
    return 'afterwards';
  }

  protected replacedBy({ event }: TimedEvent): boolean {
    return event.type === 'tenure.suspended';
  }

  protected readonly whatStoppingMeans =
    'what is not disabled yet stays as it is; what is disabled comes back by tenure.resumed alone';

  protected override get foundLinks(): readonly FoundLink[] {
    return this.containing.flatMap((track) =>
      track.accounts.map(({ id, username }) => ({
        target: track.id,
        system: track.assignment.settings.system,
        accountId: id,
        username,
      })),
    );
  }
}
