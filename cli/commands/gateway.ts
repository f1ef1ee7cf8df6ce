import { Command } from 'commander';
import { openGateway } from '../gateway';
import { fileLog } from '../log';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { connectTemporal } from '../temporal';
import { StopSignal } from '../stop-signal';
import { Teardown } from '../teardown';
import { placed } from './option';

export function gatewayCommand(cli: Cli): Command {
  return placed(new Command('gateway'))
    .description('take HR events over HTTP: POST /hr/events, signed; with /healthz, /readyz and /metrics')
    .action(async (options: PlaceOptions) => serve(cli, options));
}

async function serve({ terminal }: Cli, options: PlaceOptions): Promise<void> {
  const place = findPlace(terminal, options);
  const teardown = new Teardown(terminal);
  const stop = new StopSignal(terminal);
  try {
    const temporal = await connectTemporal(terminal, place);
    teardown.add('connection', () => temporal.close());
    const gateway = await openGateway({
      config: place.config,
      client: temporal.client,
      log: fileLog('stdout'),
      terminal,
    });
    teardown.add('gateway', () => gateway.close());
    terminal.err(`Gateway: ${gateway.url}/hr/events. Ctrl-C stops.`);
    await stop.wait({});
  } finally {
    await teardown.run();
    stop.close();
  }
}
