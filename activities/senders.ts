import { Context } from '@temporalio/activity';
import type { temporal } from '@temporalio/proto';
import type { Sender } from '../domain/approval';
import type { EstablishInput } from './contract';
import { caller, type CoreDesk, type TokenClaims } from './core-desk';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const pageSize = 500;

/**
 * Who sent a message: by a signed personal token, by the principal that the server verified (signals only: an update's
 * event carries the worker's), else by what the message or its client claims. The history is the witness, not the input.
 */
export async function establishSender(desk: CoreDesk, input: EstablishInput): Promise<Sender> {
  const event = await eventOf(input);
  const at = timeOf(event);
  const source = event === undefined ? 'no event found' : `event ${String(event.eventId ?? '')}`;
  if (input.token !== undefined) return await byToken(desk, input, { at, source });
  const principal = input.via.kind === 'signal' ? (event?.principal?.name ?? '') : '';
  if (principal !== '')
    return {
      name: principal,
      strength: 'principal',
      source: `${source}, principal ${event?.principal?.type ?? ''}`.trim(),
      at,
    };
  const identity = identityOf(event);
  const name = input.claimed ?? identity ?? '';
  return {
    name,
    strength: 'asserted',
    source: `${source}, ${input.claimed === undefined ? 'client identity' : 'named in the message'}`,
    at,
  };
}

/**
 * A token is used up by the first message that shows it, also when it cannot count there: whoever may read the history
 * has seen it from then on.
 */
async function byToken(
  { tokens, store }: CoreDesk,
  { token = '', planHash = '', via, name }: EstablishInput,
  { at, source }: { at: string; source: string },
): Promise<Sender> {
  const nobody = (why: string): Sender => ({ name: '', strength: 'asserted', source, at, refused: why });
  if (tokens === undefined) return nobody('no key for approval tokens is configured (notifications.tokenKey)');
  let claims: TokenClaims;
  try {
    claims = tokens.verify(token);
  } catch (error) {
    return nobody(error instanceof Error ? error.message.slice(0, 200) : 'unreadable');
  }
  const use = { ...caller(), planHash };
  const message = via.kind === 'update' ? `update ${via.updateId}` : `signal ${name} ${via.ordinal}`;
  const answer = await store.decisions.consume({ ...use, message, jti: claims.id, at });
  if (!answer.accepted) return nobody(`it was used already, at ${answer.usedAt}`);
  const misused = misuseOf(claims, use);
  if (misused !== undefined) return nobody(`${misused}; shown here, it is used up`);
  return { name: claims.subject, strength: 'token', source: `${source}, token ${claims.id}`, at };
}

function misuseOf(
  claims: TokenClaims,
  use: { readonly workflowId: string; readonly runId: string; readonly planHash: string },
): string | undefined {
  if (claims.workflowId !== use.workflowId) return `it is for ${claims.workflowId}`;
  if (claims.runId !== use.runId) return 'it is for another run: this flow was reset or started anew since';
  if (use.planHash === '') return 'the message names no plan: a token decides only with its planHash';
  return claims.planHash === use.planHash ? undefined : 'it is for another plan';
}

/** The event that brought the message, read from this run's history page by page. */
async function eventOf({ name, via }: EstablishInput): Promise<HistoryEvent | undefined> {
  let seen = 0;
  for await (const event of historyOfCaller()) {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (via.kind === 'signal' && signal?.signalName === name && (seen += 1) === via.ordinal) return event;
    const update = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (via.kind === 'update' && update?.acceptedRequest?.meta?.updateId === via.updateId) return event;
  }
  return undefined;
}

async function* historyOfCaller(): AsyncGenerator<HistoryEvent> {
  const { client } = Context.current();
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: caller(),
      maximumPageSize: pageSize,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken?.length === 0 ? undefined : (page.nextPageToken ?? undefined);
  } while (nextPageToken !== undefined);
}

function identityOf(event: HistoryEvent | undefined): string | undefined {
  const identity =
    event?.workflowExecutionSignaledEventAttributes?.identity ??
    event?.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.meta?.identity;
  return identity === null || identity === undefined || identity === '' ? undefined : identity;
}

function timeOf(event: HistoryEvent | undefined): string {
  const seconds = Number(event?.eventTime?.seconds ?? 0);
  return seconds === 0
    ? new Date().toISOString()
    : new Date(seconds * 1000 + Math.floor((event?.eventTime?.nanos ?? 0) / 1e6)).toISOString();
}
