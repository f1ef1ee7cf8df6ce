import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { findEngine } from './find';
import { startGuarded, type GuardedProcess } from './guarded-process';
import { makeOwnFile, makeOwnFolder } from './own-folder';
import { freePorts, isPortTaken } from './ports';
import { lastLines } from './run-command';

export const DEFAULT_ENGINE_PORT = 7233;
export const DEFAULT_ENGINE_UI_PORT = 8233;

const LOOPBACK = '127.0.0.1';
const START_MS = 60_000;
const LOOK_AGAIN_MS = 100;
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

export interface EngineOptions {
  /** Where the engine keeps its database and its log; absent: in memory, gone with the process. */
  readonly dataDir?: string | undefined;
  /** Default 7233; 0 or 'auto' picks a free one. */
  readonly port?: number | 'auto';
  /** Default 8233; 0 or 'auto' picks a free one; 'none' starts without the Web UI. */
  readonly uiPort?: number | 'auto' | 'none';
  /** Default 'default'. */
  readonly namespace?: string;
  /** Dynamic configuration beyond what every engine of ours has, by key; values as JSON. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  /** Told what is going on while the engine is found, fetched or built, and started. */
  readonly log?: (text: string) => void;
}

export interface RunningEngine {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  readonly binary: string;
  readonly version: string;
  readonly logFile: string;
  /** Resolves, with a reason, when the engine has ended: by stop() or by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export class EngineNotStarted extends Error {
  override readonly name = 'EngineNotStarted';
}

/** A port that was free may be taken before the engine holds it; it takes more of them for its own services. */
class PortLost extends EngineNotStarted {}
const STARTS = 5;

/** Starts the embedded engine on this machine alone, and comes back when it answers. */
export async function startEngine(options: EngineOptions = {}): Promise<RunningEngine> {
  for (let starts = 1; ; starts += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (!(error instanceof PortLost) || starts === STARTS) throw error;
      options.log?.('a port was taken in this moment: starting again');
    }
  }
}

async function startOnce(options: EngineOptions): Promise<RunningEngine> {
  const { dataDir, namespace = 'default', dynamicConfig = {}, log = () => {} } = options;
  const ports = await choosePorts(options);
  const found = await findEngine({ say: log });
  const folder = dataDir ?? (await fs.promises.mkdtemp(path.join(os.tmpdir(), 'tenure-engine-')));
  makeOwnFolder(folder);
  const logFile = path.join(folder, 'engine.log');
  // One earlier log is kept: the reason for a crash is in the log before this start.
  await fs.promises.rename(logFile, `${logFile}.1`).catch(() => {});

  log('starting the Temporal engine');
  const database = dataDir && path.join(folder, 'engine.db');
  const args = engineArguments({ ...ports, namespace, dynamicConfig, database });
  closeDatabase(database);
  const engine = startGuarded(found.path, args, logFile);
  const address = `${LOOPBACK}:${ports.port}`;
  try {
    await untilReady({ engine, address, namespace, logFile });
    closeDatabase(database);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return {
    address,
    namespace,
    uiUrl: ports.uiPort === undefined ? undefined : `http://${LOOPBACK}:${ports.uiPort}`,
    binary: found.path,
    version: found.version,
    logFile,
    ended: engine.ended,
    async stop() {
      await engine.stop();
      if (dataDir === undefined) await fs.promises.rm(folder, { recursive: true, force: true });
    },
  };
}

/** The dev server makes its database for everybody to read; SQLite gives the files beside it the mode of the first. */
function closeDatabase(database: string | undefined): void {
  if (database === undefined) return;
  for (const ending of ['', '-wal', '-shm']) makeOwnFile(`${database}${ending}`);
}

interface Ports {
  readonly port: number;
  readonly uiPort: number | undefined;
}

async function choosePorts({
  port = DEFAULT_ENGINE_PORT,
  uiPort = DEFAULT_ENGINE_UI_PORT,
}: EngineOptions): Promise<Ports> {
  const [free = 0, freeUi = 0] = await freePorts(2);
  const chosen = {
    port: isAny(port) ? free : port,
    uiPort: uiPort === 'none' ? undefined : isAny(uiPort) ? freeUi : uiPort,
  };
  for (const wanted of [chosen.port, chosen.uiPort]) {
    if (wanted === undefined || !(await isPortTaken(wanted))) continue;
    throw new EngineNotStarted(
      `Port ${wanted} on ${LOOPBACK} is already in use. Tenure starts an engine of its own and never joins a running one: ` +
        `stop the program that holds the port, or choose other ports.`,
    );
  }
  return chosen;
}

function isAny(port: number | 'auto'): port is 0 | 'auto' {
  return port === 'auto' || port === 0;
}

interface EngineSettings extends Ports {
  readonly namespace: string;
  readonly database: string | undefined;
  readonly dynamicConfig: Readonly<Record<string, string>>;
}

function engineArguments(engine: EngineSettings): string[] {
  return [
    ...['server', 'start-dev', '--ip', LOOPBACK, '--port', String(engine.port)],
    ...(engine.uiPort === undefined ? ['--headless'] : ['--ui-ip', LOOPBACK, '--ui-port', String(engine.uiPort)]),
    ...['--namespace', engine.namespace, '--log-level', 'warn'],
    // Without the new matcher the priority of an activity has no effect.
    ...['--dynamic-config-value', 'matching.useNewMatcher=true'],
    ...Object.entries(engine.dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    ...(engine.database === undefined ? [] : ['--db-filename', engine.database]),
    // Write-ahead logging doubles the throughput of the default; a crash of the machine may lose the last moments.
    ...(engine.database === undefined
      ? []
      : ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal']),
  ];
}

interface Starting {
  readonly engine: GuardedProcess;
  readonly address: string;
  readonly namespace: string;
  readonly logFile: string;
}

async function untilReady({ engine, address, namespace, logFile }: Starting): Promise<void> {
  const deadline = Date.now() + START_MS;
  let reason: unknown = 'no answer';
  while (Date.now() < deadline) {
    if (engine.hasEnded()) {
      const told = `The Temporal engine ended at once (${await engine.ended}). ${await tail(logFile)}`;
      throw (await read(logFile)).includes('address already in use') ? new PortLost(told) : new EngineNotStarted(told);
    }
    try {
      await keepHistoriesLong(address, namespace);
      return;
    } catch (error) {
      reason = error;
    }
    await wait(LOOK_AGAIN_MS);
  }
  throw new EngineNotStarted(
    `The Temporal engine did not answer on ${address} (${String(reason)}). ${await tail(logFile)}`,
  );
}

/** The dev server forgets finished flows after a day; a leaver's history must still be there when someone asks. */
async function keepHistoriesLong(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' });
  try {
    await connection.workflowService.describeNamespace({ namespace });
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) },
    });
  } finally {
    await connection.close();
  }
}

async function tail(logFile: string): Promise<string> {
  return `Its log ends with:\n${lastLines(await read(logFile))}\nAll of it is in ${logFile}.`;
}

async function read(logFile: string): Promise<string> {
  return await fs.promises.readFile(logFile, 'utf8').catch(() => '');
}
