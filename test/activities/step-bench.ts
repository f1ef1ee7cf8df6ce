import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createTargetActivities, type TargetActivities } from '../../activities';
import type { Connector } from '../../connectors/connector';
import type { StepInput } from '../../domain/containment';
import type { Person } from '../../domain/person';
import { startStandIn, type OptionsOf, type StandIn, type StandInType } from '../../sandbox';
import { openTargetDesk } from '../../workers/target-desk';
import { targetAt } from '../connectors/stand-in-target';
import { testEngine } from '../rig/engine';

export const anna: Person = {
  ...{ id: 'e1042', username: 'aeriksen', email: 'anna.eriksen@acme.test', givenName: 'Anna', familyName: 'Eriksen' },
  ...{ displayName: 'Anna Eriksen', department: 'Platform', title: 'SRE' },
};

export interface BenchOptions<T extends StandInType> {
  readonly type: T;
  readonly standIn?: OptionsOf[T];
  /** Fields of the target's configuration. */
  readonly target?: Readonly<Record<string, unknown>>;
  /** What stands between the connector and the steps, for faults that no vendor can play at will. */
  readonly around?: (connector: Connector) => Connector;
  /** Another way to the same stand-in. */
  readonly at?: (standIn: StandIn) => Promise<Pick<StandIn, 'baseUrl' | 'auth'>>;
}

/** What all benches of a test file use: connections and the flow around the steps. */
class Floor {
  readonly queue = `one-step-${randomUUID()}`;
  #running: Promise<void> | undefined;

  private constructor(
    readonly connection: NativeConnection,
    readonly clientConnection: Connection,
    readonly client: Client,
  ) {}

  #worker: Worker | undefined;

  static async open(): Promise<Floor> {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const { address, namespace } = testEngine();
    const connection = await NativeConnection.connect({ address });
    const clientConnection = await Connection.connect({ address });
    const floor = new Floor(connection, clientConnection, new Client({ connection: clientConnection, namespace }));
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: require.resolve('./one-step'),
      logger: new DefaultLogger('ERROR'),
    });
    floor.#worker = await Worker.create({ connection, namespace, taskQueue: floor.queue, workflowBundle });
    floor.#running = floor.#worker.run();
    return floor;
  }

  async close(): Promise<void> {
    this.#worker?.shutdown();
    await this.#running;
    await this.connection.close();
    await this.clientConnection.close();
  }
}

let floor: Promise<Floor> | undefined;
afterAll(async () => (await floor)?.close());

/** One target with its worker, on the shared engine, against a stand-in over real HTTP; steps are run one at a time. */
export class StepBench {
  readonly ran: string[] = [];

  private constructor(
    readonly standIn: StandIn,
    readonly queue: string,
    private readonly floor: Floor,
    private readonly close: () => Promise<void>,
  ) {}

  static async start<T extends StandInType>(options: BenchOptions<T>): Promise<StepBench> {
    const { type, around = (connector) => connector, target = {} } = options;
    const standIn = await startStandIn(type, options.standIn ?? {});
    const { baseUrl, auth } = (await options.at?.(standIn)) ?? standIn;
    const desk = openTargetDesk({
      target: targetAt({ type, baseUrl, auth }, { mode: 'full', ...target }),
      mode: 'full',
      isStopped: () => Promise.resolve(false),
    });
    floor ??= Floor.open();
    const { connection } = await floor;
    const queue = `step-bench-${randomUUID()}`;
    const worker = await Worker.create({
      ...{ connection, namespace: testEngine().namespace, taskQueue: queue },
      activities: { ...createTargetActivities({ ...desk, connector: around(desk.connector) }) },
    });
    const running = worker.run();
    return new StepBench(standIn, queue, await floor, async () => {
      worker.shutdown();
      await running;
      await standIn.stop();
    });
  }

  /** What every step is told, about Anna unless said otherwise. */
  input(more: Partial<StepInput> = {}): StepInput {
    return { target: 'under-test', person: anna, mode: 'full', links: [], protectedUsernames: [], ...more };
  }

  async begin<K extends keyof TargetActivities>(step: K, input: Parameters<TargetActivities[K]>[0]) {
    const workflowId = `one-step-${randomUUID()}`;
    this.ran.push(workflowId);
    const args: [unknown] = [{ step, queue: this.queue, input }];
    return await this.floor.client.workflow.start('oneStep', { workflowId, taskQueue: this.floor.queue, args });
  }

  async run<K extends keyof TargetActivities>(
    step: K,
    input: Parameters<TargetActivities[K]>[0],
  ): Promise<Awaited<ReturnType<TargetActivities[K]>>> {
    const handle = await this.begin(step, input);
    return (await handle.result()) as Awaited<ReturnType<TargetActivities[K]>>;
  }

  /** Everything that the engine keeps of the steps so far, payloads in clear. */
  async histories(): Promise<string> {
    const all = await Promise.all(this.ran.map((id) => this.floor.client.workflow.getHandle(id).fetchHistory()));
    return JSON.stringify(all, (name, value: unknown) =>
      name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
    );
  }

  /** Requests that changed something at the vendor. */
  get writes(): readonly string[] {
    return this.standIn.requests.filter(({ write }) => write).map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    await this.close();
  }
}
