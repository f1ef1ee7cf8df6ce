import { createHash, timingSafeEqual } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { deliverHandshakes, deliverPings } from '../client/deliver-ping';
import type { GatewayOptions } from '../client/gateway';
import type { KeyFault } from '../client/key-fault';
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

/** What a source cannot read of its keys; where a subscription's handshake brings the first, an empty place waits for it. */
function keyFaultsOf({ id, webhookSecrets, options }: Source): readonly KeyFault[] {
  const { subscription } = options as { readonly subscription?: unknown };
  const faults = webhookSecrets.flatMap((secret, index): readonly string[] => {
    try {
      secret.reveal();
      return [];
    } catch (error) {
      if (index === 0 && subscription !== undefined && error instanceof NoSecretYet) return [];
      return [`source ${id}: secret ${secret.reference}: ${error instanceof Error ? error.message : 'cannot be read'}`];
    }
  });
  return faults.map((reason) => ({ reason, closes: faults.length === webhookSecrets.length }));
}

/** The webhooks of the configured HR systems, and who takes what they point to. */
export function pingsOf({ sources }: Config, client: Client): NonNullable<GatewayOptions['pings']> {
  return {
    sources: sources.map((source) => ({
      ...{ id: source.id, type: source.type, lookAgainMs: source.lookAgainMs },
      webhook: webhookOf(source),
      keepToken: async (token) => keepToken(source, token),
      keyFaults: () => keyFaultsOf(source),
    })),
    deliver: { ping: deliverPings({ client }), handshake: deliverHandshakes({ client }) },
  };
}
