import type { Client } from '@temporalio/client';
import { deliverHandshakes, deliverPings } from '../client/deliver-ping';
import type { GatewayOptions } from '../client/gateway';
import { webhookOf } from '../sources/registry';
import type { Config } from '../workers/config';

/** The webhooks of the configured HR systems, and who takes what they point to. */
export function pingsOf({ sources }: Config, client: Client): NonNullable<GatewayOptions['pings']> {
  return {
    sources: sources.map((source) => ({
      ...{ id: source.id, type: source.type, lookAgainMs: source.lookAgainMs },
      webhook: webhookOf(source),
    })),
    deliver: { ping: deliverPings({ client }), handshake: deliverHandshakes({ client }) },
  };
}
