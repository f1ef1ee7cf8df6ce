import type { Client } from '@temporalio/client';
import { deliverHandshakes, deliverPings } from '../client/deliver-ping';
import type { GatewayOptions } from '../client/gateway';
import { webhookOf } from '../sources/registry';
import type { Secret } from '../domain/secret';
import type { Source } from '../sources/source';
import type { Config } from '../workers/config';

/**
 * Keeps the token of a handshake as the first of the webhook's secrets, unless another is there: whoever reaches the
 * gateway must not be able to change what requests are signed with.
 */
function keepToken({ webhookSecrets }: Source, token: string): boolean {
  const [secret] = webhookSecrets;
  if (secret === undefined) return false;
  const kept = readable(secret);
  if (kept !== undefined) return kept === token;
  secret.replace(token);
  return true;
}

function readable(secret: Secret): string | undefined {
  try {
    return secret.reveal();
  } catch {
    return undefined;
  }
}

/** The webhooks of the configured HR systems, and who takes what they point to. */
export function pingsOf({ sources }: Config, client: Client): NonNullable<GatewayOptions['pings']> {
  return {
    sources: sources.map((source) => ({
      ...{ id: source.id, type: source.type, lookAgainMs: source.lookAgainMs },
      webhook: webhookOf(source),
      keepToken: async (token) => keepToken(source, token),
    })),
    deliver: { ping: deliverPings({ client }), handshake: deliverHandshakes({ client }) },
  };
}
