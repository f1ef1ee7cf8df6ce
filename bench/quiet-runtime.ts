import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

let isQuiet = false;

/** Warnings and errors of the SDK only; "no workflows registered" is how a target's worker is meant to be. */
export function quietRuntime(): void {
  if (isQuiet) return;
  isQuiet = true;
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
    if (!message.startsWith('No workflows registered')) process.stderr.write(`${level}: ${message}${causeIn(meta)}\n`);
  });
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' });
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter } } });
}

function causeIn(meta: Readonly<Record<string, unknown>> | undefined): string {
  return meta?.['error'] instanceof Error ? `: ${meta['error'].stack ?? meta['error'].message}` : '';
}
