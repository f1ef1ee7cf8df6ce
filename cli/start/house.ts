import path from 'node:path';
import type { Config } from '../../workers/config';
import { startWorkers } from '../../workers/run';
import { openGateway } from '../gateway';
import type { LockedDataDir } from '../data-dir';
import { fileLog, quietRuntime } from '../log';
import type { Teardown } from '../teardown';
import { connectTo, operatorOf, type Temporal } from '../temporal';
import type { Terminal } from '../terminal';
import { bringUpEngine, type EngineWish } from './engine';

/** Everything that `tenure start` runs in this process or beside it. */
export interface House {
  readonly config: Config;
  readonly temporal: Temporal;
  /** Absent: the configuration has no secret to verify HR events with. */
  readonly gatewayUrl?: string;
  /** The engine ends with this process. */
  readonly ownsEngine: boolean;
  /** What would be noticed if it ended by itself. */
  readonly parts: Readonly<Record<string, Promise<unknown>>>;
}

export interface HouseWish {
  readonly terminal: Terminal;
  readonly dataDir: LockedDataDir;
  readonly config: Config;
  readonly demo: boolean;
  readonly engine: Omit<EngineWish, 'dataDir' | 'env' | 'own'> & { readonly own: boolean };
}

/** Engine, workers for all targets and the core, gateway; each is stopped by the teardown. */
export async function bringUp(wish: HouseWish, teardown: Teardown): Promise<House> {
  const { terminal, dataDir, config, demo } = wish;
  const { say } = wish.engine;
  const log = fileLog({ file: path.join(dataDir.path, 'tenure.log') });
  quietRuntime(log);
  const engine = await bringUpEngine({ ...wish.engine, dataDir: dataDir.path, env: terminal.env }, teardown);
  const { connectionOptions, namespace, address, uiUrl } = engine;
  say('connecting');
  const temporal = await connectTo(engine, { identity: operatorOf(terminal), uiUrl });
  teardown.add('connection', () => temporal.close());

  say(`starting workers for ${config.targets.length} targets`);
  const workers = await startWorkers({ config, connectionOptions, namespace, core: true });
  teardown.add('workers', () => workers.stop());

  const gatewayUrl = await bringUpGateway({ config, client: temporal.client, log, terminal }, teardown);
  dataDir.announce({
    ...{ demo, config: config.path, address, namespace },
    ...(uiUrl === undefined ? {} : { uiUrl }),
    ...(gatewayUrl === undefined ? {} : { gatewayUrl }),
  });
  const parts = { workers: workers.ended, ...(engine.ended === undefined ? {} : { 'the engine': engine.ended }) };
  const ownsEngine = engine.ended !== undefined;
  return { config, temporal, parts, ownsEngine, ...(gatewayUrl === undefined ? {} : { gatewayUrl }) };
}

async function bringUpGateway(
  parts: Parameters<typeof openGateway>[0],
  teardown: Teardown,
): Promise<string | undefined> {
  const { gateway: settings, sources } = parts.config;
  if (settings.hrWebhookSecrets.length === 0 && sources.length === 0) return undefined;
  const gateway = await openGateway(parts);
  teardown.add('gateway', () => gateway.close());
  return gateway.url;
}
