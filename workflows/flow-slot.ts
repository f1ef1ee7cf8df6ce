import { condition, getExternalWorkflowHandle, ParentClosePolicy, patched, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import type { ChangeKind, ChangeRequest } from '../domain/change';
import type { FlowKind } from '../domain/flow';
import { endOfAccess, type LeaverRequest, type TimedEvent } from '../domain/leaver';
import type { FlowClock } from './clock';
import { heardWith, orderAgain, type OperatorWords } from './flow-again';
import { joiner } from './joiner';
import { leaver } from './leaver';
import { flowEventSignal, flowWorkflowId, searchAttributes, type FlowEnded, type OperatorWord } from './messages';
import { mover } from './mover';
import { core, priorities } from './proxies';
import { restore } from './restore';
import { suspension } from './suspension';

/** A flow to start, and what to start it with. */
export type FlowOrder =
  | { readonly kind: 'leaver'; readonly request: LeaverRequest }
  | { readonly kind: ChangeKind; readonly request: ChangeRequest };

export type RunningFlow = FlowOrder & {
  readonly workflowId: string;
  readonly runId: string;
  /** What was said to it since it started, for a run that has to go on in its place. */
  readonly heard?: readonly TimedEvent[];
  readonly words?: OperatorWords;
};

/** What a slot tells its person. */
export interface SlotOwner {
  readonly clock: FlowClock;
  /** Evidence of what was done to a flow from outside. */
  tellOutside(news: { readonly outcome: string; readonly detail: string; readonly flow: RunningFlow }): Promise<void>;
  /** An operator's `cancel` on this flow is recorded: earlier versions did not start it again then. */
  wasCancelled(flow: RunningFlow): boolean;
  /** What was said to a flow that ended from outside and is not for the run that goes on in its place. */
  decideAfresh(events: readonly TimedEvent[]): void;
}

const words: Readonly<Record<FlowKind, string>> = {
  joiner: 'Joiner',
  mover: 'Mover',
  leaver: 'Leaver',
  suspension: 'Suspension',
  restore: 'Restore',
};

/** The event that a flow was started by. */
export function causeOf(flow: FlowOrder): TimedEvent {
  return flow.kind === 'leaver' ? flow.request.leaver : flow.request.cause;
}

/** One flow of a person while it lives: started as a child that outlives its parent, told of events, heard of when it ends. */
export class FlowSlot {
  #flow: RunningFlow | undefined;
  #news: FlowEnded | { readonly gone: RunningFlow } | undefined;
  /** The child's handle tells of its end; after a continue-as-new there is none, and the server has to be asked. */
  #watched = false;
  /** It has given events back, and nothing follows but its end. */
  #closing = false;
  #heard: readonly TimedEvent[] = [];
  #words: OperatorWords = {};

  constructor(
    flow: RunningFlow | undefined,
    private readonly owner: SlotOwner,
  ) {
    this.#flow = flow;
    this.#heard = flow?.heard ?? [];
    this.#words = flow?.words ?? {};
  }

  get running(): RunningFlow | undefined {
    return this.#flow === undefined ? undefined : { ...this.#flow, heard: this.#heard, words: this.#words };
  }
  get hasNews(): boolean {
    return this.#news !== undefined;
  }
  /** The end of what runs here, if anything does, is told by a handle. */
  get isWatching(): boolean {
    return this.#flow === undefined || this.#watched;
  }

  /** A flow says that it ended; a watched one tells by its handle, when it has really closed. */
  ended(news: FlowEnded): void {
    if (!this.#watched && this.#flow?.workflowId === news.workflowId) this.#news ??= news;
  }

  /** Only where its end is sure to be told: one that lost its handle would be waited for in vain. */
  closes({ workflowId, runId }: { readonly workflowId: string; readonly runId: string }): void {
    const flow = this.#flow;
    if (this.#watched && flow?.workflowId === workflowId && flow.runId === runId) this.#closing = true;
  }

  /** An operator's word to a flow; it is kept for the run that may have to go on in its place. */
  told(word: OperatorWord): void {
    if (this.#flow?.workflowId === word.workflowId) this.#words = { ...this.#words, [word.word]: word };
  }

  /** False when nothing runs here or it has ended meanwhile: the event is decided afresh. */
  async forward(timed: TimedEvent): Promise<boolean> {
    if (this.#closing) {
      await condition(() => this.hasNews);
      await this.hearOfEnd();
    }
    for (let tries = 1; this.#flow !== undefined; tries += 1) {
      const flow: RunningFlow = this.#flow;
      try {
        await getExternalWorkflowHandle(flow.workflowId).signal(flowEventSignal, timed);
        this.#heard = heardWith(this.#heard, timed);
        return true;
      } catch {
        // Nobody has told of its end yet: one that was ended from outside goes on in another run, which hears it.
        const asks = patched('ended-before-it-was-heard');
        if (asks) this.#news ??= { gone: flow };
        await this.hearOfEnd();
        if (!asks || tries === 3) this.#flow = undefined;
      }
    }
    return false;
  }

  async start(given: FlowOrder): Promise<void> {
    const order = { ...given, request: { ...given.request, clock: 'told' } } as FlowOrder;
    const { kind, request } = order;
    const workflowId = flowWorkflowId(kind, request.personId);
    this.#heard = [];
    this.#words = {};
    try {
      const child = await startFlow(order, workflowId);
      this.watch({ ...order, workflowId, runId: child.firstExecutionRunId }, child.result());
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // One runs that this run of `person` does not know of: it hears the event, and its end will be signalled.
      this.#flow = { ...order, workflowId, runId: '' };
      this.#watched = false;
      // It may have ended in this very moment.
      if (!(await this.forward(causeOf(order))) && patched('started-when-the-other-ended')) await this.start(order);
    }
  }

  private watch(flow: RunningFlow, result: Promise<{ readonly outcome: string }>): void {
    this.#flow = flow;
    this.#watched = true;
    this.#closing = false;
    result.then(
      ({ outcome }) => this.endedWith(flow, { workflowId: flow.workflowId, runId: flow.runId, outcome }),
      () => this.endedWith(flow, { gone: flow }),
    );
  }

  /** A flow that returned its report has ended by itself; after anything else the server is asked what became of it. */
  private endedWith(flow: RunningFlow, news: FlowEnded | { readonly gone: RunningFlow }): void {
    if (this.#flow === flow) this.#news ??= news;
  }

  /** Asks the server about a flow that this run holds no handle of. */
  async lookAfter(): Promise<void> {
    const flow = this.#flow;
    if (flow === undefined || this.#watched) return;
    const fate = await core.inspectFlow({ workflowId: flow.workflowId, runId: flow.runId });
    if (fate.state === 'ended') this.#news ??= { gone: flow };
  }

  /** What the news mean: it ended, was reset and goes on, or was ended from outside and is started again. */
  async hearOfEnd(): Promise<void> {
    const news = this.#news;
    const flow = this.#flow;
    this.#news = undefined;
    // It still has to end; earlier versions forgot here that it gives back what it heard, and said it once more.
    if (news === undefined && this.#closing && patched('closing-until-it-ends')) return;
    this.#closing = false;
    if (news === undefined || flow === undefined) return;
    if (!('gone' in news)) {
      this.#flow = undefined;
      return;
    }
    const fate = await core.inspectFlow({ workflowId: flow.workflowId, runId: flow.runId });
    this.owner.clock.tell(fate.at);
    if (fate.state === 'running') {
      // A reset: the flow goes on in another run. Its decisions are asked again there.
      this.#flow = { ...flow, runId: fate.runId ?? flow.runId };
      this.#watched = false;
      const detail = `the flow was reset; it goes on as run ${fate.runId ?? 'unknown'}`;
      await this.owner.tellOutside({ outcome: 'reset-from-outside', detail, flow });
      return;
    }
    this.#flow = undefined;
    // Its own end may have been told while the server was asked: it is no news of the flow that is started next.
    this.#news = undefined;
    if (fate.status === 'COMPLETED' || fate.status === undefined) return;
    if (patched('restart-as-it-stood')) return await this.startAgain(flow, fate.status.toLowerCase());
    const cancelled = this.owner.wasCancelled(flow);
    await this.owner.tellOutside({
      outcome: 'ended-from-outside',
      detail: `the flow was ended from outside (${fate.status.toLowerCase()}); ${cancelled ? 'an operator had cancelled it' : 'it is started again'}`,
      flow,
    });
    if (!cancelled) await this.start(flow);
  }

  /** Goes on as it stood when it was ended, with what HR and operators have said to it by then. */
  private async startAgain(flow: RunningFlow, status: string): Promise<void> {
    const heard = this.#heard;
    const words = this.#words;
    const standing = flow.kind === 'leaver' ? await core.standingOf({ timed: causeOf(flow) }) : undefined;
    const { order, left, why } = orderAgain({ flow, heard, words, standing, clock: this.owner.clock });
    await this.owner.tellOutside({
      outcome: 'ended-from-outside',
      detail: `the flow was ended from outside (${status}); ${why}`,
      flow,
    });
    if (order === undefined) return this.owner.decideAfresh(left);
    await this.start(order);
    this.#heard = [...heard, ...this.#heard];
    this.#words = { ...words, ...this.#words };
    for (const timed of left) await this.forward(timed);
  }
}

function startFlow(order: FlowOrder, workflowId: string) {
  const { kind, request } = order;
  const { event } = causeOf(order);
  const urgent = event.data.urgent === true;
  const priorityKey = urgent ? priorities.urgent : kind === 'leaver' ? priorities.leaver : priorities.mover;
  const options = {
    workflowId,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    priority: { priorityKey },
    staticSummary: `${words[kind]} ${request.personId}${urgent ? ' (urgent)' : ''}`,
    staticDetails: `Started by HR event \`${event.id}\`. How it stands now, and what to send, is under Current Details.`,
    typedSearchAttributes: [
      { key: searchAttributes.person, value: request.personId },
      { key: searchAttributes.flow, value: kind },
      { key: searchAttributes.state, value: 'scheduled' },
      { key: searchAttributes.awaitingApproval, value: false },
      // What is known at the start costs no action of its own.
      ...(kind === 'leaver' ? [{ key: searchAttributes.dueAt, value: new Date(endOfAccess(causeOf(order))) }] : []),
    ],
  };
  switch (order.kind) {
    case 'leaver':
      return startChild(leaver, { ...options, args: [order.request] });
    case 'joiner':
      return startChild(joiner, { ...options, args: [order.request] });
    case 'mover':
      return startChild(mover, { ...options, args: [order.request] });
    case 'suspension':
      return startChild(suspension, { ...options, args: [order.request] });
    case 'restore':
      return startChild(restore, { ...options, args: [order.request] });
  }
}
