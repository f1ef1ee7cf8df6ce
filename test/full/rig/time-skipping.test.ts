import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { startTimeSkipping } from '../../rig/time-skipping';
import { sleeper } from './sleeper';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startTimeSkipping();
});

afterAll(async () => {
  await env.teardown();
});

test('thirty-seven days pass in a moment', async () => {
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'sleepers',
    workflowsPath: require.resolve('./sleeper'),
  });
  const before = await env.currentTimeMs();
  const started = Date.now();
  const result = await worker.runUntil(
    env.client.workflow.execute(sleeper, { taskQueue: 'sleepers', workflowId: 'sleeper', args: [37] }),
  );

  expect(result).toBe('slept 37 days');
  expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(37 * 24 * 60 * 60 * 1000);
  expect(Date.now() - started).toBeLessThan(30_000);
});
