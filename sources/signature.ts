import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../domain/secret';
import type { Verified, WebhookRequest } from './webhook';

/** How one HR system signs; every secret given is live, which is how one is rotated. */
export interface Scheme {
  readonly secrets: readonly Secret[];
  readonly algorithm: 'sha256' | 'sha512';
  /** Headers that must be there, lower case. */
  readonly headers: readonly string[];
  /** The signatures that the request carries, as bytes; a system that rotates its own keys may send several. */
  given(header: (name: string) => string): readonly Buffer[];
  /** The bytes that are signed. */
  signed(header: (name: string) => string, rawBody: Uint8Array): readonly (string | Uint8Array)[];
  /** The key that a secret stands for; throws in words when it cannot be one. */
  key(secret: string): Uint8Array;
  /** Where the time of sending is, in whole seconds, and how far it may be from our clock both ways. */
  readonly window?: { readonly header: string; readonly seconds: number };
}

/** Nobody signs with more keys than this; a request with more is cut, not worked through. */
const MOST_SIGNATURES = 20;

/** Holds a request against every live secret, each comparison in constant time and all of them made. */
export function verifySignature(scheme: Scheme, { headers, rawBody, now }: WebhookRequest): Verified {
  const missing = scheme.headers.filter((name) => typeof headers[name] !== 'string');
  if (missing.length > 0) return refused(`${missing.join(' and ')} missing`);
  const header = (name: string) => String(headers[name]);
  const late = outsideWindow(scheme, header, now);
  if (late !== undefined) return refused(late);
  const { keys, unreadable } = readKeys(scheme);
  const given = scheme.given(header).slice(0, MOST_SIGNATURES);
  let isFound = false;
  for (const key of keys) {
    const hmac = createHmac(scheme.algorithm, key);
    for (const part of scheme.signed(header, rawBody)) hmac.update(part);
    const expected = hmac.digest();
    for (const one of given) {
      if (one.length === expected.length && timingSafeEqual(one, expected)) isFound = true;
    }
  }
  if (isFound) return { ok: true };
  // The signature may have been made with the secret that we fail to read.
  if (unreadable.length > 0) return { ok: false, ours: true, reason: unreadable.join('; ') };
  return refused(`no signature fits any of the ${keys.length} secrets`);
}

/** Bytes of a hex signature; none when it is no hex, because `Buffer.from` stops at the first odd character. */
export function hexBytes(text: string): readonly Buffer[] {
  return /^([0-9a-f]{2})+$/i.test(text) ? [Buffer.from(text, 'hex')] : [];
}

/** Bytes of a base64 signature, padded or not; none when it is no base64. */
export function base64Bytes(text: string): readonly Buffer[] {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? [Buffer.from(text, 'base64')] : [];
}

/** The key is the text of the secret itself. */
export function textKey(secret: string): Uint8Array {
  if (secret === '') throw new Error('empty');
  return Buffer.from(secret, 'utf8');
}

function outsideWindow({ window }: Scheme, header: (name: string) => string, now: Date): string | undefined {
  if (window === undefined) return undefined;
  const text = header(window.header);
  if (!/^\d{1,12}$/.test(text)) return `${window.header} is not a number of seconds`;
  const age = Math.floor(now.getTime() / 1000) - Number(text);
  if (Math.abs(age) <= window.seconds) return undefined;
  const direction = age > 0 ? 'old' : 'ahead of our clock';
  return `the request is ${Math.abs(age)} s ${direction}, at most ${window.seconds} s are taken`;
}

function readKeys(scheme: Scheme): { readonly keys: Uint8Array[]; readonly unreadable: string[] } {
  const keys: Uint8Array[] = [];
  const unreadable: string[] = [];
  for (const secret of scheme.secrets) {
    try {
      // A secret from a file usually ends in a line break that is not part of it.
      keys.push(scheme.key(secret.reveal().trim()));
    } catch (error) {
      unreadable.push(`secret ${secret.reference}: ${error instanceof Error ? error.message : 'cannot be read'}`);
    }
  }
  return { keys, unreadable };
}

function refused(reason: string): Verified {
  return { ok: false, reason };
}
