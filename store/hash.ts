import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * RFC 8785 JSON: one text for one value, whoever writes it. Takes what JSON can say; `undefined` fields are left out.
 * Throws on NaN and infinities.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return text;
}

/** SHA-256, lower-case hex, over the RFC 8785 JSON of a value. */
export function sha256OfJson(value: unknown): string {
  return sha256OfText(canonicalJson(value));
}

export function sha256OfText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
