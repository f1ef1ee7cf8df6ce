import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { sendUpdate } from '../../client/decide';
import { FlowNotFound, MessageRefused, TemporalAway } from '../../client/errors';
import { progressOf } from '../../client/watch';
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

const leave = { reason: 'they stay' };

describe('with a worker', () => {
  test('an update is answered at once, a refusal says why, and progress shows what was taken', async () => {
    const { workflowId, withWorker } = await flows.start();
    await withWorker(async () => {
      const resolve = { target: 'vault-eu', action: 'retry', reason: 'mended' } as const;
      const sent = await sendUpdate({ client, workflowId, name: 'resolve', input: resolve });
      expect(sent).toEqual({ way: 'update', message: expect.stringContaining('resolve received') });

      const held = sendUpdate({ client, workflowId, name: 'release', input: { reason: 'please' } });
      await expect(held).rejects.toBeInstanceOf(MessageRefused);
      await expect(held).rejects.toThrow('nothing is held here');
      const unplanned = sendUpdate({ client, workflowId, name: 'decide', input: { approved: true, reason: 'fine' } });
      await expect(unplanned).rejects.toThrow('planHash');

      expect(await progressOf({ client, workflowId })).toEqual({
        state: 'scheduled',
        targets: [],
        notes: ['update resolve: mended'],
      });
    });
  });

  test('a step that no flow has is refused, and named by a signal; each that there is may be named', async () => {
    const { workflowId, withWorker } = await flows.start();
    await withWorker(async () => {
      const resolve = { target: 'vault-eu', action: 'retry', reason: 'mended' } as const;
      const send = (step: string, way: 'update' | 'signal' = 'update') =>
        sendUpdate({ client, workflowId, name: 'resolve', input: { ...resolve, step }, way });
      await expect(send('disable')).rejects.toThrow('step must be one of disableAccounts, ');
      await send('withdrawAccounts');
      await send('disable', 'signal');
      let { notes = [] } = await progressOf({ client, workflowId });
      for (; notes.length < 2; { notes = [] } = await progressOf({ client, workflowId })) await wait(50);
      expect(notes).toEqual([
        'update resolve: mended',
        expect.stringContaining('unusable resolve: step must be one of'),
      ]);
    });
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    await flows.replay(history, workflowId);
  });

  test('a flow of before, which took a step that no flow has, goes on as it did', async () => {
    const history = await flows.historyOfBefore({ target: 'a', action: 'retry', reason: 'mended', step: 'disable' });
    await flows.replay(history);
  });

  test('a signal on purpose goes as a signal and as nothing else', async () => {
    const { workflowId, withWorker } = await flows.start();
    const sent = await sendUpdate({ client, workflowId, name: 'cancel', input: leave, way: 'signal' });
    expect(sent.way).toBe('signal');
    const result = await withWorker(() => client.workflow.getHandle(workflowId).result());
    expect(result).toEqual(['signal cancel: they stay']);
  });
});

describe('without a worker', () => {
  test('a message goes as a signal in the end, which is said and is there when a worker comes', async () => {
    const { workflowId, withWorker } = await flows.start();
    const sent = await sendUpdate({ client, workflowId, name: 'cancel', input: leave, deadlineMs: 500 });
    expect(sent).toEqual({ way: 'signal', message: expect.stringContaining('no worker answered within 500 ms') });
    const result = await withWorker(() => client.workflow.getHandle(workflowId).result());
    expect(result).toContain('signal cancel: they stay');
  });
});

test('a flow that is not there, or has ended, is named', async () => {
  const { workflowId } = await flows.start();
  await client.workflow.getHandle(workflowId).terminate('ended for the test');
  for (const id of [workflowId, 'leaver:nobody']) {
    for (const way of ['update', 'signal'] as const) {
      const sent = sendUpdate({ client, workflowId: id, name: 'cancel', input: leave, way });
      await expect(sent).rejects.toBeInstanceOf(FlowNotFound);
      await expect(sent).rejects.toThrow(id);
    }
  }
});

test('with Temporal away, neither update nor signal pretends', async () => {
  const cable = new Cable();
  await cable.mend();
  const connection = await Connection.connect({ address: cable.address });
  const distant = { client: new Client({ connection, namespace: testEngine().namespace }), deadlineMs: 500 };
  await cable.cut();
  try {
    const { workflowId } = await flows.start();
    const sent = sendUpdate({ ...distant, workflowId, name: 'cancel', input: leave });
    await expect(sent).rejects.toBeInstanceOf(TemporalAway);
  } finally {
    await connection.close();
  }
});
