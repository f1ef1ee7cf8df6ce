import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { searchAttributes } from '../../workflows/messages';
import { testEngine } from '../rig/engine';

export interface ListeningFlow {
  readonly workflowId: string;
  readonly personId: string;
  /** Lets a worker run the flow while `what` goes on. */
  withWorker<T>(what: () => Promise<T>): Promise<T>;
}

/** Starts flows of the kind in `flow.ts`, each on a task queue of its own that no worker polls unless it is told to. */
export class FlowRig {
  #bundle: Promise<WorkflowBundle> | undefined;

  constructor(private readonly client: Client) {}

  async start(): Promise<ListeningFlow> {
    const personId = `p-${randomUUID().slice(0, 8)}`;
    const workflowId = `leaver:${personId}`;
    const taskQueue = `client-test-${randomUUID()}`;
    await this.client.workflow.start('listener', {
      workflowId,
      taskQueue,
      typedSearchAttributes: [
        { key: searchAttributes.person, value: personId },
        { key: searchAttributes.flow, value: 'leaver' },
      ],
    });
    return { workflowId, personId, withWorker: (what) => this.runWorker(taskQueue, what) };
  }

  private async runWorker<T>(taskQueue: string, what: () => Promise<T>): Promise<T> {
    const { address, namespace } = testEngine();
    const logger = new DefaultLogger('ERROR');
    this.#bundle ??= bundleWorkflowCode({ workflowsPath: require.resolve('./flow'), logger });
    const workflowBundle = await this.#bundle;
    const connection = await NativeConnection.connect({ address });
    try {
      const worker = await Worker.create({ taskQueue, namespace, connection, workflowBundle });
      return await worker.runUntil(what);
    } finally {
      await connection.close();
    }
  }
}
