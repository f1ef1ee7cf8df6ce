import { isIP } from 'node:net';
import { z } from 'zod';
import type { Secret } from '../../domain/secret';

/** Names that stand for the private ranges of RFC 1918 and their like. */
const ranges = ['loopback', 'linklocal', 'uniquelocal'];

function isProxy(text: string): boolean {
  if (ranges.includes(text)) return true;
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const proxy = z.string().refine(isProxy, {
  message: `must be an address (10.0.0.7), a range (10.0.0.0/24) or one of ${ranges.join(', ')}`,
});

const perMinute = z.number().int().min(1);

/** The way in for HR systems. */
export function gatewaySchema({ secret }: { readonly secret: z.ZodType<Secret, string> }) {
  return z.strictObject({
    host: z.string().default('127.0.0.1').describe('Address to listen on.'),
    port: z.number().int().min(0).max(65_535).default(8080).describe('Port to listen on.'),
    hrWebhookSecrets: z
      .array(secret)
      .default([])
      .describe('Secrets that HR may sign with, each a reference; several while one is being changed.'),
    trustedProxies: z
      .array(proxy)
      .default([])
      .describe(
        `Reverse proxies whose X-Forwarded-For is believed: addresses, ranges, or ${ranges.join(', ')}. Without it everybody behind a proxy counts as one sender.`,
      ),
    limits: z
      .strictObject({
        unverifiedPerMinute: perMinute
          .default(60)
          .describe('Requests a minute of one address whose signature does not fit; those over it get 503, not 401.'),
        requestsPerMinute: perMinute
          .default(12_000)
          .describe('Requests a minute of one address, whatever they are; those over it get 503 and Retry-After.'),
      })
      .prefault({})
      .describe('What one address may send. Whoever signs rightly is held up by the second only.'),
  });
}
