import fs from 'node:fs';
import { loadClientConfigProfile, toClientOptions, type ClientConnectConfig } from '@temporalio/envconfig';

export interface ConfiguredEngine {
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
  readonly address: string;
  readonly namespace: string;
}

export interface EngineChoice {
  /** The demo must never touch an engine that someone else uses: it ignores every setting. */
  readonly demo?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** The engine that the standard Temporal settings name; undefined when there are none and the embedded one is meant. */
export function resolveEngine({ demo = false, env = process.env }: EngineChoice = {}): ConfiguredEngine | undefined {
  if (demo) return undefined;
  // The loader passes over a file that is not there; a file named on purpose must be.
  const file = env.TEMPORAL_CONFIG_FILE;
  if (file && !fs.existsSync(file)) throw new Error(`TEMPORAL_CONFIG_FILE names ${file}, which does not exist.`);

  const variables = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const profile = loadClientConfigProfile({ overrideEnvVars: Object.fromEntries(variables) });
  const isConfigured = Object.keys(profile).length > 0 || Boolean(env.TEMPORAL_PROFILE) || Boolean(file);
  if (!isConfigured) return undefined;

  const { connectionOptions, namespace = 'default' } = toClientOptions(profile);
  const address = connectionOptions.address ?? 'localhost:7233';
  return { connectionOptions: { ...connectionOptions, address }, address, namespace };
}
