import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { HrEvent } from '../../domain/event';
import type { LeaverReport } from '../../domain/leaver';
import type { ChangeKind, ChangeReport } from '../../domain/change';
import type { FlowKind, Progress } from '../../domain/flow';
import { startStandIn, type OptionsOf, type StandInType } from '../../sandbox';
import type { SeedPerson, StandIn } from '../../sandbox/core/contract';
import { openStore, type Store } from '../../store/open-store';
import type { Config } from '../../workers/config';
import { startEngine, type RunningEngine } from '../../workers/engine/start';
import { startWorkers, type RunningWorkers } from '../../workers/run';
import { flowWorkflowId, hrSignal, personWorkflowId, progressQuery } from '../../workflows/messages';
import { testBundle } from './bundle';
import { replayAll } from './replay';
import { writeConfig } from './write-config';

export interface RigOptions {
  /** Connector types to stand up; each becomes a target of the same id. */
  readonly types: readonly StandInType[];
  readonly people: readonly SeedPerson[];
  /** Overrides of the top level of tenure.yaml, as JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Extra fields of a target, by its id. */
  readonly targets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What single stand-ins are told, such as a late session or a tenant that two of them share. */
  readonly standIns?: { readonly [T in StandInType]?: OptionsOf[T] };
  /** Entry of `sources:` for an HR stand-in; its secrets go into the folder. */
  readonly sources?: (folder: string) => Promise<unknown>;
  /** Dynamic configuration of the engine, such as `limit.historyCount.suggestContinueAsNew`. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  /** With the stock Web UI, at `rig.engine.uiUrl`. */
  readonly webUi?: boolean;
}

/** A whole Tenure on a real engine of its own, against real stand-ins, with a store in a folder of its own. */
export class Rig {
  readonly standIns = new Map<string, StandIn>();
  workers: RunningWorkers | undefined;

  private constructor(
    readonly folder: string,
    readonly engine: RunningEngine,
    readonly connection: Connection,
    readonly client: Client,
  ) {}

  config!: Config;
  store!: Store;

  static async start(options: RigOptions): Promise<Rig> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenure-rig-'));
    const engine = await startEngine({
      port: 'auto',
      uiPort: options.webUi === true ? 'auto' : 'none',
      ...(options.dynamicConfig === undefined ? {} : { dynamicConfig: options.dynamicConfig }),
    });
    const connection = await Connection.connect({ address: engine.address });
    const rig = new Rig(folder, engine, connection, new Client({ connection, namespace: engine.namespace }));
    const seeded = new Set<unknown>();
    for (const type of options.types) {
      const told: OptionsOf[StandInType] = options.standIns?.[type] ?? {};
      const standIn = await startStandIn(type, told);
      // Two surfaces of one tenant hold the same people.
      const tenant = 'tenant' in told ? told.tenant : standIn;
      if (!seeded.has(tenant)) standIn.seed(options.people);
      seeded.add(tenant);
      rig.standIns.set(type, standIn);
    }
    await rig.configure(options);
    await rig.startWorkers();
    rig.store = await openStore(rig.config.store.url);
    return rig;
  }

  /** Writes the configuration that the workers read from now on. */
  async configure({ config, targets, sources }: Pick<RigOptions, 'config' | 'targets' | 'sources'>): Promise<void> {
    const read = sources === undefined ? {} : { sources: [await sources(this.folder)] };
    const { folder, standIns } = this;
    this.config = await writeConfig({ folder, standIns, targets, config: { ...read, ...config } });
  }

  async startWorkers(parts: { readonly core?: boolean; readonly targets?: readonly string[] } = {}): Promise<void> {
    this.workers = await startWorkers({
      config: this.config,
      connectionOptions: { address: this.engine.address },
      namespace: this.engine.namespace,
      core: parts.core ?? true,
      bundle: testBundle(),
      ...(parts.targets === undefined ? {} : { targets: parts.targets }),
    });
  }

  async stopWorkers(): Promise<void> {
    await this.workers?.stop();
    this.workers = undefined;
  }

  standIn(id: string): StandIn {
    const found = this.standIns.get(id);
    if (found === undefined) throw new Error(`no stand-in ${id}`);
    return found;
  }

  /** What the gateway does with an accepted event. */
  async send(event: HrEvent): Promise<void> {
    const personId = event.subject;
    await this.client.workflow.signalWithStart('person', {
      workflowId: personWorkflowId(personId),
      taskQueue: 'tenure',
      args: [{ personId, clock: 'told' }],
      signal: hrSignal,
      signalArgs: [{ event, receivedAt: new Date().toISOString() }],
    });
  }

  leaver(personId: string) {
    return this.flow('leaver', personId);
  }

  flow(kind: FlowKind, personId: string) {
    return this.client.workflow.getHandle(flowWorkflowId(kind, personId));
  }

  /** The report of a joiner, mover, suspension or restore that this very event started; it may still have to start. */
  async changed(kind: ChangeKind, event: HrEvent): Promise<ChangeReport> {
    const handle = this.flow(kind, event.subject);
    const runId = await this.until(
      async () => {
        const { history } = await this.client.workflowService.getWorkflowExecutionHistory({
          namespace: this.engine.namespace,
          execution: { workflowId: handle.workflowId },
          maximumPageSize: 1,
        });
        const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
        const input = Buffer.from(started?.input?.payloads?.[0]?.data ?? []).toString('utf8');
        return input.includes(`"${event.id}"`) ? (started?.originalExecutionRunId ?? '') : '';
      },
      (seen) => seen !== '',
      `${handle.workflowId} to start for ${event.id}`,
    );
    const result = this.client.workflow.getHandle(handle.workflowId, runId).result();
    return (await this.resultOf(result, event.subject, kind)) as ChangeReport;
  }

  /** What became of an event, by its evidence, in order. */
  async answersTo(event: HrEvent): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const entry of this.store.evidence.entries({ personId: event.subject })) {
      const ours = entry.kind === 'event' && JSON.stringify([entry.detail, entry.data]).includes(event.id);
      if (ours) found.push(entry.outcome);
    }
    return found;
  }

  /** Nothing runs for this person any more. */
  async idle(personId: string): Promise<void> {
    const door = this.client.workflow.getHandle(personWorkflowId(personId));
    await this.until(
      async () => (await door.describe()).status.name,
      (status) => status === 'COMPLETED',
      `person:${personId} to be idle`,
      60_000,
    );
  }

  /** The result of a leaver that has been sent a moment ago. */
  async ended(personId: string): Promise<LeaverReport> {
    await this.until(
      async () => (await this.leaver(personId).describe()).runId,
      (runId) => runId !== '',
      `leaver:${personId} to start`,
    );
    return (await this.resultOf(this.leaver(personId).result(), personId, 'leaver')) as LeaverReport;
  }

  /** A flow that does not end says how it stands: a test that merely runs out of time tells nothing. */
  private async resultOf(result: Promise<unknown>, personId: string, kind: FlowKind): Promise<unknown> {
    const patienceMs = 100_000;
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        void this.progress(personId, kind).then(
          (seen) => reject(new Error(`${kind}:${personId} did not end; last seen: ${JSON.stringify(seen, null, 1)}`)),
          reject,
        );
      }, patienceMs);
    });
    return await Promise.race([result, impatience]).finally(() => clearTimeout(timer));
  }

  async progress(personId: string, kind: FlowKind = 'leaver'): Promise<Progress> {
    return await this.flow(kind, personId).query(progressQuery, {});
  }

  /** Looks until it is so; says what it saw last when it never is. */
  async until<T>(
    look: () => Promise<T>,
    isSo: (seen: T) => boolean,
    what = 'it to be so',
    milliseconds = 30_000,
  ): Promise<T> {
    const end = Date.now() + milliseconds;
    let last: unknown;
    while (Date.now() < end) {
      try {
        const seen = await look();
        last = seen;
        if (isSo(seen)) return seen;
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(
      `waited ${milliseconds} ms for ${what}; last seen: ${last instanceof Error ? last.stack : JSON.stringify(last, null, 1)}`,
    );
  }

  async untilProgress(personId: string, isSo: (progress: Progress) => boolean, what?: string): Promise<Progress> {
    return await this.until(() => this.progress(personId), isSo, what);
  }

  /** Ends everything; every history that was made is replayed first. */
  async stop(): Promise<void> {
    try {
      await replayAll(this.client);
    } finally {
      await this.stopWorkers();
      await this.store?.close();
      for (const standIn of this.standIns.values()) await standIn.stop();
      await this.connection.close();
      await this.engine.stop();
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}

let events = 0;
/** An HR event about a person of the seed; each has an id and a time of its own. */
export function hrEvent(
  person: SeedPerson,
  type: HrEvent['type'],
  data: Partial<HrEvent['data']> = {},
  envelope: Partial<HrEvent> = {},
): HrEvent {
  events += 1;
  const { id, username, email, displayName } = person;
  return {
    specversion: '1.0',
    id: `hr-${events}`,
    source: '/hr/test',
    type,
    time: new Date(Date.UTC(2026, 0, 1) + events * 1000).toISOString(),
    subject: id,
    data: {
      person: { id, username, email, displayName, timeZone: 'Europe/Oslo' },
      requestedBy: { id: 'e77', email: 'hr@acme.test' },
      ...data,
    },
    ...envelope,
  };
}

export function seedPerson(id: string, more: Partial<SeedPerson> = {}): SeedPerson {
  return {
    id,
    username: `${id}@acme.test`,
    email: `${id}@acme.test`,
    displayName: `Person ${id}`,
    groups: ['Operators', 'VPN'],
    sessions: 1,
    ...more,
  };
}
