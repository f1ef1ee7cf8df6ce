import type { Client } from '@temporalio/client';
import { FlowNotFound } from '../client/errors';
import { listFlows, progressOf, type FlowSeen } from '../client/watch';
import { flowKinds, type FlowKind, type FlowState, type Progress, type StepOutcome } from '../domain/flow';

export interface Followed {
  readonly personId: string;
  readonly name: string;
}

/** One flow of a person as it was seen last. */
export interface FlowView extends Followed {
  readonly workflowId: string;
  readonly kind: FlowKind;
  readonly isOpen: boolean;
  readonly startedAt: string;
  readonly progress: Progress;
}

/** A date that is nearer than this is waited for; one that is farther is a place to rest, in milliseconds. */
const NEAR_MS = 2 * 60_000;
/** Flows that rest are asked only every so many rounds. */
const RESTING_ROUNDS = 5;
/** More flows than a demo or a file has. */
const MOST_FLOWS = 10_000;

/** Asks the flows of some people how they stand, again and again. */
export class FlowBoard {
  readonly #views = new Map<string, FlowView>();
  #round = 0;

  constructor(
    private readonly client: Client,
    private readonly people: readonly Followed[],
  ) {}

  /** In the order of the people, each person's in the order of their starts; only those who have a flow. */
  get views(): readonly FlowView[] {
    return this.people.flatMap(({ personId }) => this.viewsOf(personId));
  }

  viewsOf(personId: string): readonly FlowView[] {
    return [...this.#views.values()]
      .filter((view) => view.personId === personId)
      .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  }

  /** The flow that is at work, else one that waits, else the last. */
  view(personId: string): FlowView | undefined {
    const views = this.viewsOf(personId);
    const open = views.filter((view) => view.isOpen);
    return open.find(({ progress }) => !isAtRest(progress)) ?? open.at(-1) ?? views.at(-1);
  }

  /** `all`: also those that rest. A flow that gives no answer keeps its last view. */
  async refresh({ all = false }: { readonly all?: boolean } = {}): Promise<void> {
    this.#round += 1;
    const isFullRound = all || this.#round % RESTING_ROUNDS === 0;
    const seen = await listFlows({ client: this.client, filter: { flow: flowKinds }, limit: MOST_FLOWS });
    const names = new Map(this.people.map(({ personId, name }) => [personId, name]));
    const latest = new Map<string, FlowSeen>();
    for (const flow of seen) {
      const other = latest.get(flow.workflowId);
      if (other === undefined || other.startedAt < flow.startedAt) latest.set(flow.workflowId, flow);
    }
    const asked = [...latest.values()].filter((flow) => {
      const view = this.#views.get(flow.workflowId);
      const isSame = view?.startedAt === flow.startedAt && view.isOpen === (flow.status === 'RUNNING');
      return names.has(flow.personId ?? '') && (!isSame || isFullRound || !isAtRest(view.progress));
    });
    await Promise.all(asked.map((flow) => this.#ask(flow, names.get(flow.personId ?? '') ?? '')));
  }

  async #ask({ workflowId, personId = '', flow, status, startedAt }: FlowSeen, name: string): Promise<void> {
    try {
      const progress = await progressOf({ client: this.client, workflowId });
      const kind = flow as FlowKind;
      const isOpen = status === 'RUNNING' && progress.outcome === undefined;
      this.#views.set(workflowId, { personId, name, workflowId, kind, isOpen, startedAt, progress });
    } catch (error) {
      if (error instanceof FlowNotFound) this.#views.delete(workflowId);
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
