import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, mapToPayloads } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { searchAttributes } from '../../workflows/messages';
import { testEngine } from '../rig/engine';

type History = temporal.api.history.v1.IHistory;

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
    const { workflowId, personId, taskQueue } = await this.begin();
    return { workflowId, personId, withWorker: (what) => this.runWorker(taskQueue, what) };
  }

  private async begin() {
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
    return { workflowId, personId, taskQueue };
  }

  /** Rebuilds a flow from its history; throws when this code would now do something else. */
  async replay(history: History, workflowId?: string): Promise<void> {
    this.#bundle ??= bundleWorkflowCode({
      workflowsPath: require.resolve('./flow'),
      logger: new DefaultLogger('ERROR'),
    });
    await Worker.runReplayHistory({ workflowBundle: await this.#bundle }, history, workflowId);
  }

  /** What a worker leaves behind that takes a signal `resolve` without looking at its step: no command of any kind. */
  async historyOfBefore(resolve: object): Promise<History> {
    const { workflowId, taskQueue } = await this.begin();
    const handle = this.client.workflow.getHandle(workflowId);
    const { namespace } = testEngine();
    const work = async (commands: object[]) => {
      const task = await this.client.withDeadline(Date.now() + 20_000, () =>
        this.client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue } }),
      );
      await this.client.workflowService.respondWorkflowTaskCompleted({
        namespace,
        taskToken: task.taskToken,
        commands,
      });
    };
    await work([firstCommand()]);
    await handle.signal('resolve', resolve);
    await work([]);
    // A command too many shows when the next one is looked for.
    await handle.signal('cancel', { reason: 'enough' });
    await work([lastCommand]);
    return await handle.fetchHistory();
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

/** The flow in `flow.ts` shows itself before it listens. */
function firstCommand(): object {
  const indexedFields = mapToPayloads(defaultPayloadConverter, { [searchAttributes.state.name]: ['scheduled'] });
  return {
    commandType: temporal.api.enums.v1.CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes: { indexedFields } },
  };
}

const lastCommand = {
  commandType: temporal.api.enums.v1.CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: {},
};
