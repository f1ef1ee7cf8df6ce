import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { signWebhook } from '../../client/sources/standard-webhooks';
import type { HrEvent } from '../../domain/event';
import type { Progress } from '../../domain/flow';
import type { LeaverReport } from '../../domain/leaver';
import type { All, StandIn, StandInType } from '../../sandbox';
import { standInTypes } from '../../sandbox';
import { openStore, type Store } from '../../store/open-store';
import { freePorts } from '../../workers/engine/ports';
import { startEngine, type RunningEngine } from '../../workers/engine/start';
import { flowWorkflowId, progressQuery } from '../../workflows/messages';
import { replayAll } from '../rig/replay';
import { compileInto, Program } from './program';

/** Second accounts for privileged work live in these (sandbox/people.ts). */
const withSecondAccounts: readonly StandInType[] = [
  'beyondtrust-rest',
  'cyberark-privilege-cloud',
  'cyberark-pam-self-hosted',
];
const secretFields = ['clientSecret', 'password', 'token'];

export interface SceneOptions {
  readonly house: All;
  /** Which of the eight are targets; default all. */
  readonly targets?: readonly StandInType[];
  /** Where a target is reached, when not at the stand-in itself. */
  readonly originOf?: (type: StandInType) => string | undefined;
  /** Overrides of `policy.leaver`. */
  readonly leaver?: Readonly<Record<string, unknown>>;
  readonly webhookSecret?: string;
  /** Files that the configuration refers to, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** More of the top level of tenure.yaml. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Tenure as operators run it: worker and gateway in processes of their own that can be killed, everything else out here. */
export class Scene {
  worker: Program | undefined;
  gateway: Program | undefined;
  /** Everything that ever ran, for its logs. */
  readonly programs: Program[] = [];
  gatewayUrl = '';

  private constructor(
    readonly folder: string,
    readonly engine: RunningEngine,
    readonly connection: Connection,
    readonly client: Client,
    readonly options: SceneOptions,
  ) {}

  store!: Store;

  static async start(options: SceneOptions): Promise<Scene> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenure-chaos-'));
    compileInto(folder);
    const engine = await startEngine({ port: 'auto', uiPort: 'none' });
    const connection = await Connection.connect({ address: engine.address });
    const scene = new Scene(
      folder,
      engine,
      connection,
      new Client({ connection, namespace: engine.namespace }),
      options,
    );
    try {
      await scene.begin();
    } catch (error) {
      await scene.close(); // an engine that nobody stops would keep the test run from ending
      throw error;
    }
    return scene;
  }

  private async begin(): Promise<void> {
    await this.configure();
    await this.startWorker();
    this.gateway = this.run('gateway');
    this.gatewayUrl = await this.gateway.says(/Gateway: (\S+\/hr\/events)/);
    this.store = await openStore(`sqlite:${path.join(this.folder, 'tenure.db')}`, { readOnly: true });
  }

  get webhookSecret(): string {
    return this.options.webhookSecret ?? 'whsec_c2VlZGVkIGJ1dCBzZWNyZXQgYWxsIHRoZSBzYW1l';
  }

  get targets(): readonly StandInType[] {
    return this.options.targets ?? standInTypes;
  }

  standIn(type: StandInType): StandIn {
    return this.options.house.standIns[type];
  }

  private async configure(): Promise<void> {
    const [port = 0] = await freePorts(1);
    for (const [name, text] of Object.entries({ 'webhook.secret': this.webhookSecret, ...this.options.files })) {
      await writeFile(path.join(this.folder, name), text);
    }
    const config = {
      store: { url: 'sqlite:tenure.db' },
      gateway: { host: '127.0.0.1', port, hrWebhookSecrets: ['${file:webhook.secret}'] },
      mode: 'full',
      safety: { budget: { perHour: 1000, perDay: 1000, urgentPerHour: 1000 } },
      targets: await Promise.all(this.targets.map((type) => this.targetOf(type))),
      policy: {
        leaver: {
          retention: 'PT0S',
          sessions: { poll: 'PT0.3S', quiet: 'PT0.2S', deadline: 'PT1H' },
          ...this.options.leaver,
        },
      },
      ...this.options.more,
    };
    await writeFile(path.join(this.folder, 'tenure.yaml'), JSON.stringify(config, null, 2));
  }

  private async targetOf(type: StandInType): Promise<unknown> {
    const standIn = this.standIn(type);
    return {
      id: type,
      type,
      ...(await this.access(type)),
      limits: { requestsPerSecond: 1000, concurrency: 10, timeout: 'PT2M' },
      ...(standIn.ca === undefined ? {} : { tls: { caFile: this.options.house.caFile } }),
      ...(withSecondAccounts.includes(type) ? { correlation: { extraUsernames: ['{username}-adm'] } } : {}),
      ...(type.startsWith('delinea') ? { system: 'delinea' } : {}),
      ...(type === 'delinea-rest' ? { scim: await this.access('delinea-scim') } : {}),
    };
  }

  /** Address and credentials; secrets go into files that the configuration refers to. */
  private async access(type: StandInType): Promise<Record<string, unknown>> {
    const standIn = this.standIn(type);
    const own = new URL(standIn.baseUrl).origin;
    const reached = (url: string) => url.replace(own, this.options.originOf?.(type) ?? own);
    const auth: Record<string, string> = {};
    for (const [name, value] of Object.entries(standIn.auth)) {
      if (secretFields.includes(name)) {
        const file = `${type}-${name}.secret`;
        await writeFile(path.join(this.folder, file), value);
        auth[name] = `\${file:${file}}`;
      } else auth[name] = reached(value);
    }
    return { baseUrl: reached(standIn.baseUrl), auth };
  }

  /** Starts `tenure WORDS` on this scene. */
  run(...words: readonly string[]): Program {
    const program = Program.start(this.folder, [...words, '--config', path.join(this.folder, 'tenure.yaml')], {
      TEMPORAL_ADDRESS: this.engine.address,
      TEMPORAL_NAMESPACE: this.engine.namespace,
    });
    this.programs.push(program);
    return program;
  }

  async startWorker(): Promise<void> {
    this.worker = this.run('worker');
    await this.worker.says(/Working: .*/);
  }

  async killWorker(): Promise<void> {
    await this.worker?.kill();
    this.worker = undefined;
  }

  /** What an HR system does: sign, send, and send again until it is accepted. */
  async post(events: readonly HrEvent[]): Promise<void> {
    const body = JSON.stringify(events);
    for (let left = 20; ; left -= 1) {
      const signed = signWebhook({ secret: this.webhookSecret, id: `msg-${left}`, timestamp: new Date(), body });
      const answer = await fetch(this.gatewayUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signed },
        body,
      });
      const text = await answer.text();
      if (answer.status === 202) return;
      if (answer.status !== 503 || left === 0) throw new Error(`the gateway answered ${answer.status}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  leaver(personId: string) {
    return this.client.workflow.getHandle(flowWorkflowId('leaver', personId));
  }

  /** How a leaver stands; undefined while it has not started or nobody can answer. */
  async progress(personId: string): Promise<Progress | undefined> {
    try {
      return await this.leaver(personId).query(progressQuery, {});
    } catch {
      return undefined;
    }
  }

  async ended(personId: string): Promise<LeaverReport> {
    return (await this.leaver(personId).result()) as LeaverReport;
  }

  /** Looks until it is so; says what it saw last when it never is. */
  async until<T>(
    look: () => T | Promise<T>,
    isSo: (seen: T) => boolean,
    what: string,
    milliseconds = 60_000,
  ): Promise<T> {
    const end = Date.now() + milliseconds;
    let seen = await look();
    while (!isSo(seen)) {
      if (Date.now() > end)
        throw new Error(
          `waited ${milliseconds} ms for ${what}; last seen: ${JSON.stringify(seen, null, 1)}\n${this.worker?.said.slice(-4000) ?? ''}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 25));
      seen = await look();
    }
    return seen;
  }

  /** Ends everything; every history that was made is replayed first. */
  async stop(): Promise<void> {
    try {
      await replayAll(this.client);
    } finally {
      await this.close();
    }
  }

  private async close(): Promise<void> {
    await Promise.all([this.gateway?.stop(), this.worker?.stop()]);
    await this.store?.close();
    await this.connection.close();
    await this.engine.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
