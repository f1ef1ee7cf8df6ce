import { createHash, timingSafeEqual } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { deliverHandshakes, deliverPings } from '../client/deliver-ping';
import type { GatewayOptions } from '../client/gateway';
import { webhookOf } from '../sources/registry';
import { NoSecretYet, type Secret } from '../domain/secret';
import type { Source } from '../sources/source';
import type { Config } from '../workers/config';

/**
 * Keeps the token of a handshake as the first of the webhook's secrets, unless another is there: whoever reaches the
 * gateway must not be able to change what requests are signed with. A secret that is there and cannot be read just now
 * is no reason to replace it: that throws, and the sender comes again.
 */
function keepToken({ webhookSecrets }: Source, token: string): boolean {
  const [secret] = webhookSecrets;
  if (secret === undefined) return false;
  const kept = revealed(secret);
  if (kept !== undefined) return isSame(kept, token);
  secret.replace(token);
  return true;
}

/** Undefined when there is none yet. */
function revealed(secret: Secret): string | undefined {
  try {
    return secret.reveal();
  } catch (error) {
    if (error instanceof NoSecretYet) return undefined;
    throw error;
  }
}

/** Of digests, so that neither the time nor the length tells anything of the secret. */
function isSame(kept: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(kept), digest(token));
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
