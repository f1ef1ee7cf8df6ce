import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import {
  peopleSignal,
  peopleUpdate,
  type Cancel,
  type Decide,
  type PeopleMessage,
  type Release,
  type Reschedule,
  type Resolve,
} from '../workflows/messages';
import { fromTemporal, MessageRefused } from './errors';

export interface InputOf {
  readonly decide: Decide;
  readonly resolve: Resolve;
  readonly reschedule: Reschedule;
  readonly cancel: Cancel;
  readonly release: Release;
}

export interface MessageToSend<Name extends PeopleMessage> {
  readonly client: Client;
  /** Such as `leaver:e1042`. */
  readonly workflowId: string;
  readonly name: Name;
  readonly input: InputOf[Name];
  /** Milliseconds to wait for an answer before the signal is sent instead; 5000 when not given. */
  readonly deadlineMs?: number;
  /** `signal` sends no update at all: the only way whose sender the server attests (temporal 14). */
  readonly way?: 'update' | 'signal';
}

export interface Sent {
  /** `update`: the flow has answered. `signal`: Temporal keeps it until a worker is there; the flow may still refuse it. */
  readonly way: 'update' | 'signal';
  readonly message: string;
}

const DEADLINE_MS = 5000;

/**
 * Tells a flow what a person decided. Asks by update, which answers at once; when nobody answers in time, sends the same
 * as a signal, which needs no worker. The flow may then see both: it counts each person once, and the other messages
 * only set a state. Throws `MessageRefused` with the flow's reason, `FlowNotFound` or `TemporalAway`.
 */
export async function sendUpdate<Name extends PeopleMessage>(send: MessageToSend<Name>): Promise<Sent> {
  if (send.way === 'signal') return sendSignal(send, 'the flow reads it as soon as a worker is there');
  const { client, workflowId, name, input, deadlineMs = DEADLINE_MS } = send;
  try {
    const receipt = await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow
        .getHandle(workflowId)
        .executeUpdate(peopleUpdate(name), { args: [input], updateId: `${name}-${randomUUID()}` }),
    );
    return { way: 'update', message: receipt.message };
  } catch (error) {
    // The same class stands for "no worker answers" and for "Temporal is away"; the signal tells which.
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      return sendSignal(send, `no worker answered within ${deadlineMs} ms; the flow reads it as soon as one is there`);
    }
    if (error instanceof WorkflowUpdateFailedError) throw refusal(workflowId, error);
    throw fromTemporal(error, `Sending ${name} to ${workflowId}`);
  }
}

async function sendSignal<Name extends PeopleMessage>(send: MessageToSend<Name>, why: string): Promise<Sent> {
  const { client, workflowId, name, input, deadlineMs = DEADLINE_MS } = send;
  try {
    await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow.getHandle(workflowId).signal(peopleSignal(name), input),
    );
  } catch (error) {
    throw fromTemporal(error, `Sending ${name} to ${workflowId}`);
  }
  return { way: 'signal', message: `${name} was sent as a signal: ${why}` };
}

function refusal(workflowId: string, error: WorkflowUpdateFailedError): MessageRefused {
  const reason = (error.cause?.message ?? error.message).slice(0, 500);
  return new MessageRefused(`${workflowId} refused: ${reason}`, { cause: error });
}
