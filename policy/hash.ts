import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256, lower-case hex, over the RFC 8785 JSON of a value. */
export function sha256OfJson(value: unknown): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? 'null', 'utf8')
    .digest('hex');
}
