import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../domain/secret';
import type { HrRequest, HrSource, Verified } from '../hr-source';
import { parseJsonEvents } from '../parse-events';

/** How far the sender's clock may be from ours, both ways; after it a recorded request is worthless. */
const WINDOW_SECONDS = 300;
const PREFIX = 'whsec_';
/** A request may carry one signature for each of the sender's live keys; nobody has more. */
const MOST_SIGNATURES = 20;

/**
 * Our own format: HR events as CloudEvents JSON, signed as the Standard Webhooks specification 1.0 says. Every secret
 * given is live, which is how one is rotated: add the new, switch the sender, remove the old.
 *
 * The signature is computed here and not by the `standardwebhooks` package, because that decodes the body to text
 * first: bytes that are not UTF-8 would be verified as something else than was sent. A test holds the two together.
 */
export function standardWebhooks({ secrets }: { readonly secrets: readonly Secret[] }): HrSource {
  return {
    name: 'standard-webhooks',
    mediaTypes: ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'],
    verify: (request) => verify(request, secrets),
    toEvents: parseJsonEvents,
  };
}

export interface WebhookToSign {
  /** `whsec_` and base64, or plain text. */
  readonly secret: string;
  readonly id: string;
  readonly timestamp: Date;
  readonly body: string | Uint8Array;
}

export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** The headers that a sender puts on a request. Throws when the secret is empty or not base64 after `whsec_`. */
export function signWebhook({ secret, id, timestamp, body }: WebhookToSign): WebhookHeaders {
  const seconds = String(Math.floor(timestamp.getTime() / 1000));
  const signature = sign({ key: keyOf(secret), id, seconds, body }).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}

interface Signed {
  readonly id: string;
  readonly seconds: string;
  readonly body: string | Uint8Array;
}

function sign({ key, id, seconds, body }: Signed & { readonly key: Uint8Array }): Buffer {
  return createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest();
}

/** Throws what is wrong with the secret, never the secret. */
function keyOf(secret: string): Uint8Array {
  const isEncoded = secret.startsWith(PREFIX);
  const encoded = secret.slice(PREFIX.length);
  if (isEncoded && !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw new Error(`not base64 after ${PREFIX}`);
  const key = isEncoded ? Buffer.from(encoded, 'base64') : Buffer.from(secret, 'utf8');
  if (key.length === 0) throw new Error('empty');
  return key;
}

function verify({ headers, rawBody, now }: HrRequest, secrets: readonly Secret[]): Verified {
  const id = headers['webhook-id'];
  const seconds = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof seconds !== 'string' || typeof signatures !== 'string') {
    return refused('webhook-id, webhook-timestamp or webhook-signature is missing');
  }
  if (!/^\d{1,12}$/.test(seconds)) return refused('webhook-timestamp is not a number of seconds');
  const age = Math.floor(now.getTime() / 1000) - Number(seconds);
  if (Math.abs(age) > WINDOW_SECONDS) {
    const direction = age > 0 ? 'old' : 'ahead of our clock';
    return refused(`the request is ${Math.abs(age)} s ${direction}, at most ${WINDOW_SECONDS} s are taken`);
  }
  const { keys, unreadable } = usableKeys(secrets);
  const expected = keys.map((key) => sign({ key, id, seconds, body: rawBody }));
  if (matches(signatures, expected)) return { ok: true };
  // The signature may have been made with the secret that we fail to read.
  if (unreadable.length > 0) return { ok: false, ours: true, reason: unreadable.join('; ') };
  return refused(`no signature fits any of the ${keys.length} secrets`);
}

function refused(reason: string): Verified {
  return { ok: false, reason };
}

/** The keys that the secrets hold now, and why others hold none: by their references, never by their values. */
export function usableKeys(secrets: readonly Secret[]): {
  readonly keys: readonly Uint8Array[];
  readonly unreadable: readonly string[];
} {
  const keys: Uint8Array[] = [];
  const unreadable: string[] = [];
  for (const secret of secrets) {
    try {
      // A secret from a file usually ends in a line break that is not part of it.
      keys.push(keyOf(secret.reveal().trim()));
    } catch (error) {
      unreadable.push(`secret ${secret.reference}: ${error instanceof Error ? error.message : 'cannot be read'}`);
    }
  }
  return { keys, unreadable };
}

/** Every signature is compared with every key, whichever fits first, so that time tells nothing. */
function matches(signatures: string, expected: readonly Buffer[]): boolean {
  let isFound = false;
  for (const entry of signatures.split(' ').slice(0, MOST_SIGNATURES)) {
    if (!entry.startsWith('v1,')) continue;
    const given = Buffer.from(entry.slice('v1,'.length), 'base64');
    for (const one of expected) {
      if (given.length === one.length && timingSafeEqual(given, one)) isFound = true;
    }
  }
  return isFound;
}
