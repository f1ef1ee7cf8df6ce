import type { Client } from '@temporalio/client';
import { FlowNotFound } from '../client/errors';
import { progressOf } from '../client/watch';
import type { FlowState, Progress, StepOutcome } from '../domain/flow';
import { flowWorkflowId } from '../workflows/messages';

export interface Followed {
  readonly personId: string;
  readonly name: string;
}

/** One person's leaver as it was seen last. */
export interface FlowView extends Followed {
  readonly workflowId: string;
  readonly progress: Progress;
}

/** A date that is nearer than this is waited for; one that is farther is a place to rest, in milliseconds. */
const NEAR_MS = 2 * 60_000;
/** Flows that rest are asked only every so many rounds. */
const RESTING_ROUNDS = 5;

/** Asks the leavers of some people how they stand, again and again. */
export class FlowBoard {
  readonly #views = new Map<string, FlowView>();
  #round = 0;

  constructor(
    private readonly client: Client,
    private readonly people: readonly Followed[],
  ) {}

  /** In the order of the people; only those who have a flow. */
  get views(): readonly FlowView[] {
    return this.people.flatMap(({ personId }) => this.#views.get(personId) ?? []);
  }

  view(personId: string): FlowView | undefined {
    return this.#views.get(personId);
  }

  /** `all`: also those that rest. A flow that gives no answer keeps its last view. */
  async refresh({ all = false }: { readonly all?: boolean } = {}): Promise<void> {
    this.#round += 1;
    const isFullRound = all || this.#round % RESTING_ROUNDS === 0;
    const asked = this.people.filter(({ personId }) => {
      const view = this.#views.get(personId);
      return view === undefined || isFullRound || !isAtRest(view.progress);
    });
    await Promise.all(asked.map((person) => this.#ask(person)));
  }

  async #ask(person: Followed): Promise<void> {
    const workflowId = flowWorkflowId('leaver', person.personId);
    try {
      const progress = await progressOf({ client: this.client, workflowId });
      this.#views.set(person.personId, { ...person, workflowId, progress });
    } catch (error) {
      if (error instanceof FlowNotFound) this.#views.delete(person.personId);
    }
  }
}

const waitsForPeople: readonly FlowState[] = ['awaiting-approval', 'held', 'done'];

/**
 * Ended, or waiting for a person, for a vendor or worker that has not answered for minutes, or for a date that is not
 * near: nothing more comes by itself soon.
 */
export function isAtRest({ state, outcome, dueAt, targets, approvals = [] }: Progress, now = Date.now()): boolean {
  if (outcome !== undefined) return true;
  if (state === 'scheduled' || state === 'retained') return dueAt !== undefined && Date.parse(dueAt) - now > NEAR_MS;
  const outcomes = targets.flatMap(({ steps }) => steps.map((step) => step.outcome));
  if (outcomes.includes('running')) return waitsForPeople.includes(state) && approvals.length === 0;
  return approvals.length > 0 || waitsForPeople.includes(state) || outcomes.some(isStuck);
}

function isStuck(outcome: StepOutcome): boolean {
  return outcome === 'parked' || outcome === 'waiting';
}

/** Somebody has to look: it stands still for another reason than the plan. */
export function needsAttention({ state, outcome, targets }: Progress): boolean {
  if (outcome === 'ended-from-outside' || state === 'blocked' || state === 'held') return true;
  return targets.some(({ steps }) =>
    steps.some((step) => step.outcome === 'residual-sessions' || isStuck(step.outcome)),
  );
}
