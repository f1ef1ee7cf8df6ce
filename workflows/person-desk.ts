import {
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import type { HrEvent } from '../domain/event';
import type { LeaverReport, LeaverRequest, LegalHold, TimedEvent } from '../domain/leaver';
import {
  flowEndedSignal,
  flowEventSignal,
  flowWorkflowId,
  hrSignal,
  operatorSignal,
  returnedSignal,
  searchAttributes,
  type FlowEnded,
  type HrMessage,
  type OperatorWord,
} from './messages';
import { isTimedEvent } from './guards';
import { leaver } from './leaver';
import { core, priorities } from './proxies';

/** What a run of `person` hands to the next one. */
export interface PersonState {
  readonly personId: string;
  readonly inbox?: readonly HrMessage[];
  readonly returned?: readonly TimedEvent[];
  readonly flow?: RunningFlow;
  /** The last word of an operator on a flow that ended by it. */
  readonly operatorWord?: OperatorWord;
  /** Counts the events taken, over all runs since the workflow started. */
  readonly taken?: number;
}

interface RunningFlow {
  readonly workflowId: string;
  readonly runId: string;
  readonly request: LeaverRequest;
}

/** One person's inbox and the flow that runs for them. */
export class PersonDesk {
  readonly #inbox: HrMessage[];
  readonly #returned: TimedEvent[];
  #flow: RunningFlow | undefined;
  #operatorWord: OperatorWord | undefined;
  #taken: number;
  #flowNews: FlowEnded | { readonly gone: RunningFlow } | undefined;
  /** The child's handle tells of its end; after a continue-as-new there is none, and the server has to be asked. */
  #watched = false;
  #ignored = 0;

  constructor(private readonly state: PersonState) {
    this.#inbox = [...(state.inbox ?? [])];
    this.#returned = [...(state.returned ?? [])];
    this.#flow = state.flow;
    this.#operatorWord = state.operatorWord;
    this.#taken = state.taken ?? 0;
    setHandler(hrSignal, (message: unknown) => {
      if (isHrMessage(message)) this.#inbox.push(message);
      else this.ignore('hr');
    });
    setHandler(flowEndedSignal, (ended: unknown) => {
      if (!isFlowEnded(ended)) this.ignore('flowEnded');
      else if (!this.#watched) this.#flowNews = ended; // a watched flow tells by its handle, when it has really closed
    });
    setHandler(returnedSignal, (timed: unknown) => {
      if (isTimedEvent(timed)) this.#returned.push(timed);
      else this.ignore('returned');
    });
    setHandler(operatorSignal, (word: unknown) => {
      if (isOperatorWord(word)) this.#operatorWord = word;
      else this.ignore('operator');
    });
    this.show();
  }

  get hasNews(): boolean {
    return this.#inbox.length > 0 || this.#returned.length > 0 || this.#flowNews !== undefined;
  }
  get isIdle(): boolean {
    return !this.hasNews && this.#flow === undefined;
  }
  /** The flow's end will be told by its handle; otherwise the server has to be asked now and then. */
  get isWatching(): boolean {
    return this.#watched;
  }

  carryOver(): PersonState {
    return {
      personId: this.state.personId,
      inbox: [...this.#inbox],
      returned: [...this.#returned],
      taken: this.#taken,
      ...(this.#flow === undefined ? {} : { flow: this.#flow }),
      ...(this.#operatorWord === undefined ? {} : { operatorWord: this.#operatorWord }),
    };
  }

  async takeAll(): Promise<void> {
    while (this.hasNews) {
      await this.hearOfFlow();
      const returned = this.#returned.shift();
      if (returned !== undefined) await this.decide(returned);
      const message = this.#inbox.shift();
      if (message !== undefined) await this.take(message);
      this.show();
    }
  }

  private async take({ event, receivedAt }: HrMessage): Promise<void> {
    const { workflowId, runId } = workflowInfo();
    this.#taken += 1;
    const recorded = await core.recordEvent({
      event,
      receivedAt,
      key: `${workflowId}/${runId}/${this.#taken}`,
      batch: this.#taken,
    });
    if (recorded.verdict === 'new' && recorded.cancelledBy === undefined)
      await this.decide(recorded.timed, recorded.hold);
  }

  /** A running flow hears the event; without one, a leaver starts and everything else is a fact in the store. */
  private async decide(timed: TimedEvent, hold?: LegalHold): Promise<void> {
    if (this.#flow !== undefined && (await this.forward(this.#flow, timed))) return;
    if (timed.event.type === 'tenure.leaver') await this.startLeaver(timed, hold);
  }

  /** False when the flow has ended meanwhile: the event is decided afresh. */
  private async forward(flow: RunningFlow, timed: TimedEvent): Promise<boolean> {
    try {
      await getExternalWorkflowHandle(flow.workflowId).signal(flowEventSignal, timed);
      return true;
    } catch {
      await this.hearOfFlow();
      this.#flow = undefined;
      return false;
    }
  }

  private async startLeaver(timed: TimedEvent, hold: LegalHold | undefined): Promise<void> {
    const contested = this.contradictionOf(timed.event);
    const request: LeaverRequest = {
      personId: this.state.personId,
      leaver: timed,
      ...(hold === undefined ? {} : { hold }),
      ...(contested === undefined ? {} : { contested }),
    };
    await this.start(request);
  }

  /** An operator cancelled the last leaver; a later HR event that wants one waits for a person's word. */
  private contradictionOf(event: HrEvent): string | undefined {
    const word = this.#operatorWord;
    if (word?.word !== 'cancel' || event.data.urgent === true) return undefined;
    return `${word.by || 'an operator'} cancelled the last leaver at ${word.at} (${word.reason}); HR event ${event.id} wants it again`;
  }

  private async start(request: LeaverRequest): Promise<void> {
    const workflowId = flowWorkflowId('leaver', request.personId);
    const urgent = request.leaver.event.data.urgent === true;
    try {
      const child = await startChild(leaver, {
        workflowId,
        args: [request],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        priority: { priorityKey: urgent ? priorities.urgent : priorities.leaver },
        staticSummary: `Leaver ${request.personId}${urgent ? ' (urgent)' : ''}`,
        staticDetails: `Started by HR event \`${request.leaver.event.id}\`. How it stands now, and what to send, is under Current Details.`,
        typedSearchAttributes: [
          { key: searchAttributes.person, value: request.personId },
          { key: searchAttributes.flow, value: 'leaver' },
          { key: searchAttributes.state, value: 'scheduled' },
          { key: searchAttributes.awaitingApproval, value: false },
        ],
      });
      this.watch({ workflowId, runId: child.firstExecutionRunId, request }, child.result());
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // One runs that this run of `person` does not know of: it hears the event, and its end will be signalled.
      this.#flow = { workflowId, runId: '', request };
      this.#watched = false;
      await this.forward(this.#flow, request.leaver);
    }
  }

  private watch(flow: RunningFlow, result: Promise<LeaverReport>): void {
    this.#flow = flow;
    this.#watched = true;
    result.then(
      ({ outcome }) => this.endedWith(flow, { workflowId: flow.workflowId, runId: flow.runId, outcome }),
      () => this.endedWith(flow, { gone: flow }),
    );
  }

  /** A flow that returned its report has ended by itself; after anything else the server is asked what became of it. */
  private endedWith(flow: RunningFlow, news: FlowEnded | { readonly gone: RunningFlow }): void {
    if (this.#flow === flow) this.#flowNews ??= news;
  }

  /** Asks the server about a flow that this run holds no handle of. */
  async lookAfterFlow(): Promise<void> {
    const flow = this.#flow;
    if (flow === undefined) return;
    const fate = await core.inspectFlow({ workflowId: flow.workflowId, runId: flow.runId });
    if (fate.state === 'ended') this.#flowNews ??= { gone: flow };
  }

  private async hearOfFlow(): Promise<void> {
    const news = this.#flowNews;
    const flow = this.#flow;
    this.#flowNews = undefined;
    if (news === undefined || flow === undefined) return;
    if (!('gone' in news)) {
      if (news.workflowId === flow.workflowId) this.#flow = undefined;
      return;
    }
    const fate = await core.inspectFlow({ workflowId: flow.workflowId, runId: flow.runId });
    if (fate.state === 'running') {
      // A reset: the flow goes on in another run. Its decisions are asked again there.
      this.#flow = { ...flow, runId: fate.runId ?? flow.runId };
      this.#watched = false;
      await this.evidence(
        'reset-from-outside',
        `the flow was reset; it goes on as run ${fate.runId ?? 'unknown'}`,
        flow,
      );
      return;
    }
    this.#flow = undefined;
    if (fate.status === 'COMPLETED' || fate.status === undefined) return;
    const cancelled = this.#operatorWord?.word === 'cancel' && this.#operatorWord.workflowId === flow.workflowId;
    await this.evidence(
      'ended-from-outside',
      `the flow was ended from outside (${fate.status.toLowerCase()}); ${cancelled ? 'an operator had cancelled it' : 'it is started again'}`,
      flow,
    );
    if (!cancelled) await this.start(flow.request);
  }

  private async evidence(outcome: string, detail: string, flow: RunningFlow): Promise<void> {
    const { eventHash } = flow.request.leaver;
    await core.record({
      personId: this.state.personId,
      eventHash,
      batch: 1_000_000 + (this.#outsideBatches += 1),
      entries: [
        {
          kind: 'flow',
          at: new Date().toISOString(),
          outcome,
          detail,
          eventHash,
          data: { workflowId: flow.workflowId, runId: flow.runId },
        },
      ],
    });
  }
  #outsideBatches = 0;

  private ignore(name: string): void {
    this.#ignored += 1;
    this.show(`A signal \`${name}\` was ignored: it is not for people. Send messages to the flow.`);
  }

  private show(note?: string): void {
    const flow = this.#flow === undefined ? 'No flow is running.' : `Running: \`${this.#flow.workflowId}\`.`;
    setCurrentDetails(
      [
        `**Person ${this.state.personId}**: ${this.#taken} events taken, ${this.#inbox.length} waiting. ${flow}`,
        note ?? '',
        this.#ignored > 0 ? `${this.#ignored} signals ignored.` : '',
      ]
        .filter((line) => line !== '')
        .join('\n\n'),
    );
  }
}

function isHrMessage(raw: unknown): raw is HrMessage {
  const event = (raw as Partial<HrMessage> | null | undefined)?.event;
  return (
    typeof event === 'object' &&
    event !== null &&
    typeof event.id === 'string' &&
    typeof event.type === 'string' &&
    typeof event.data === 'object' &&
    event.data !== null
  );
}
function isFlowEnded(raw: unknown): raw is FlowEnded {
  return typeof (raw as Partial<FlowEnded> | null | undefined)?.workflowId === 'string';
}
function isOperatorWord(raw: unknown): raw is OperatorWord {
  const word = raw as Partial<OperatorWord> | null | undefined;
  return typeof word?.workflowId === 'string' && (word.word === 'cancel' || word.word === 'reschedule');
}
