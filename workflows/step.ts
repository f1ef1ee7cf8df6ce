import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
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
  /** The running attempt is to end without a say in how the step stands. */
  #isCutOff = false;

  /** `progressOf`: what the server keeps of the running attempts of this step. */
  constructor(
    readonly name: StepName,
    private readonly progressOf: () => Promise<unknown>,
  ) {}

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
    this.#cutOffBecause = why;
    if (this.#scope === undefined) return;
    this.cutOff = true;
    if (patched('progress-before-cut-off')) void this.cutOffKnowingly(this.#scope);
    else this.#scope.cancel();
  }

  /** One that waits for its next attempt is cancelled without a word of what earlier ones began: it is asked for before. */
  private async cutOffKnowingly(scope: CancellationScope): Promise<void> {
    this.#isCutOff = true;
    const progress = await this.progressOf();
    if (this.#scope !== scope) return; // it returned meanwhile
    this.begun = progress ?? this.begun;
    scope.cancel();
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
    this.#isCutOff = false;
    try {
      const report = await this.#scope.run(attempt);
      if (report.parked === undefined) this.show(this.keepBest(report.outcome), report.detail);
      else if (this.#isCutOff) this.endCutOff();
      else this.park(report.parked);
      return report;
    } catch (failure) {
      // It may have failed in the very moment of being cut off: a person has spoken, nobody needs to be asked.
      if (isCancellation(failure) || this.#isCutOff) return this.endCutOff(failure);
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

  private endCutOff(failure?: unknown): undefined {
    const cause = failure instanceof ActivityFailure ? failure.cause : failure;
    // The server says in plain text that no attempt was running; an attempt says what it had begun.
    const said = cause instanceof CancelledFailure ? cause.details[0] : undefined;
    if (typeof said === 'object' && said !== null) this.begun = said;
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
