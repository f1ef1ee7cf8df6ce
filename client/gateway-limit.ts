import type { FastifyInstance } from 'fastify';
import rateLimit from '@fastify/rate-limit';
import type { CountUnverified } from './refusal';

export interface GatewayLimits {
  readonly bodyBytes?: number;
  /** Per sender's address, HR routes only; far above what HR systems send, so that memory is safe. */
  readonly requestsPerMinute?: number;
  /** Per sender's address: requests whose signature does not fit. */
  readonly unverifiedPerMinute?: number;
  /** For a request to come in whole. */
  readonly requestTimeoutMs?: number;
}

export const defaultLimits = { requestsPerMinute: 12_000, unverifiedPerMinute: 60 } as const;

const WINDOW_MS = 60_000;

/** Said with 503 and never with 429: many HR systems do not repeat what was answered 4xx. */
export class TooManyRequests extends Error {
  readonly statusCode = 503;
}

/** What a route of an HR system is limited by; its answer carries Retry-After. */
export function requestLimit({ requestsPerMinute = defaultLimits.requestsPerMinute }: GatewayLimits) {
  return {
    max: requestsPerMinute,
    timeWindow: WINDOW_MS,
    errorResponseBuilder: () => new TooManyRequests('too many requests: come again later'),
  };
}

/** Puts the limits on a server. One count of what cannot be verified serves all routes. */
export async function limitRequests(
  server: FastifyInstance,
  { unverifiedPerMinute = defaultLimits.unverifiedPerMinute }: GatewayLimits,
): Promise<CountUnverified> {
  await server.register(rateLimit, { global: false });
  const check = server.createRateLimit({ max: unverifiedPerMinute, timeWindow: WINDOW_MS });
  return async (request) => {
    const counted = await check(request);
    if (counted.isAllowed) return { isOver: false, isLast: false, secondsLeft: 0 };
    const { isExceeded, remaining, ttlInSeconds } = counted;
    return { isOver: isExceeded, isLast: !isExceeded && remaining === 0, secondsLeft: Math.max(1, ttlInSeconds) };
  };
}
