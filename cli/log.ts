import fs from 'node:fs';
import path from 'node:path';
import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogLevel } from '@temporalio/worker';
import pino, { type Logger } from 'pino';

/** JSON lines, one per thing that happened: to standard output (a service), or to a file beside a person's screen. */
export function fileLog(to: 'stdout' | { readonly file: string }): Logger {
  if (to === 'stdout') return pino();
  fs.mkdirSync(path.dirname(to.file), { recursive: true });
  return pino(pino.destination({ dest: to.file, sync: true }));
}

const levels: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

let isQuiet = false;

/**
 * Sends what the Temporal SDK logs to `log`, and leaves Ctrl-C to us: the SDK would stop the workers before anything else
 * is told. A process has one SDK runtime, so only the first call counts.
 */
export function quietRuntime(log: Logger): void {
  if (isQuiet) return;
  isQuiet = true;
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    log[levels[level]](plainMeta(meta), message);
  });
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' });
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter } } });
}

/** Ids alone: what an activity was called with, or an error's whole chain, has no place in a log. */
function plainMeta(meta: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(meta ?? {})) {
    if (value instanceof Error) plain[name] = `${value.name}: ${value.message.slice(0, 500)}`;
    else if (['string', 'number', 'boolean'].includes(typeof value)) plain[name] = value;
  }
  return plain;
}
