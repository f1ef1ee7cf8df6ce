import { QueryNotRegisteredError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import type { FlowKind, FlowOutcome, FlowState, Progress } from '../domain/flow';
import { askAgain, progressQuery, searchAttributes } from '../workflows/messages';
import { failedPrecondition, fromTemporal, grpcErrorOf, NoWorker, TemporalAway } from './errors';

export interface FlowToAsk {
  readonly client: Client;
  readonly workflowId: string;
  /** Milliseconds; 5000 when not given. */
  readonly deadlineMs?: number;
}

/**
 * How a flow stands, as it says itself; an ended one answers too, as long as Temporal keeps it. Throws `NoWorker` when
 * none answers, `FlowNotFound`, `TemporalAway`.
 */
export async function progressOf({ client, workflowId, deadlineMs = 5000 }: FlowToAsk): Promise<Progress> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    return await client.withDeadline(Date.now() + deadlineMs, async () =>
      handle.query(progressQuery, {}).catch(async (error: unknown) => {
        if (!(error instanceof QueryNotRegisteredError) || !error.message.includes(askAgain)) throw error;
        return await handle.query(progressQuery, {});
      }),
    );
  } catch (error) {
    const what = `Asking ${workflowId} for its progress`;
    if (error instanceof QueryNotRegisteredError) {
      throw new NoWorker(`${what}: it has not run yet or knows no such question`, { cause: error });
    }
    const words = `${what}: no worker answered within ${deadlineMs} ms; is one running?`;
    if (grpcErrorOf(error)?.code === failedPrecondition) throw new NoWorker(words, { cause: error });
    const known = fromTemporal(error, what);
    // A query is answered by a worker: without one, Temporal is there and yet nothing comes in time.
    if (known instanceof TemporalAway && (await exists({ client, workflowId }))) {
      throw new NoWorker(words, { cause: error });
    }
    throw known;
  }
}

async function exists({ client, workflowId }: FlowToAsk): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + 2000, () => client.workflow.getHandle(workflowId).describe());
    return true;
  } catch {
    return false;
  }
}

type FlowName = FlowKind | 'person' | 'reconcile' | 'hrRecord';

export interface FlowFilter {
  readonly personId?: string;
  /** One kind, or any of several; `flowKinds` leaves `person` out. */
  readonly flow?: FlowName | readonly FlowName[];
  readonly state?: FlowState;
  readonly outcome?: FlowOutcome;
  readonly awaitingApproval?: boolean;
  /** A target that is not finished. */
  readonly target?: string;
  /** Running ones only. */
  readonly isOpen?: boolean;
  /** Those that returned a result only. */
  readonly isCompleted?: boolean;
}

export interface FlowSeen {
  readonly workflowId: string;
  readonly runId: string;
  /** Temporal's word: `RUNNING`, `COMPLETED`, `TERMINATED`… */
  readonly status: string;
  readonly startedAt: string;
  readonly closedAt?: string;
  readonly personId?: string;
  readonly flow?: string;
  readonly state?: string;
  readonly outcome?: string;
  readonly awaitingApproval?: boolean;
  readonly dueAt?: string;
  readonly targets?: readonly string[];
}

export interface FlowsToList {
  readonly client: Client;
  readonly filter?: FlowFilter;
  /** Most flows that come back, newest first; 100 when not given. */
  readonly limit?: number;
  /** Milliseconds; 5000 when not given. */
  readonly deadlineMs?: number;
}

/**
 * Flows by their search attributes. A view for people: the index lags behind by seconds, so nothing may be decided by
 * what it says or leaves out.
 */
export async function listFlows(options: FlowsToList): Promise<readonly FlowSeen[]> {
  const { client, filter = {}, limit = 100, deadlineMs = 5000 } = options;
  const query = visibilityQuery(filter);
  const read = async () => {
    const seen: FlowSeen[] = [];
    for await (const one of client.workflow.list({ query, pageSize: Math.min(limit, 1000) })) {
      if (seen.push(toFlow(one)) >= limit) break;
    }
    return seen;
  };
  try {
    return await client.withDeadline(Date.now() + deadlineMs, read);
  } catch (error) {
    throw fromTemporal(error, 'Listing flows');
  }
}

/** The list filter of the Web UI and of Temporal's own command as well. */
export function visibilityQuery(filter: FlowFilter): string {
  const { person, flow, state, outcome, awaitingApproval, targets } = searchAttributes;
  const terms = [
    filter.personId === undefined ? undefined : `${person.name} = ${literal(filter.personId)}`,
    filter.flow === undefined ? `${flow.name} IS NOT NULL` : oneOf(flow.name, filter.flow),
    filter.state === undefined ? undefined : `${state.name} = ${literal(filter.state)}`,
    filter.outcome === undefined ? undefined : `${outcome.name} = ${literal(filter.outcome)}`,
    filter.awaitingApproval === undefined ? undefined : `${awaitingApproval.name} = ${filter.awaitingApproval}`,
    filter.target === undefined ? undefined : `${targets.name} = ${literal(filter.target)}`,
    filter.isOpen === true ? `ExecutionStatus = 'Running'` : undefined,
    filter.isCompleted === true ? `ExecutionStatus = 'Completed'` : undefined,
  ];
  return terms.filter((term) => term !== undefined).join(' AND ');
}

function oneOf(name: string, value: FlowName | readonly FlowName[]): string {
  if (typeof value === 'string') return `${name} = ${literal(value)}`;
  return `${name} IN (${value.map(literal).join(', ')})`;
}

/** Ids and names hold none of these; one that does would change the meaning of the query. */
function literal(value: string): string {
  if (/['"`\\]|\p{Cc}/u.test(value)) throw new Error(`${JSON.stringify(value)} cannot be looked for: it holds quotes`);
  return `'${value}'`;
}

function toFlow(info: WorkflowExecutionInfo): FlowSeen {
  const read = info.typedSearchAttributes;
  const dueAt = read.get(searchAttributes.dueAt);
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    status: info.status.name,
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime && { closedAt: info.closeTime.toISOString() }),
    ...given('personId', read.get(searchAttributes.person)),
    ...given('flow', read.get(searchAttributes.flow)),
    ...given('state', read.get(searchAttributes.state)),
    ...given('outcome', read.get(searchAttributes.outcome)),
    ...given('awaitingApproval', read.get(searchAttributes.awaitingApproval)),
    ...given('dueAt', dueAt?.toISOString()),
    ...given('targets', read.get(searchAttributes.targets)),
  };
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}
