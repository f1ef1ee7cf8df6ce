import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import pino from 'pino';
import { deliverEvents, temporalReady } from '../client/deliver';
import { startGateway, type RunningGateway } from '../client/gateway';
import { Secret } from '../domain/secret';
import type { StandIn } from '../sandbox';
import { loadConfig } from '../workers/config';
import { startEngine, type RunningEngine } from '../workers/engine/start';
import { workflowBundle } from '../workers/bundle';
import { startWorkers, type RunningWorkers } from '../workers/run';
import { accessPolicy } from './access-policy';
import { quietRuntime } from './quiet-runtime';
import { openVendors, type VendorHouse } from './vendor-house';

/** The most that the configuration allows: the bench measures Tenure, not its brakes. */
export const limits = { requestsPerSecond: 1000, concurrency: 20 } as const;
/** Poll and quiet period of every leaver here; the bare workflow waits as long between its polls. */
export const pollSeconds = 0.1;
/** One person approves, and is believed: what is counted is the way, not who goes it. */
const approved = {
  mode: 'approval',
  targets: 'all',
  window: 'P1D',
  approvers: { count: 1, minStrength: 'asserted' },
} as const;
const HR_SECRET = 'the-hr-system-of-the-bench';

export interface Wish {
  readonly detour?: Detour;
  /** With an approved deletion on every target at the end; without it a leaver ends when all is contained. */
  readonly deletion?: boolean;
  /** With a policy that gives people accounts and entitlements; without one only leavers do anything. */
  readonly access?: boolean;
}

/** Turns the origin of a stand-in into another one; the recording puts a relay between. */
export type Detour = (target: string, url: string) => string;

interface Parts {
  readonly folder: string;
  readonly vendors: VendorHouse;
  readonly engine: RunningEngine;
  readonly client: Client;
  readonly gateway: RunningGateway;
  readonly bundle: WorkflowBundleOption;
}

/** A whole Tenure on this machine: an engine that writes to disk, stand-ins, gateway; workers come and go. */
export class Stage {
  #workers: RunningWorkers | undefined;
  #configs = 0;

  readonly folder: string;
  readonly vendors: VendorHouse;
  readonly engine: RunningEngine;
  readonly client: Client;
  readonly #gateway: RunningGateway;
  readonly #bundle: WorkflowBundleOption;

  private constructor(parts: Parts) {
    this.folder = parts.folder;
    this.vendors = parts.vendors;
    this.engine = parts.engine;
    this.client = parts.client;
    this.#gateway = parts.gateway;
    this.#bundle = parts.bundle;
  }

  /** @param given workflow code that is bundled already; tests share one. */
  static async open(given?: WorkflowBundleOption): Promise<Stage> {
    quietRuntime();
    const bundle = given ?? (await workflowBundle());
    const folder = await mkdtemp(path.join(tmpdir(), 'tenure-bench-'));
    const vendors = await openVendors();
    const engine = await startEngine({ dataDir: path.join(folder, 'engine'), port: 'auto', uiPort: 'none' });
    const connection = await Connection.connect({ address: engine.address });
    const client = new Client({ connection, namespace: engine.namespace });
    const gateway = await startGateway({
      host: '127.0.0.1',
      port: 0,
      secrets: [new Secret('bench', () => HR_SECRET)],
      deliver: deliverEvents({ client, deadlineMs: 60_000 }),
      ready: temporalReady({ client }),
      log: pino({ level: 'silent' }),
      limits: { requestsPerMinute: 1_000_000 },
    });
    return new Stage({ folder, vendors, engine, client, gateway, bundle });
  }

  get gatewayUrl(): string {
    return this.#gateway.url;
  }
  get hrSecret(): string {
    return HR_SECRET;
  }

  standIn(target: string): StandIn {
    const found = [...this.vendors.standIns].find(([type]) => type === target);
    if (found === undefined) throw new Error(`no stand-in for ${target}`);
    return found[1];
  }

  /** New workers, with no token yet; those before are stopped. */
  async startWorkers(wish: Wish = {}): Promise<void> {
    await this.stopWorkers();
    const config = loadConfig({ path: await this.writeConfig(wish) });
    const { address, namespace } = this.engine;
    const bundle = this.#bundle;
    this.#workers = await startWorkers({ config, connectionOptions: { address }, namespace, core: true, bundle });
  }

  async stopWorkers(): Promise<void> {
    await this.#workers?.stop();
    this.#workers = undefined;
  }

  private async writeConfig({ detour = (_target, url) => url, deletion, access }: Wish): Promise<string> {
    const targets = await Promise.all(
      [...this.vendors.standIns].map(async ([id, standIn]) => ({
        id,
        type: id,
        baseUrl: detour(id, standIn.baseUrl),
        auth: await this.authOf(id, standIn, detour),
        mode: 'full',
        limits,
        ...(id === 'delinea-rest' ? { scim: await this.otherSurface(id, detour) } : {}),
      })),
    );
    const sessions = { poll: `PT${pollSeconds}S`, quiet: 'PT0S', deadline: 'PT1H' };
    // A percentage of the people who are still there would hold the last of a hundred leavers.
    const budget = { perHour: 100_000, perDay: 100_000, minPeople: 100_000, urgentPerHour: 100_000 };
    const config = {
      store: { url: 'sqlite:tenure.db' },
      mode: 'full',
      safety: { budget },
      targets,
      // Long enough for one plan over all targets: with none, the first that is contained is asked for alone.
      policy: {
        leaver: {
          sessions,
          ...(deletion === true ? { retention: 'PT15S', deletion: approved } : { retention: 'PT0S' }),
        },
        ...(access === true ? { access: accessPolicy } : {}),
      },
    };
    this.#configs += 1;
    const file = path.join(this.folder, `tenure-${this.#configs}.yaml`);
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  private async otherSurface(target: string, detour: Detour) {
    const { delineaScim } = this.vendors;
    const auth = await this.authOf(`${target}-scim`, delineaScim, (_id, url) => detour(target, url));
    return { baseUrl: detour(target, delineaScim.baseUrl), auth };
  }

  private async authOf(name: string, standIn: StandIn, detour: Detour): Promise<Record<string, string>> {
    const auth: Record<string, string> = {};
    for (const [field, value] of Object.entries(standIn.auth)) {
      if (/secret|password|^token$/i.test(field)) {
        await writeFile(path.join(this.folder, `${name}-${field}.secret`), value);
        auth[field] = `\${file:${name}-${field}.secret}`;
      } else auth[field] = field === 'tokenUrl' ? detour(name, value) : value;
    }
    return auth;
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await this.#gateway.close();
    await this.client.connection.close();
    await this.engine.stop();
    await this.vendors.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
