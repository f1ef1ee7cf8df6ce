import type { AddressInfo } from 'node:net';
import fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Secret } from '../domain/secret';
import type { Deliver, Readiness } from './deliver';
import { limitRequests, requestLimit, TooManyRequests, type GatewayLimits } from './gateway-limit';
import { gatewayMetrics, type GatewayMetrics } from './gateway-metric';
import { hrRoute } from './hr-route';
import type { HrSource } from './hr-source';
import { keyFaults, withKeys, type KeyFault } from './key-fault';
import { pingRoute, type PingDelivery, type PingSource } from './ping-route';
import type { CountUnverified } from './refusal';
import { standardWebhooks } from './sources/standard-webhooks';

export interface GatewayOptions {
  readonly host: string;
  /** 0 takes a free one; the answer's `url` says which. */
  readonly port: number;
  /** Live secrets of `POST /hr/events`, read anew at each request. */
  readonly secrets: readonly Secret[];
  /** Further HR systems, each at `POST /hr/sources/<name>`. */
  readonly sources?: readonly HrSource[];
  /** HR systems that only ping, each at `POST /hr/<type>/<id>`. */
  readonly pings?: { readonly sources: readonly PingSource[]; readonly deliver: PingDelivery };
  readonly deliver: Deliver;
  readonly ready: () => Promise<Readiness>;
  /** Gets ids of people and events, never bodies. */
  readonly log: Logger;
  readonly limits?: GatewayLimits;
  /** Addresses of reverse proxies whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies?: readonly string[];
}

export interface RunningGateway {
  readonly url: string;
  /** Keys that could not be read when it started: it listens all the same, because they are read anew each time. */
  readonly keyFaults: readonly KeyFault[];
  /** Takes nothing new and lets requests that are being answered finish. */
  close(): Promise<void>;
}

const READY_WITHIN_MS = 3000;

/**
 * The way in for HR systems, with health, readiness and metrics beside it. Throws when it can't listen, and when there
 * is nothing that it could accept.
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { host, port, log, trustedProxies = [], limits = {} } = options;
  refuseNothing(options);
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytes ?? 1024 * 1024,
    requestTimeout: limits.requestTimeoutMs ?? 30_000,
    forceCloseConnections: 'idle',
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
  });
  const server = app as unknown as FastifyInstance;
  const metrics = gatewayMetrics();
  answerErrors(server);
  endConnectionsOnClose(server);
  server.addHook('onResponse', async (request, reply) => {
    metrics.countRequest({ route: request.routeOptions.url ?? 'unknown', status: reply.statusCode });
  });
  const countUnverified = await limitRequests(server, limits);
  await takeAll(server, { options, metrics, countUnverified });
  showState(server, { options, metrics });
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    throw new Error(`The gateway cannot listen on ${host}:${port}: ${(error as Error).message}`, { cause: error });
  }
  const faults = keyFaults(options);
  for (const { reason } of faults) log.error({ reason }, 'HR requests cannot be verified with this key');
  return { url: urlOf(server), keyFaults: faults, close: () => server.close() };
}

function refuseNothing({ secrets, sources = [], pings }: GatewayOptions): void {
  if (secrets.length + sources.length + (pings?.sources ?? []).length > 0) return;
  throw new Error('The gateway has no secret to verify HR events with: set gateway.hrWebhookSecrets or sources.');
}

/** A connection that was in use when closing began would else stay open, idle, until the sender drops it. */
function endConnectionsOnClose(server: FastifyInstance): void {
  let isClosing = false;
  server.addHook('preClose', async () => {
    isClosing = true;
  });
  server.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}

interface Parts {
  readonly options: GatewayOptions;
  readonly metrics: GatewayMetrics;
  readonly countUnverified: CountUnverified;
}

async function takeAll(server: FastifyInstance, parts: Parts): Promise<void> {
  const { secrets, sources = [], pings } = parts.options;
  if (secrets.length > 0) await takeEvents(server, '/hr/events', standardWebhooks({ secrets }), parts);
  for (const source of sources) await takeEvents(server, `/hr/sources/${source.name}`, source, parts);
  for (const source of pings?.sources ?? []) await takePings(server, source, parts);
}

async function takeEvents(server: FastifyInstance, path: string, source: HrSource, parts: Parts): Promise<void> {
  const { options, metrics, countUnverified } = parts;
  const route = hrRoute({ source, deliver: options.deliver, metrics, countUnverified });
  await takePosts(server, { path, mediaTypes: source.mediaTypes, route }, parts);
}

async function takePings(server: FastifyInstance, source: PingSource, parts: Parts): Promise<void> {
  const { options, metrics, countUnverified } = parts;
  if (options.pings === undefined) return;
  const route = pingRoute({ source, deliver: options.pings.deliver, metrics, countUnverified });
  const path = `/hr/${source.type}/${source.id}`;
  await takePosts(server, { path, mediaTypes: source.webhook.mediaTypes, route }, parts);
}

interface Posts {
  readonly path: string;
  readonly mediaTypes: readonly string[];
  readonly route: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
}

async function takePosts(
  server: FastifyInstance,
  { path, mediaTypes, route }: Posts,
  { options }: Parts,
): Promise<void> {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The bytes are kept as they came, because the signature covers them.
    scope.addContentTypeParser([...mediaTypes], { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    scope.addHook('onRequest', async (request, reply) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') await reply.code(415).send({ error: 'send the body without Content-Encoding' });
    });
    scope.post(path, { config: { rateLimit: requestLimit(options.limits ?? {}) } }, route);
  });
}

function showState(server: FastifyInstance, { options, metrics }: Omit<Parts, 'countUnverified'>): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  const ready = withKeys(options, options.ready);
  server.get('/readyz', async (_request, reply) => {
    const readiness = await askWithin(ready, READY_WITHIN_MS);
    if (readiness.ready) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', reason: readiness.reason });
  });
  server.get('/metrics', async (_request, reply) => reply.type(metrics.mediaType).send(await metrics.text()));
}

async function askWithin(ready: () => Promise<Readiness>, milliseconds: number): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve({ ready: false, reason: 'Temporal did not answer in time' }), milliseconds);
  });
  try {
    return await Promise.race([ready(), late]);
  } catch (error) {
    return { ready: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

const words: Readonly<Record<number, string>> = {
  400: 'the request cannot be read',
  413: 'the body is too large: send fewer events at once',
  415: 'send application/json',
};

/** Answers say what the sender can do; what happened inside is for the log. */
function answerErrors(server: FastifyInstance): void {
  server.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ error: 'nothing is here' }));
  server.setErrorHandler(async (error: Error & { readonly statusCode?: number }, request, reply) => {
    if (error instanceof TooManyRequests) {
      request.log.warn({ from: request.ip }, error.message);
      return reply.code(503).send({ error: error.message });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error({ reason: error.message, stack: error.stack }, 'request failed');
      return reply.code(status === 503 ? 503 : 500).send({ error: 'something went wrong here; try again' });
    }
    request.log.warn({ reason: error.message, from: request.ip }, 'request refused');
    return reply.code(status).send({ error: words[status] ?? 'the request was refused' });
  });
}

function urlOf(server: FastifyInstance): string {
  const bound = server.server.address() as AddressInfo;
  const everywhere = ['0.0.0.0', '::'].includes(bound.address);
  const host = everywhere ? '127.0.0.1' : bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return `http://${host}:${bound.port}`;
}
