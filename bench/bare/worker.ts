import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { withoutStacks } from '../../workers/bundle';
import type { ContainmentStep, Recording, TargetRecording } from '../http/recording';
import { Replay } from '../http/replay';
import { limits, pollSeconds, type Stage } from '../stage';
import { bareQueue, bareTargetQueue, type BareActivities, type BareBooks } from './contract';

export interface BareWorkers {
  stop(): Promise<void>;
}

/** Workers of the bare workflow: as many, with the same settings as those of Tenure (workers/run). */
export async function startBareWorkers(stage: Stage, recording: Recording): Promise<BareWorkers> {
  const { address, namespace } = stage.engine;
  const connection = await NativeConnection.connect({ address });
  const common = { connection, namespace, shutdownGraceTime: '5s' } as const;
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('./story'),
    logger: { log: () => {}, trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const workflowBundle = { code: withoutStacks(code) };
  const core = await Worker.create({
    ...common,
    taskQueue: bareQueue,
    workflowBundle,
    activities: { ...emptyBooks },
    maxCachedWorkflows: 300,
  });
  const targets = await Promise.all(
    recording.targets.map((target) =>
      Worker.create({
        ...common,
        taskQueue: bareTargetQueue(target.target),
        activities: { ...bareActivities(target, recording.person) },
        maxTaskQueueActivitiesPerSecond: limits.requestsPerSecond / 5,
        maxConcurrentActivityTaskExecutions: limits.concurrency,
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
      }),
    ),
  );
  const workers = [core, ...targets];
  const ended = Promise.all(workers.map((worker) => worker.run()));
  ended.catch(() => undefined);
  return {
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}

const nothing = () => Promise.resolve();
const emptyBooks: BareBooks = { takeEvent: nothing, plan: nothing, note: nothing, conclude: nothing };

function bareActivities(target: TargetRecording, recorded: string): BareActivities {
  const replay = new Replay(target, recorded);
  const step =
    (name: ContainmentStep) =>
    async ({ personId }: { personId: string }) => {
      const { attempt } = Context.current().info;
      await replay.run({ step: name, attempt, person: personId });
      if (attempt < replay.attemptsOf(name)) throw notYet();
    };
  return {
    disableAccounts: step('disableAccounts'),
    stripEntitlements: step('stripEntitlements'),
    drainSessions: step('drainSessions'),
  };
}

/** As Tenure's own polls: one attempt each. */
function notYet(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'StillDraining',
    message: 'one more poll',
    nextRetryDelay: pollSeconds * 1000,
    category: ApplicationFailureCategory.BENIGN,
  });
}
