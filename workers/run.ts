import { Client, Connection } from '@temporalio/client';
import {
  NativeConnection,
  Worker,
  type NativeConnectionOptions,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createCoreActivities, createSourceActivities, createTargetActivities, Turn } from '../activities';
import type { Target } from '../connectors/target';
import { openSource } from '../sources/registry';
import type { Source } from '../sources/source';
import { openStore, type Store } from '../store/open-store';
import { coreTaskQueue, lookTaskQueue, sourceTaskQueue, targetTaskQueue } from '../workflows/messages';
import { workflowBundle } from './bundle';
import type { Config } from './config';
import { openCoreDesk } from './core-desk';
import { stopGate } from './emergency-stop';
import { ensureSearchAttributes } from './search-attributes';
import { openTargetDesk } from './target-desk';

/** What a step sends to its vendor on average; the queue's rate is the target's rate divided by it. */
const requestsPerStep = 5;
/** `check` and `plan` of people who wait; a write among them (the canary's) is held by the emergency stop like any other. */
const looksAtOnce = 2;
/** The same for reading one record of an HR system. */
const requestsPerRead = 3;

export interface WorkersOptions {
  readonly config: Config;
  readonly connectionOptions: NativeConnectionOptions;
  readonly namespace: string;
  /** Targets to host; all of the configuration when absent. */
  readonly targets?: readonly string[];
  /** Workflows, store, evidence, approvals. */
  readonly core: boolean;
  /** Workflow code that is bundled already; tests share one. */
  readonly bundle?: WorkflowBundleOption;
}

export interface RunningWorkers {
  /** Rejects when a worker fails. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Hosts the core, any subset of targets, or both, over one connection. */
export async function startWorkers(options: WorkersOptions): Promise<RunningWorkers> {
  const { config, namespace } = options;
  const connection = await NativeConnection.connect(options.connectionOptions);
  const control = await Connection.connect(options.connectionOptions);
  const opened: { close(): Promise<void> }[] = [connection, control];
  try {
    const targets = config.targets.filter(
      (target) => options.targets === undefined || options.targets.includes(target.id),
    );
    const workers: Worker[] = [];
    if (options.core) {
      await ensureSearchAttributes({ connection: control, namespace });
      const store = await openStore(config.store.url);
      opened.unshift(store);
      await store.migrate();
      for (const source of config.sources) workers.push(await sourceWorker({ source, connection, namespace }));
      workers.push(
        await coreWorker({ config, connection, namespace, store, bundle: options.bundle ?? (await workflowBundle()) }),
      );
    }
    const { workflowService } = new Client({ connection: control, namespace });
    const turns = new Map<string, Turn>();
    for (const target of targets) {
      const turn = turns.get(target.system) ?? new Turn();
      turns.set(target.system, turn);
      const isStopped = stopGate({ workflowService, namespace, target: target.id });
      workers.push(...(await targetWorkers({ config, connection, namespace, target, isStopped, turn })));
    }
    return running(workers, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

function running(workers: readonly Worker[], opened: readonly { close(): Promise<void> }[]): RunningWorkers {
  const ended = Promise.all(workers.map(async (worker) => worker.run())).then(async () => closeAll(opened));
  // One worker that fails takes the others down orderly; half a Tenure would look like a whole one.
  ended.catch(() => shutdown(workers));
  return {
    ended,
    stop: async () => {
      shutdown(workers);
      await ended.catch(() => undefined);
    },
  };
}

function shutdown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const one of opened) await one.close();
}

async function coreWorker({
  config,
  connection,
  namespace,
  store,
  bundle,
}: {
  config: Config;
  connection: NativeConnection;
  namespace: string;
  store: Store;
  bundle: WorkflowBundleOption;
}): Promise<Worker> {
  return await Worker.create({
    ...common({ connection, namespace, identity: 'tenure core' }),
    taskQueue: coreTaskQueue,
    workflowBundle: bundle,
    dataConverter: { payloadConverterPath: require.resolve('../workflows/payload-converter') },
    activities: createCoreActivities(openCoreDesk({ config, store })),
    maxCachedWorkflows: 300,
  });
}

/** Reads one HR system; a queue of its own, so that one that is away holds up nobody else. */
async function sourceWorker({
  source,
  connection,
  namespace,
}: {
  source: Source;
  connection: NativeConnection;
  namespace: string;
}): Promise<Worker> {
  const { requestsPerSecond, concurrency } = source.limits;
  return await Worker.create({
    ...common({ connection, namespace, identity: `tenure source ${source.id}` }),
    taskQueue: sourceTaskQueue(source.id),
    activities: { ...createSourceActivities({ id: source.id, system: openSource(source) }) },
    maxTaskQueueActivitiesPerSecond: requestsPerSecond / requestsPerRead,
    maxConcurrentActivityTaskExecutions: concurrency,
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
  });
}

/** Waiting for a rate happens in the queue, where urgent work passes; the server enforces it over all workers. */
async function targetWorkers({
  config,
  connection,
  namespace,
  target,
  isStopped,
  turn,
}: {
  config: Config;
  connection: NativeConnection;
  namespace: string;
  target: Target;
  isStopped: () => Promise<boolean>;
  turn: Turn;
}): Promise<readonly Worker[]> {
  const { requestsPerSecond, concurrency } = target.limits;
  const shared = {
    ...common({ connection, namespace, identity: `tenure ${target.id}` }),
    // One desk for both: one breaker, one token, one guard of the vendor's rate.
    activities: { ...createTargetActivities(openTargetDesk({ target, mode: config.mode, isStopped, turn })) },
  };
  const changing = await Worker.create({
    ...shared,
    taskQueue: targetTaskQueue(target.id),
    maxTaskQueueActivitiesPerSecond: requestsPerSecond / requestsPerStep,
    maxConcurrentActivityTaskExecutions: concurrency,
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
  });
  const looking = await Worker.create({
    ...shared,
    taskQueue: lookTaskQueue(target.id),
    maxConcurrentActivityTaskExecutions: looksAtOnce,
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
  });
  return [changing, looking];
}

function common({
  connection,
  namespace,
  identity,
}: {
  connection: NativeConnection;
  namespace: string;
  identity: string;
}): Pick<WorkerOptions, 'connection' | 'namespace' | 'identity' | 'shutdownGraceTime'> {
  return { connection, namespace, identity, shutdownGraceTime: '5s' };
}
