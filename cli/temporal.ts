import os from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { resolveEngine, type ConfiguredEngine } from '../workers/engine/connection';
import type { RunningStart } from './data-dir';
import { Complaint } from './exit';
import { wordsFor } from './failure';
import type { Place } from './place';
import type { Terminal } from './terminal';

export interface Temporal extends ConfiguredEngine {
  readonly client: Client;
  readonly connection: Connection;
  /** Address of the Web UI, where it is known. */
  readonly uiUrl?: string;
  close(): Promise<void>;
}

const CONNECT_WITHIN = '5s';

/** Connects to the Temporal that the place's flows run on, and says which one that is. */
export async function connectTemporal(terminal: Terminal, place: Place, identity?: string): Promise<Temporal> {
  const engine = engineOf(terminal, place);
  terminal.err(`Temporal: ${engine.address}, namespace ${engine.namespace}`);
  return await connectTo(engine, { identity: identity ?? operatorOf(terminal), uiUrl: engine.uiUrl });
}

/** For commands that the store alone can answer as well, only less freshly; `otherwise` says so. */
export async function maybeTemporal(
  terminal: Terminal,
  place: Place,
  otherwise: string,
): Promise<Temporal | undefined> {
  try {
    return await connectTemporal(terminal, place);
  } catch (error) {
    terminal.err(`${otherwise}: ${wordsFor(error)}`);
    return undefined;
  }
}

export async function connectTo(
  { connectionOptions, address, namespace }: ConfiguredEngine,
  { identity, uiUrl }: { readonly identity: string; readonly uiUrl?: string | undefined },
): Promise<Temporal> {
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_WITHIN });
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : String(error);
    throw new Complaint(
      `Temporal does not answer at ${address}: ${why}. Is it running? TEMPORAL_ADDRESS names another.`,
    );
  }
  const client = new Client({ connection, namespace, identity });
  const close = () => connection.close();
  return {
    client,
    connection,
    connectionOptions,
    address,
    namespace,
    close,
    ...(uiUrl === undefined ? {} : { uiUrl }),
  };
}

/** Who sits at the terminal, as far as the machine says; a claim, no proof. */
export function operatorOf({ env }: Terminal): string {
  return `${env.USER || env.USERNAME || os.userInfo().username}@${os.hostname()}`;
}

type KnownEngine = ConfiguredEngine & { readonly uiUrl?: string | undefined };

function engineOf({ env }: Terminal, { config, running, dataDir }: Place): KnownEngine {
  if (running?.config === config.path) return engineOfStart(running, env);
  const configured = resolveEngine({ env });
  if (configured !== undefined) return configured;
  if (running === undefined) {
    throw new Complaint(
      `No Temporal is configured (TEMPORAL_ADDRESS) and no \`tenure start\` runs on ${dataDir}: start one, or name its folder with --data-dir.`,
    );
  }
  // The demo's engine must never get messages meant for real targets, nor the other way round.
  throw new Complaint(
    `No Temporal is configured for ${config.path}, and the \`tenure start\` in ${dataDir} runs with ${running.config}. ` +
      'Set TEMPORAL_ADDRESS, or give that file with --config.',
  );
}

function engineOfStart({ address, namespace, uiUrl, demo }: RunningStart, env: NodeJS.ProcessEnv): KnownEngine {
  // A start on a configured Temporal needs its credentials again, which no file of ours holds.
  const configured = demo ? undefined : resolveEngine({ env });
  if (configured?.address === address) return { ...configured, uiUrl };
  return { connectionOptions: { address }, address, namespace, uiUrl };
}
