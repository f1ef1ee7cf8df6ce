import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { Parked, StepReport } from '../domain/containment';
import type { StepName, StepOutcome } from '../domain/flow';

/** One step of one track: how it stands, and how a person can reach it while it runs. */
export class Step {
  outcome: StepOutcome = 'pending';
  at: string | undefined;
  detail: string | undefined;
  parked: Parked | undefined;
  skippedBecause: string | undefined;
  /** An attempt was cut off by a person, so a write may have happened unseen. */
  cutOff = false;
  /** What the attempt that was cut off had begun, in the step's own words; an undo has to know of it. */
  begun: unknown;
  #scope: CancellationScope | undefined;

  constructor(readonly name: StepName) {}

  get isRunning(): boolean {
    return this.#scope !== undefined;
  }

  show(outcome: StepOutcome, detail?: string): void {
    this.outcome = outcome;
    this.detail = detail;
    this.at = new Date().toISOString();
  }

  /** Ends the running attempt, so that the step can be skipped, begun again or left to another flow. */
  interrupt(why = 'begun again by a person'): void {
    if (this.#scope !== undefined) this.cutOff = true;
    this.#cutOffBecause = why;
    this.#scope?.cancel();
  }
  #cutOffBecause = '';

  /** Stands still until a person resolves it. */
  park(parked: Parked): void {
    this.parked = parked;
    this.show('parked', parked.detail);
  }

  skip(reason: string): void {
    this.skippedBecause = reason;
    this.parked = undefined;
    this.interrupt();
    if (!this.isRunning) this.show('skipped', reason);
  }

  /**
   * Runs one attempt to its report. `undefined`: it was cut off and had seen nothing. A failure that Temporal does not repeat parks
   * the step; nothing but a person's word can end a flow.
   */
  async run<Report extends StepReport>(attempt: () => Promise<Report>): Promise<Report | undefined> {
    // Sessions left past the deadline stay on show while they are watched further.
    if (this.outcome !== 'residual-sessions') this.show('running');
    this.parked = undefined;
    this.#scope = new CancellationScope();
    try {
      const report = await this.#scope.run(attempt);
      if (report.parked === undefined) this.show(this.keepBest(report.outcome), report.detail);
      else this.park(report.parked);
      return report;
    } catch (failure) {
      if (isCancellation(failure)) return this.endCutOff(failure);
      this.park(parkedFrom(failure));
      return undefined;
    } finally {
      this.#scope = undefined;
    }
  }

  #best: StepOutcome | undefined;
  /** A repeat that finds the work `already` done does not hide that this flow did it. */
  private keepBest(outcome: StepOutcome): StepOutcome {
    if (outcome === 'already' && this.#best !== undefined) return this.#best;
    if (outcome === 'done' || outcome === 'done-on-retry') this.#best = outcome;
    return outcome;
  }

  private endCutOff(failure: unknown): undefined {
    const cause = failure instanceof ActivityFailure ? failure.cause : failure;
    if (cause instanceof CancelledFailure) this.begun = cause.details[0] ?? this.begun;
    if (this.skippedBecause !== undefined) this.show('skipped', this.skippedBecause);
    else this.show('pending', this.#cutOffBecause);
    return undefined;
  }
}

/** What a failed activity tells the person who must act; its advice travels in the failure's details. */
function parkedFrom(failure: unknown): Parked {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  const details =
    cause instanceof ApplicationFailure
      ? (cause.details?.[0] as { advice?: string; reason?: Parked['reason'] } | undefined)
      : undefined;
  return {
    reason: details?.reason ?? 'rejected',
    detail: cause instanceof Error ? cause.message : String(cause),
    advice: details?.advice ?? 'Mend the cause, then resolve the step with retry, or skip it with a reason.',
  };
}
