import { Command } from 'commander';
import { startWorkers } from '../../workers/run';
import { fileLog, quietRuntime } from '../log';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { connectTemporal } from '../temporal';
import { StopSignal } from '../stop-signal';
import { Teardown } from '../teardown';
import { targetsOf } from './check';
import { placed } from './option';

interface WorkerOptions extends PlaceOptions {
  readonly targets?: string;
  readonly core?: boolean;
}

export function workerCommand(cli: Cli): Command {
  return placed(new Command('worker'))
    .description('run workers: for all targets and the core, or for the part that is named')
    .option('--targets <ids>', 'these targets only, separated by commas: a worker beside an on-prem vault')
    .option('--core', 'workflows, store, evidence and approvals; alone: no target')
    .action(async (options: WorkerOptions) => work(cli, options));
}

async function work({ terminal }: Cli, options: WorkerOptions): Promise<void> {
  const place = findPlace(terminal, options);
  const named = options.targets?.split(',').map((id) => id.trim());
  const targets = named === undefined && options.core === true ? [] : targetsOf(place, named);
  const core = named === undefined || options.core === true;
  const teardown = new Teardown(terminal);
  const stop = new StopSignal(terminal);
  try {
    quietRuntime(fileLog('stdout'));
    // Says where it goes and whether anybody answers there, before the workers try for minutes.
    const temporal = await connectTemporal(terminal, place);
    await temporal.close();
    const { connectionOptions, namespace } = temporal;
    const workers = await startWorkers({ config: place.config, connectionOptions, namespace, targets, core });
    teardown.add('workers', () => workers.stop());
    terminal.err(`Working: ${[...(core ? ['core'] : []), ...targets].join(', ')}. Ctrl-C stops.`);
    await stop.wait({ workers: workers.ended });
  } finally {
    await teardown.run();
    stop.close();
  }
}
