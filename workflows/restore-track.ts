import type { TargetAssignment } from '../domain/leaver';
import type { RestorableAccount, RestoreReport } from '../domain/provisioning';
import { StepTrack, type TrackContext } from './step-track';

/** One target's way back to how its accounts were. */
export class RestoreTrack extends StepTrack<'restoreAccounts'> {
  readonly notRestored = new Set<string>();

  constructor(
    assignment: TargetAssignment,
    private readonly accounts: readonly RestorableAccount[],
    context: TrackContext,
  ) {
    super(assignment, context, ['restoreAccounts']);
  }

  async advance(): Promise<void> {
    await this.passUntilSettled();
  }

  protected async pass(): Promise<void> {
    const step = this.steps.restoreAccounts;
    if (step.skippedBecause !== undefined) return;
    const report = await this.run<RestoreReport>('restoreAccounts', () =>
      this.change('Give back what was taken').restoreAccounts({ ...this.input(step), accounts: this.accounts }),
    );
    for (const one of report?.notRestored ?? []) this.notRestored.add(one);
  }
}
