import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { deliverEvents, temporalReady } from '../client/deliver';
import { startGateway, type RunningGateway } from '../client/gateway';
import type { Config } from '../workers/config';
import { pingsOf } from './pings';
import type { Terminal } from './terminal';

/** The gateway of a configuration; keys that it cannot read are told at once, and it starts all the same. */
export async function openGateway({
  config,
  client,
  log,
  terminal,
}: {
  readonly config: Config;
  readonly client: Client;
  readonly log: Logger;
  readonly terminal: Terminal;
}): Promise<RunningGateway> {
  const { hrWebhookSecrets, ...settings } = config.gateway;
  const gateway = await startGateway({
    ...settings,
    secrets: hrWebhookSecrets,
    pings: pingsOf(config, client),
    deliver: deliverEvents({ client }),
    ready: temporalReady({ client }),
    log,
  });
  for (const { reason, closes } of gateway.keyFaults) {
    const then = closes ? 'All that comes there is answered 503' : 'What is signed with it is answered 503';
    terminal.err(`Warning: ${reason}. ${then} until it can be read; no restart is needed.`);
  }
  return gateway;
}
