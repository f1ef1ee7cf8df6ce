import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createCoreActivities, createTargetActivities } from '../../activities';
import type { HrEvent } from '../../domain/event';
import type { Progress, StepName, StepProgress } from '../../domain/flow';
import type { LeaverReport } from '../../domain/leaver';
import { startStandIn, type OptionsOf, type StandInType } from '../../sandbox';
import type { SeedPerson, StandIn } from '../../sandbox/core/contract';
import { openStore, type Store } from '../../store/open-store';
import type { Config } from '../../workers/config';
import { openCoreDesk } from '../../workers/core-desk';
import { openTargetDesk } from '../../workers/target-desk';
import {
  coreTaskQueue,
  flowWorkflowId,
  hrSignal,
  peopleUpdate,
  personWorkflowId,
  progressQuery,
  searchAttributes,
  targetTaskQueue,
  type PeopleMessage,
} from '../../workflows/messages';
import { testBundle } from './bundle';
import { tellQueuesOfPending } from './pending-activity';
import { replayHistories } from './replay';
import { SkippedClock } from './skipped-clock';
import { startTimeSkipping } from './time-skipping';
import { writeConfig } from './write-config';

export interface SkippingOptions {
  readonly types: readonly StandInType[];
  readonly people: readonly SeedPerson[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly standIns?: { readonly [T in StandInType]?: OptionsOf[T] };
  /** Targets that have a worker from the start; all when absent. */
  readonly hosted?: readonly StandInType[];
}

const { IndexedValueType } = temporal.api.enums.v1;
const patienceMs = 60_000;

/**
 * A whole Tenure in which weeks pass in a moment: real flows, activities, store and stand-ins on the time-skipping
 * server, all by its clock. The workers are put together here, because that server has no queue limits, no list of
 * search attributes and no list of workflows. Time passes in `pass` and `ended` only; otherwise the clock runs as usual.
 */
export class SkippingRig {
  readonly standIns = new Map<string, StandIn>();
  readonly #running = new Map<string, { readonly worker: Worker; readonly ended: Promise<void> }>();
  readonly #started = new Set<string>();
  config!: Config;
  store!: Store;

  private constructor(
    readonly folder: string,
    readonly env: TestWorkflowEnvironment,
    readonly clock: SkippedClock,
  ) {}

  static async start(options: SkippingOptions): Promise<SkippingRig> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenure-skipping-'));
    // Attempts that fail by the hundred are what these tests are about.
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const env = await startTimeSkipping();
    const rig = new SkippingRig(folder, env, new SkippedClock(env));
    for (const type of options.types) {
      const standIn = await startStandIn(type, options.standIns?.[type] ?? {});
      standIn.seed(options.people);
      rig.standIns.set(type, standIn);
    }
    rig.config = await writeConfig({ folder, standIns: rig.standIns, config: options.config });
    rig.store = await openStore(rig.config.store.url);
    await rig.store.migrate();
    tellQueuesOfPending(env.nativeConnection);
    const types = { KEYWORD: 'KEYWORD', BOOL: 'BOOL', DATETIME: 'DATETIME', KEYWORD_LIST: 'KEYWORD_LIST' } as const;
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: Object.fromEntries(
        Object.values(searchAttributes).map(({ name, type }) => [
          name,
          IndexedValueType[`INDEXED_VALUE_TYPE_${types[type]}`],
        ]),
      ),
    });
    await rig.startCore();
    for (const type of options.hosted ?? options.types) await rig.startTarget(type);
    return rig;
  }

  private async startCore(): Promise<void> {
    await this.run(coreTaskQueue, {
      workflowBundle: testBundle(),
      dataConverter: { payloadConverterPath: require.resolve('../../workflows/payload-converter') },
      activities: createCoreActivities(openCoreDesk({ config: this.config, store: this.store })),
    });
  }

  async startTarget(id: string): Promise<void> {
    const target = this.config.targets.find((one) => one.id === id);
    if (target === undefined) throw new Error(`no target ${id}`);
    // The emergency stop lives in the queues' limits, which this server has not got.
    const desk = openTargetDesk({ target, mode: this.config.mode, isStopped: async () => false });
    await this.run(targetTaskQueue(id), { activities: { ...createTargetActivities(desk) } });
  }

  private async run(taskQueue: string, options: Partial<WorkerOptions>): Promise<void> {
    const worker = await Worker.create({
      ...options,
      connection: this.env.nativeConnection,
      taskQueue,
      interceptors: { activity: [this.clock.interceptor] },
    });
    this.#running.set(taskQueue, { worker, ended: worker.run() });
  }

  private async stopWorker(taskQueue: string): Promise<void> {
    const running = this.#running.get(taskQueue);
    this.#running.delete(taskQueue);
    running?.worker.shutdown();
    await running?.ended;
  }

  standIn(id: string): StandIn {
    const found = this.standIns.get(id);
    if (found === undefined) throw new Error(`no stand-in ${id}`);
    return found;
  }

  /** The server's time, by which everything here lives. */
  async now(): Promise<number> {
    await this.clock.sync();
    return Date.now();
  }

  /** Lets so much time pass, with everything that happens in it. */
  async pass(duration: number | `${number} ${'minutes' | 'hours' | 'days'}`): Promise<void> {
    await this.env.sleep(duration);
    await this.clock.sync();
  }

  /** Lets time pass until then. */
  async passUntil(at: string): Promise<void> {
    await this.pass(Math.max(0, Date.parse(at) - (await this.now())));
  }

  /**
   * Lets time pass although an activity waits for a worker that is not there: to the server that is an activity at
   * work, for which it skips nothing, so that its lock is lifted meanwhile.
   */
  async passWithoutWorker(duration: Parameters<SkippingRig['pass']>[0]): Promise<void> {
    const { testService } = this.env.connection;
    if (testService === undefined) throw new Error('this server skips no time');
    await testService.unlockTimeSkipping({});
    try {
      await this.pass(duration);
    } finally {
      await testService.lockTimeSkipping({});
    }
  }

  /** What the gateway does with an accepted event. */
  async send(event: HrEvent): Promise<void> {
    const personId = event.subject;
    this.#started.add(personId);
    await this.env.client.workflow.signalWithStart('person', {
      workflowId: personWorkflowId(personId),
      taskQueue: coreTaskQueue,
      args: [{ personId, clock: 'told' }],
      signal: hrSignal,
      signalArgs: [{ event, receivedAt: new Date(await this.now()).toISOString() }],
    });
  }

  leaver(personId: string) {
    return this.env.client.workflow.getHandle(flowWorkflowId('leaver', personId));
  }

  async say(personId: string, name: PeopleMessage, input: unknown): Promise<void> {
    await this.leaver(personId).executeUpdate(peopleUpdate(name), { args: [input] });
  }

  async progress(personId: string): Promise<Progress> {
    return await this.leaver(personId).query(progressQuery, {});
  }

  async step(personId: string, target: string, name: StepName): Promise<StepProgress | undefined> {
    const { targets } = await this.progress(personId);
    return targets.find(({ id }) => id === target)?.steps.find((one) => one.name === name);
  }

  /** Looks until it is so, while the clock runs as usual. */
  async until(personId: string, isSo: (seen: Progress) => boolean, what: string): Promise<Progress> {
    return await this.look(() => this.progress(personId), isSo, `${what} of ${personId}`);
  }

  /** Until the leaver is over and all of its evidence written, while the clock runs as usual. */
  async untilOver(personId: string): Promise<Progress> {
    const { status } = await this.look(
      () => this.leaver(personId).describe(),
      (seen) => seen.status.name !== 'RUNNING',
      `the end of ${personId}`,
    );
    if (status.name !== 'COMPLETED') throw new Error(`leaver:${personId} ended as ${status.name}`);
    return await this.progress(personId);
  }

  private async look<Seen>(ask: () => Promise<Seen>, isSo: (seen: Seen) => boolean, what: string): Promise<Seen> {
    const end = performance.now() + patienceMs;
    let last: unknown;
    while (performance.now() < end) {
      try {
        const seen = await ask();
        last = seen;
        if (isSo(seen)) return seen;
      } catch (error) {
        last = error instanceof Error ? error.stack : error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`waited for ${what}; last seen: ${JSON.stringify(last, null, 1)}`);
  }

  /** Lets time pass until the leaver has ended, and for the other flows as well. */
  async ended(personId: string): Promise<LeaverReport> {
    const report = (await this.leaver(personId).result()) as LeaverReport;
    await this.clock.sync();
    return report;
  }

  /** Ends everything; every history that was made is replayed first. */
  async stop(): Promise<void> {
    try {
      await replayHistories(this.histories());
    } finally {
      this.clock.stop();
      for (const taskQueue of [...this.#running.keys()]) await this.stopWorker(taskQueue);
      await this.store.close();
      for (const standIn of this.standIns.values()) await standIn.stop();
      await this.env.teardown();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  private async *histories() {
    for (const personId of this.#started)
      for (const workflowId of [personWorkflowId(personId), flowWorkflowId('leaver', personId)])
        yield { workflowId, history: await this.env.client.workflow.getHandle(workflowId).fetchHistory() };
  }
}
