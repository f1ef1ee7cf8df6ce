import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Ping, Webhook, WebhookRequest } from '../sources/webhook';
import type { DeliverHandshake, DeliverPing, PingedSource } from './deliver-ping';
import { TemporalAway } from './errors';
import type { GatewayMetrics } from './gateway-metric';
import type { KeyFault } from './key-fault';
import { comeAgain, refuseUnverified, type CountUnverified, type Unproven } from './refusal';

/** An HR system whose webhook only says which record to read. */
export interface PingSource extends PingedSource {
  readonly webhook: Webhook;
  /** Keeps the token of a handshake where the webhook's secrets are read; false: one is there already, and stands. */
  keepToken?(token: string, subscription: string): Promise<boolean>;
  /** Keys that cannot be read just now; one that a handshake will bring is none. */
  keyFaults?(): readonly KeyFault[];
}

export interface PingDelivery {
  readonly ping: DeliverPing;
  readonly handshake: DeliverHandshake;
}

interface PingRoute {
  readonly source: PingSource;
  readonly deliver: PingDelivery;
  readonly metrics: GatewayMetrics;
  readonly countUnverified: CountUnverified;
}

/**
 * Takes pings of one HR system: 202 only when Temporal has all of them, and then at once, because the record is read
 * later and for as long as that takes. Whatever stops us half-way is answered 503, so that the system sends it again.
 */
export function pingRoute({ source, deliver, metrics, countUnverified: count }: PingRoute) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const log = request.log.child({ source: source.id });
    const asked: WebhookRequest = { headers: request.headers, rawBody, now: new Date() };

    const verified = source.webhook.verify(asked);
    if (!verified.ok) {
      const refuse = (why: Unproven) => refuseUnverified({ request, reply, log, verified: why, count });
      return (await shakeHands({ source, deliver, log, asked, reply, refuse })) ?? (await refuse(verified));
    }

    const read = source.webhook.read(rawBody, request.headers['content-type'] ?? '');
    if ('problems' in read) {
      // Paths only: the words may quote what was sent.
      log.warn({ paths: read.problems.slice(0, 20).map(({ path }) => path) }, 'HR ping refused: problems');
      return reply.code(400).send({ problems: read.problems });
    }
    const accepted: { record: string; workflowId: string }[] = [];
    for (const ping of read.pings) {
      const workflowId = await deliverOne({ source, deliver, log, metrics }, ping);
      if (workflowId === undefined) return comeAgain(reply, 'not all of it could be handed on; send it again');
      accepted.push({ record: ping.recordId, workflowId });
    }
    return reply.code(202).send({ accepted });
  };
}

interface Handshaking {
  readonly source: PingSource;
  readonly deliver: PingDelivery;
  readonly log: FastifyBaseLogger;
  readonly asked: WebhookRequest;
  readonly reply: FastifyReply;
  readonly refuse: (why: Unproven) => Promise<FastifyReply>;
}

/** The answer to a handshake; undefined when the request is none. The token shows up in no log and no flow. */
async function shakeHands(shaking: Handshaking): Promise<FastifyReply | undefined> {
  const { source, deliver, log, asked, reply, refuse } = shaking;
  const handshake = source.webhook.handshake?.(asked);
  if (handshake === undefined) return undefined;
  if (handshake.kind === 'hello') {
    log.info('HR system looked whether anybody listens');
    return reply.code(200).send({ status: 'listening' });
  }
  const { subscription, token } = handshake;
  try {
    if ((await source.keepToken?.(token, subscription)) !== true) {
      return await refuse({ ok: false, reason: 'handshake: another token is kept already, or this source takes none' });
    }
    await deliver.handshake(source, subscription);
    log.info({ subscription }, 'HR handshake: token kept, answer on its way');
    return reply.code(200).send({ status: 'received' });
  } catch (error) {
    log.error({ subscription, reason: error instanceof Error ? error.message : String(error) }, 'HR handshake failed');
    return comeAgain(reply, 'the handshake cannot be answered at the moment');
  }
}

/** The workflow that has the ping; undefined when it could not be delivered. */
async function deliverOne(
  {
    source,
    deliver,
    log,
    metrics,
  }: { source: PingSource; deliver: PingDelivery; log: FastifyBaseLogger; metrics: GatewayMetrics },
  ping: Ping,
): Promise<string | undefined> {
  const begin = performance.now();
  const observe = (isDelivered: boolean) =>
    metrics.observeDelivery({ source: source.id, isDelivered, seconds: (performance.now() - begin) / 1000 });
  const named = { record: ping.recordId, hint: ping.hint };
  try {
    const { workflowId } = await deliver.ping(source, ping);
    observe(true);
    log.info({ ...named, workflowId }, 'HR ping delivered');
    return workflowId;
  } catch (error) {
    observe(false);
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof TemporalAway) log.warn({ ...named, reason }, 'HR ping not delivered');
    else log.error({ ...named, reason }, 'HR ping not delivered');
    return undefined;
  }
}
