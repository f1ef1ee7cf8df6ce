import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Verified } from '../sources/webhook';

/** When a sender shall come again after a 503. */
const RETRY_AFTER_SECONDS = 30;

/** 503 with the time to come again: the sender shall send the whole once more. */
export function comeAgain(reply: FastifyReply, error: string, seconds = RETRY_AFTER_SECONDS): FastifyReply {
  return reply.code(503).header('retry-after', String(seconds)).send({ error });
}

/** How one address stands with requests that could not be verified, this one counted. */
export interface UnverifiedCount {
  readonly isOver: boolean;
  readonly isLast: boolean;
  readonly secondsLeft: number;
}

/** Counts a request that could not be verified. What was verified is never counted, whatever else its address sends. */
export type CountUnverified = (request: FastifyRequest) => Promise<UnverifiedCount>;

/** Why a request counts as nobody's. */
export type Unproven = Extract<Verified, { readonly ok: false }>;

interface Unverified {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly log: FastifyBaseLogger;
  readonly verified: Unproven;
  readonly count: CountUnverified;
}

/**
 * The answer to a request that could not be verified. Past the limit it is 503 like everything that is for now: many
 * HR systems never repeat what was answered 4xx, and whoever signs rightly again must not have lost events meanwhile.
 */
export async function refuseUnverified({ request, reply, log, verified, count }: Unverified): Promise<FastifyReply> {
  const { reason } = verified;
  if (verified.ours === true) {
    log.error({ reason }, 'HR request cannot be verified');
    return comeAgain(reply, 'requests cannot be verified at the moment');
  }
  const { isOver, isLast, secondsLeft } = await count(request);
  if (isOver) return comeAgain(reply, 'too many requests that could not be verified: come again later', secondsLeft);
  const more = isLast ? { note: `more of this address are answered 503 and not logged for ${secondsLeft} s` } : {};
  log.warn({ reason, from: request.ip, ...more }, 'HR request refused: not verified');
  return reply.code(401).send({ error: 'not verified' });
}
