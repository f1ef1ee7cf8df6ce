import { CancellationScope } from '@temporalio/workflow';
import type { ChangeReport, ChangeRequest, RestorePlan, Takers } from '../domain/change';
import { ChangeFlow } from './change-flow';
import { core } from './proxies';
import { RestoreTrack } from './restore-track';
import type { TimedEvent } from '../domain/leaver';

/** A wrong termination undone, or a suspension ended: enabled state, groups and roles come back from the before-images. */
export async function restore(request: ChangeRequest): Promise<ChangeReport> {
  const { cancelRequested } = CancellationScope.current();
  return await CancellationScope.nonCancellable(() => tell(new RestoreFlow('restore', request, cancelRequested)));
}

async function tell(flow: RestoreFlow): Promise<ChangeReport> {
  await flow.untilItBegins();
  const plan = await flow.planRestore(); // what was taken, by the evidence of it
  if (plan === undefined || flow.case.calledOff) return await flow.conclude({ outcome: 'cancelled' });

  await flow.giveBack(plan);
  return await flow.conclude({ outcome: flow.isUndo ? 'undone' : 'complete', exceptions: flow.exceptions });
}

class RestoreFlow extends ChangeFlow {
  private restoring: readonly RestoreTrack[] = [];
  #foundNothing = false;
  #givesBack: Takers | undefined;

  get isUndo(): boolean {
    return this.case.cause.event.type === 'tenure.undo';
  }

  async planRestore(): Promise<RestorePlan | undefined> {
    const { event } = this.case.cause;
    return await this.planned(() =>
      core.planRestore({
        person: event.data.person,
        of: this.isUndo ? 'leaver' : 'suspension',
        eventTime: event.time,
      }),
    );
  }

  async giveBack({ person, targets, givesBack }: RestorePlan): Promise<void> {
    this.#givesBack = givesBack;
    const context = { ...this.trackContext(), person };
    this.#foundNothing = targets.length === 0;
    this.restoring = targets.map(({ accounts, ...assignment }) => new RestoreTrack(assignment, accounts, context));
    this.enterChanging(this.restoring);
    await Promise.all(this.restoring.map((track) => track.advance()));
  }

  protected override get closingData(): unknown {
    return this.#givesBack === undefined ? undefined : { gaveBack: this.#givesBack };
  }

  get exceptions(): readonly string[] {
    const lost = this.restoring.flatMap((track) => [...track.notRestored].map((one) => `${track.id}: ${one}`));
    return this.#foundNothing ? ['the evidence knows of nothing that was taken and not given back'] : lost;
  }

  protected replacedBy(_timed: TimedEvent): boolean {
    return false;
  }

  protected readonly whatStoppingMeans = 'nothing more is given back; what was given back stays';
}
