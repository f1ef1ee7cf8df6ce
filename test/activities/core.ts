import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCoreActivities, type CoreDesk } from '../../activities';
import type { HrEvent, HrEventType } from '../../domain/event';
import type { TimedEvent } from '../../domain/leaver';
import type { Person } from '../../domain/person';
import { openStore } from '../../store/open-store';

type CoreActivities = ReturnType<typeof createCoreActivities>;

export const target = {
  ...{ id: 'under-test', type: 'delinea-scim', system: 'under-test', mode: 'full', serviceAccount: 'svc' },
  correlation: { by: ['externalId', 'username', 'email'], extraUsernames: [] },
};
const settings = {
  ...{ version: 'test', configHash: 'hash', defaultTimeZone: 'UTC', mode: 'full', targets: [target] },
  leaver: {
    ...{ retention: 'P30D', sessions: { poll: 'PT1S', deadline: 'PT1H' } },
    deletion: { mode: 'never', targets: [], window: 'P7D', approvers: { count: 1, minStrength: 'token' } },
  },
  budget: { perHour: 20, perDay: 50, percentPerDay: 5, minPeople: 50, urgentPerHour: 5 },
  protected: { people: [], accounts: [] },
};
/** Nothing may be charged: whatever counts in it is held. */
export const noBudget = { perHour: 0, perDay: 0, percentPerDay: 0, minPeople: 0, urgentPerHour: 0 };

/** The core worker's desk on a store of its own; whatever is given is laid over what tenure.yaml would say. */
export async function openCore(
  over: {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly policy?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const store = await openStore(`sqlite:${path.join(mkdtempSync(path.join(tmpdir(), 'tenure-core-')), 'store.db')}`);
  await store.migrate();
  const desk = { store, settings: { ...settings, ...over.settings }, policy: over.policy ?? {} } as unknown as CoreDesk;
  const activities = createCoreActivities(desk);
  const client = {
    withAbortSignal: async (_signal: unknown, work: () => Promise<unknown>) => work(),
    withDeadline: async (_deadline: unknown, work: () => Promise<unknown>) => work(),
    workflow: { signalWithStart: async () => undefined },
  } as unknown as Client;
  let batch = 0;
  /** Runs one activity as a worker would, for the flow of that id. */
  const run = async <Name extends keyof CoreActivities>(
    workflowId: string,
    name: Name,
    input: Parameters<CoreActivities[Name]>[0],
  ): Promise<Awaited<ReturnType<CoreActivities[Name]>>> => {
    const info = { workflowExecution: { workflowId, runId: `run-of-${workflowId}` } };
    const activity = activities[name] as (given: typeof input) => Promise<unknown>;
    const result = await new MockActivityEnvironment(info, { client }).run(activity, input);
    return result as Awaited<ReturnType<CoreActivities[Name]>>;
  };
  const hear = async (person: Person, type: HrEventType, time: string, data: object = {}): Promise<TimedEvent> => {
    batch += 1;
    const id = `hr-${batch}`;
    const event = {
      ...{ specversion: '1.0', id, source: '/hr/test', type, time, subject: person.id, data: { person, ...data } },
    } as HrEvent;
    return (await run(`person:${person.id}`, 'recordEvent', { event, receivedAt: time, key: id, batch })).timed;
  };
  return { store, desk, run, hear };
}
export type Core = Awaited<ReturnType<typeof openCore>>;
