import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createTargetActivities, type TargetActivities, type TargetDesk } from '../../activities';
import type { KnownAccount, StepInput } from '../../domain/containment';
import type { SeedPerson, StandIn } from '../../sandbox/core';
import { openTargetDesk } from '../../workers/target-desk';
import { keysFor } from '../connectors/conformance';
import { recordedCall, targetAt } from '../connectors/stand-in-target';

/** A target's desk as its worker opens it, on a stand-in; `extra` is laid over what tenure.yaml would say. */
export function deskOn(standIn: StandIn, extra: Readonly<Record<string, unknown>> = {}): TargetDesk {
  return openTargetDesk({ target: targetAt(standIn, extra), mode: 'full', isStopped: async () => false });
}

/** What a flow would tell every step about this person. */
export function stepFor({ id, username, email }: SeedPerson): StepInput {
  return {
    target: 'under-test',
    person: { id, username, email },
    mode: 'full',
    links: [],
    protectedUsernames: [],
  };
}

/** The account of that user name, as the flow carries it. */
export async function knownAt({ connector }: TargetDesk, username: string): Promise<KnownAccount> {
  const { found } = await connector.findAccounts(keysFor(username), recordedCall());
  const account = found[0]?.account;
  if (account === undefined) throw new Error(`the stand-in has no ${username}`);
  return { id: account.id, username: account.username };
}

/** Runs one activity of the target as a worker would; its heartbeats are answered. */
export async function runStep<Name extends keyof TargetActivities>(
  desk: TargetDesk,
  name: Name,
  input: Parameters<TargetActivities[Name]>[0],
): Promise<Awaited<ReturnType<TargetActivities[Name]>>> {
  const client = {
    activity: { heartbeat: async () => undefined },
    withAbortSignal: async (_signal: AbortSignal, work: () => Promise<unknown>) => work(),
  } as unknown as Client;
  const step = createTargetActivities(desk)[name] as (given: typeof input) => Promise<unknown>;
  const result = await new MockActivityEnvironment({}, { client }).run(step, input);
  return result as Awaited<ReturnType<TargetActivities[Name]>>;
}
