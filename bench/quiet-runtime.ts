import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

let isQuiet = false;

/** Warnings and errors of the SDK only; "no workflows registered" is how a target's worker is meant to be. */
export function quietRuntime(): void {
  if (isQuiet) return;
  isQuiet = true;
  const logger = new DefaultLogger('WARN', ({ level, message }) => {
    if (!message.startsWith('No workflows registered')) process.stderr.write(`${level}: ${message}\n`);
  });
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' });
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter } } });
}
