import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { FlowNotFound, NoWorker, TemporalAway } from '../../client/errors';
import { listFlows, progressOf, visibilityQuery } from '../../client/watch';
import { testEngine } from '../rig/engine';
import { Cable, engineClient } from './engine-client';
import { FlowRig } from './flow-rig';

let client: Client;
let flows: FlowRig;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  client = await engineClient();
  flows = new FlowRig(client);
});
afterAll(() => client.connection.close());

describe('progress', () => {
  test('progress says that nobody answers, not that the flow is gone', async () => {
    const { workflowId } = await flows.start();
    const asked = progressOf({ client, workflowId, deadlineMs: 500 });
    await expect(asked).rejects.toBeInstanceOf(NoWorker);
    await expect(asked).rejects.toThrow('is one running');
  });

  test('of a flow that nobody knows', async () => {
    await expect(progressOf({ client, workflowId: 'leaver:nobody' })).rejects.toBeInstanceOf(FlowNotFound);
  });
});

test('with Temporal away, no question is answered', async () => {
  const cable = new Cable();
  await cable.mend();
  const connection = await Connection.connect({ address: cable.address });
  const distant = { client: new Client({ connection, namespace: testEngine().namespace }), deadlineMs: 500 };
  await cable.cut();
  try {
    await expect(progressOf({ ...distant, workflowId: 'leaver:e1' })).rejects.toBeInstanceOf(TemporalAway);
    await expect(listFlows(distant)).rejects.toBeInstanceOf(TemporalAway);
  } finally {
    await connection.close();
  }
});

describe('lists of flows', () => {
  test('show what the flow says of itself, by any of it', async () => {
    const { workflowId, personId, withWorker } = await flows.start();
    await withWorker(() => progressOf({ client, workflowId, deadlineMs: 20_000 }));
    const filter = {
      personId,
      flow: 'leaver',
      state: 'scheduled',
      awaitingApproval: true,
      target: 'delinea',
      isOpen: true,
    } as const;
    const [seen] = await listedSoon(filter);
    expect(seen).toEqual({
      workflowId,
      runId: expect.any(String),
      status: 'RUNNING',
      startedAt: expect.stringMatching(/Z$/),
      personId,
      flow: 'leaver',
      state: 'scheduled',
      awaitingApproval: true,
      dueAt: '2026-11-30T16:00:00.000Z',
      targets: ['vault-eu', 'delinea'],
    });
    expect(await listFlows({ client, filter: { ...filter, target: 'elsewhere' } })).toEqual([]);
    await client.workflow.getHandle(workflowId).terminate();
  });

  test('stop at the limit', async () => {
    const started = [await flows.start(), await flows.start()];
    for (const { personId } of started) await listedSoon({ personId });
    expect(await listFlows({ client, limit: 1 })).toHaveLength(1);
  });

  test('a value that would change the question is refused', () => {
    expect(() => visibilityQuery({ personId: "x' OR TenureFlow = 'person" })).toThrow('cannot be looked for');
    expect(visibilityQuery({})).toBe('TenureFlow IS NOT NULL');
  });

  /** The index lags behind. */
  async function listedSoon(filter: Parameters<typeof visibilityQuery>[0]) {
    for (let tries = 0; tries < 100; tries += 1) {
      const seen = await listFlows({ client, filter });
      if (seen.length > 0) return seen;
      await wait(100);
    }
    throw new Error(`nothing listed for ${visibilityQuery(filter)}`);
  }
});
