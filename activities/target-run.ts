import { createHash } from 'node:crypto';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { ActivityCancelledError } from '@temporalio/client';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Call, Connector, Exchange } from '../connectors/connector';
import { VendorUnauthorized } from '../connectors/errors';
import type { AdminRule } from '../domain/administrator';
import type { CorrelationRule } from '../domain/correlation';
import type { EvidenceDraft } from '../domain/evidence';
import { stricter, type Mode } from '../domain/target';
import type { Breaker, Visit, Visitor } from './breaker';
import { toFailure } from './failures';
import type { Turn } from './turn';

/** What the steps of one target work with; built once by the worker. */
export interface TargetDesk {
  readonly id: string;
  readonly type: string;
  readonly system: string;
  /** The account with which Tenure signs on; never changed by it. */
  readonly serviceAccount: string;
  /** What this worker's own configuration allows; the stricter of this and what the flow was told counts. */
  readonly mode: Mode;
  readonly connector: Connector;
  readonly correlation: CorrelationRule;
  readonly breaker: Breaker;
  /** Who must not be the last one to go; absent: no groups of administrators are configured. */
  readonly administrators?: { readonly rule: AdminRule; readonly turn: Turn };
  /** True while the emergency stop holds this target; cheap to ask often. */
  isStopped(): Promise<boolean>;
}

/** Whoever may talk to the vendor. */
export interface Caller {
  readonly call: Call;
}

const keepAliveMs = 5_000;
const stopAgainInMs = 5_000;
/** As the flows give it to steps of urgent leavers (workflows/proxies.ts). */
const urgentPriority = 1;

/** One attempt of one step: its call to the vendor, its heartbeat, and what it has seen. */
export class TargetRun<Progress> {
  readonly startedAt = Date.now();
  readonly #requestIds: string[] = [];
  readonly call: Call;
  /** The vendor answered as it does only to those whose credential is good. */
  wasAccepted = false;
  /** What an earlier attempt saved before it was lost. */
  readonly saved: Progress | undefined;
  #progress: Progress | undefined;
  /** The SDK may hold back a heartbeat of this attempt, with the progress as it was then. */
  #hasBeaten = false;
  readonly #context = Context.current();
  readonly #keepAlive: NodeJS.Timeout;

  /** `planned`: the mode that the flow was told, where a flow asks. */
  constructor(
    private readonly desk: TargetDesk,
    private readonly planned: Mode = desk.mode,
  ) {
    this.saved = this.#context.info.heartbeatDetails as Progress | undefined;
    this.#progress = this.saved;
    this.call = {
      signal: this.#context.cancellationSignal,
      beforeWrite: () => this.holdWhenStopped(),
      noteExchange: (exchange) => this.note(exchange),
      reads: new Map(),
      onWait: () => this.beat(),
    };
    this.#keepAlive = setInterval(() => this.beat(), keepAliveMs);
  }

  /** What was last made durable, as details of a failure. */
  get begun(): unknown[] {
    return this.#progress === undefined ? [] : [this.#progress];
  }
  get attempt(): number {
    return this.#context.info.attempt;
  }
  get runId(): string {
    return this.#context.info.workflowExecution?.runId ?? '';
  }
  get milliseconds(): number {
    return Date.now() - this.startedAt;
  }

  /** What the breaker has to know. A person's word is good for one attempt: the next ones come by themselves. */
  visitor(askedByPerson: boolean): Visitor {
    const { activityId, priority } = this.#context.info;
    return {
      id: `${this.runId}/${activityId}`,
      urgent: priority?.priorityKey === urgentPriority,
      askedByPerson: askedByPerson && this.attempt === 1,
    };
  }

  /**
   * Makes progress durable before going on. A plain heartbeat may still be in this process when it is killed; this one
   * has been answered by the server.
   */
  async save(progress: Progress): Promise<void> {
    this.#progress = progress;
    // What the SDK sends last, at the latest with a failure, must not be older than this.
    if (this.#hasBeaten) this.beat();
    const { taskToken } = this.#context.info;
    try {
      await this.#context.client.activity.heartbeat(taskToken, progress);
    } catch (error) {
      if (this.call.signal.aborted) throw new CancelledFailure('cut off by a person');
      // The server knew of the cut before this process: the next heartbeat brings the word.
      if (error instanceof ActivityCancelledError) await this.#context.cancelled;
      throw error;
    }
  }

  /** Hands this to the next attempt: the SDK sends it at the latest with this attempt's failure, not when it is killed. */
  keep(progress: Progress): void {
    this.#progress = progress;
    this.beat();
  }

  /** The emergency stop reaches steps in flight: the write is not sent, and the step goes back to its held queue. */
  private async holdWhenStopped(): Promise<void> {
    if (this.call.signal.aborted) throw new CancelledFailure('cut off by a person');
    if (stricter(this.planned, this.desk.mode) === 'observe') throw this.modeForbids();
    if (!(await this.desk.isStopped())) return;
    throw ApplicationFailure.create({
      type: 'EmergencyStop',
      message: `${this.desk.id}: held by the emergency stop; tenure resume lets it go on`,
      nextRetryDelay: stopAgainInMs,
      category: ApplicationFailureCategory.BENIGN,
    });
  }

  private modeForbids(): ApplicationFailure {
    // What a flow has planned to observe stays observed: another plan takes another flow.
    const advice =
      this.planned === 'observe'
        ? 'The flow was planned in mode observe and writes nothing. Skip the step with a reason; a flow planned after the mode is set to contain or full may write.'
        : 'Set mode to contain or full on this target and restart its worker, then resolve with retry.';
    const message = `${this.desk.id}: mode is observe: nothing is written`;
    return ApplicationFailure.nonRetryable(message, 'ModeForbids', { reason: 'rejected', advice });
  }

  /** The vendor's ids of the requests since this was last asked: those of one account, when asked after each. */
  takeRequestIds(): readonly string[] {
    return this.#requestIds.splice(0);
  }

  /** A draft about this step, with what every entry of it carries. */
  draft(draft: Pick<EvidenceDraft, 'step' | 'outcome'> & Partial<EvidenceDraft>): EvidenceDraft {
    return {
      kind: 'step',
      at: new Date().toISOString(),
      target: this.desk.id,
      system: this.desk.system,
      serviceAccount: this.desk.serviceAccount,
      milliseconds: this.milliseconds,
      requestIds: this.takeRequestIds(),
      ...draft,
    };
  }

  private beat(): void {
    this.#hasBeaten = true;
    this.#context.heartbeat(this.#progress);
  }

  private note({ requestId, status = 0 }: Exchange): void {
    if (requestId !== undefined) this.#requestIds.push(requestId);
    this.wasAccepted ||= status >= 200 && status < 300;
  }

  close(): void {
    clearInterval(this.#keepAlive);
  }
}

/** Runs a step on a target: breaker, heartbeat, cancellation, and errors turned into Temporal's in one crossing. */
export async function onTarget<Progress, Result>(
  desk: TargetDesk,
  { askedByPerson = false, mode }: { readonly askedByPerson?: boolean; readonly mode?: Mode },
  work: (run: TargetRun<Progress>) => Promise<Result>,
): Promise<Result> {
  const run = new TargetRun<Progress>(desk, mode);
  let visit: Visit | undefined;
  try {
    visit = desk.breaker.enter(run.visitor(askedByPerson));
    const result = await work(run);
    if (!run.call.signal.aborted || run.wasAccepted) visit.accepted();
    else visit.undecided();
    return result;
  } catch (error) {
    if (error instanceof VendorUnauthorized) visit?.refused();
    else if (run.wasAccepted) visit?.accepted();
    else visit?.undecided();
    // What was begun travels with the end: an undo has to know of it, and whoever begins again.
    if (run.call.signal.aborted) throw new CancelledFailure('cut off by a person', run.begun);
    throw toFailure(error);
  } finally {
    run.close();
  }
}

/** A fingerprint of secrets that can be compared and tells nothing. */
export function fingerprintOf(secrets: readonly (() => string)[]): string {
  const hash = createHash('sha256');
  for (const reveal of secrets) {
    try {
      hash.update(reveal());
    } catch {
      hash.update('unreadable');
    }
    hash.update('\0');
  }
  return hash.digest('hex');
}
