import type { Secret } from '../domain/secret';
import type { Readiness } from './deliver';
import type { PingSource } from './ping-route';
import { usableKeys } from './sources/standard-webhooks';

interface Keys {
  readonly secrets: readonly Secret[];
  readonly pings?: { readonly sources: readonly PingSource[] };
}

/** What HR requests are verified with and cannot be read just now, each by its reference, never by its value. */
export interface KeyFault {
  readonly reason: string;
  /** None of the keys of that address is left: everything that comes there is answered 503. */
  readonly closes: boolean;
}

export function keyFaults({ secrets, pings }: Keys): readonly KeyFault[] {
  const { keys, unreadable } = usableKeys(secrets);
  const own = unreadable.map((reason) => ({
    reason: `gateway.hrWebhookSecrets: ${reason}`,
    closes: keys.length === 0,
  }));
  return [...own, ...(pings?.sources ?? []).flatMap((source) => source.keyFaults?.() ?? [])];
}

/** Ready when every address has a key to verify with, and Temporal is there. */
export function withKeys(keys: Keys, ready: () => Promise<Readiness>): () => Promise<Readiness> {
  return async () => {
    const closed = keyFaults(keys).filter(({ closes }) => closes);
    if (closed.length === 0) return await ready();
    return { ready: false, reason: closed.map(({ reason }) => reason).join('; ') };
  };
}
