import path from 'node:path';
import { resolveEngine, type ConfiguredEngine } from '../../workers/engine/connection';
import { EngineNotStarted, startEngine, type EngineOptions } from '../../workers/engine/start';
import { Complaint } from '../exit';
import type { Teardown } from '../teardown';

export interface EngineWish {
  /** The demo must never touch an engine that somebody else uses. */
  readonly own: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: string;
  readonly temporalPort?: string;
  readonly uiPort?: string;
  readonly say: (text: string) => void;
}

export interface Engine extends ConfiguredEngine {
  readonly uiUrl?: string;
  /** Absent: the engine is somebody else's. */
  readonly ended?: Promise<string>;
}

/** The configured Temporal, else one of our own, which ends with us. */
export async function bringUpEngine(wish: EngineWish, teardown: Teardown): Promise<Engine> {
  const configured = resolveEngine({ demo: wish.own, env: wish.env });
  if (configured !== undefined) return configured;
  const engine = await startOwn({
    dataDir: path.join(wish.dataDir, 'engine'),
    log: wish.say,
    ...portIn('port', wish.temporalPort),
    ...portIn('uiPort', wish.uiPort),
  });
  teardown.add('engine', () => engine.stop());
  const { address, namespace, uiUrl, ended } = engine;
  return { connectionOptions: { address }, address, namespace, ended, ...(uiUrl === undefined ? {} : { uiUrl }) };
}

async function startOwn(options: EngineOptions) {
  try {
    return await startEngine(options);
  } catch (error) {
    if (!(error instanceof EngineNotStarted) || !/^Port \d+/.test(error.message)) throw error;
    throw new Complaint(`${error.message} The options are --temporal-port and --ui-port; \`auto\` takes a free one.`);
  }
}

function portIn<Name extends 'port' | 'uiPort'>(
  name: Name,
  text: string | undefined,
): { [N in Name]?: number | 'auto' } {
  if (text === undefined) return {};
  if (text === 'auto') return { [name]: 'auto' } as { [N in Name]: 'auto' };
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new Complaint(`${text} is no port: a number up to 65535, or auto.`);
  return { [name]: port } as { [N in Name]: number };
}
