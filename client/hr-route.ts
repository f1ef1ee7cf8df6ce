import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { HrEvent } from '../domain/event';
import type { Deliver } from './deliver';
import { TemporalAway } from './errors';
import type { GatewayMetrics } from './gateway-metric';
import type { HrSource } from './hr-source';
import { comeAgain, refuseUnverified, type CountUnverified } from './refusal';

/** People whose events are handed on at the same time. */
const AT_ONCE = 16;

interface HrRoute {
  readonly source: HrSource;
  readonly deliver: Deliver;
  readonly metrics: GatewayMetrics;
  readonly countUnverified: CountUnverified;
}

interface Accepted {
  readonly id: string;
  readonly workflowId: string;
}

/**
 * Takes events of one source: 202 only when Temporal has all of them. Events may be delivered twice, never lost, so
 * whatever stops us half-way is answered 503: the sender sends the whole again.
 */
export function hrRoute({ source, deliver, metrics, countUnverified: count }: HrRoute) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const log = request.log.child({ source: source.name });

    const verified = source.verify({ headers: request.headers, rawBody, now: new Date() });
    if (!verified.ok) return await refuseUnverified({ request, reply, log, verified, count });

    const parsed = await source.toEvents(rawBody);
    if ('problems' in parsed) {
      // Paths only: the words may quote what was sent.
      const paths = parsed.problems.slice(0, 20).map(({ path }) => path);
      log.warn({ problems: parsed.problems.length, paths }, 'HR request refused: problems');
      return reply.code(400).send({ problems: parsed.problems });
    }

    const handOn = async (event: HrEvent) => {
      const workflowId = await deliverOne({ event, deliver, log, observe: observer(source, metrics) });
      return workflowId === undefined ? undefined : { id: event.id, workflowId };
    };
    const accepted = await deliverAll(parsed.events, handOn);
    if (accepted === undefined) return comeAgain(reply, 'not all events could be handed on; send all of them again');
    return reply.code(202).send({ accepted });
  };
}

/**
 * Some people's events at once, one person's in their order, so that a large batch is through before its sender gives
 * up. Nothing more is begun after a failure: undefined, and the whole comes again.
 */
async function deliverAll(
  events: readonly HrEvent[],
  handOn: (event: HrEvent) => Promise<Accepted | undefined>,
): Promise<readonly Accepted[] | undefined> {
  const people = new Map<string, HrEvent[]>();
  for (const event of events) {
    const own = people.get(event.subject);
    if (own === undefined) people.set(event.subject, [event]);
    else own.push(event);
  }
  const accepted = new Map<HrEvent, Accepted>();
  const waiting = [...people.values()];
  let hasFailed = false;
  const work = async () => {
    for (let own = waiting.shift(); own !== undefined; own = waiting.shift()) {
      for (const event of own) {
        if (hasFailed) return;
        const one = await handOn(event);
        if (one === undefined) hasFailed = true;
        else accepted.set(event, one);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (hasFailed) return undefined;
  return events.flatMap((event) => accepted.get(event) ?? []);
}

interface OneDelivery {
  readonly event: HrEvent;
  readonly deliver: Deliver;
  readonly log: FastifyBaseLogger;
  readonly observe: (isDelivered: boolean) => void;
}

/** The workflow that has the event; undefined when it could not be delivered. */
async function deliverOne({ event, deliver, log, observe }: OneDelivery): Promise<string | undefined> {
  // Ids alone, nothing personal.
  const named = { eventId: event.id, type: event.type, person: event.data.person.id };
  try {
    const { workflowId } = await deliver(event);
    observe(true);
    log.info({ ...named, workflowId }, 'HR event delivered');
    return workflowId;
  } catch (error) {
    observe(false);
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof TemporalAway) log.warn({ ...named, reason }, 'HR event not delivered');
    else log.error({ ...named, reason }, 'HR event not delivered');
    return undefined;
  }
}

/** Measures one delivery from now on. */
function observer(source: HrSource, metrics: GatewayMetrics): (isDelivered: boolean) => void {
  const begin = performance.now();
  return (isDelivered) => {
    const seconds = (performance.now() - begin) / 1000;
    metrics.observeDelivery({ source: source.name, isDelivered, seconds });
  };
}
