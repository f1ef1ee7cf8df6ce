import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Answers } from './answer';
import type { Fault, FaultKind } from './contract';
import { dropField, type FaultBook, type ListFault } from './fault';
import type { Savable } from './keeper';
import { noteFault, type OpenEntry, type RequestLog } from './request-log';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Hands out a token or a session: no write, counted, hit only by faults that name its path. */
    logOn?: boolean;
    /** Needs no credentials. */
    open?: boolean;
    /** Changes nothing although the method says so, such as a search by POST. */
    reads?: boolean;
  }
}

const EARLY: readonly FaultKind[] = ['throttled', 'server-error'];
const LATE: readonly FaultKind[] = [
  'expired-token',
  'error-after-commit',
  'reply-lost',
  'slow',
  'malformed-json',
  'html',
  'no-effect',
];
const HTML = '<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>Service error</h1></body></html>\n';

interface Note {
  readonly entry: OpenEntry;
  readonly faults: FaultBook;
  fault?: Fault;
}
const notes = new WeakMap<FastifyRequest, Note>();

/**
 * True once for every waiting fault of this kind that fits the request: the route then plays it. A request that suffers
 * another fault already is left to it, so that the log names what its caller saw.
 */
export function claim(request: FastifyRequest, kind: ListFault): boolean {
  const note = notes.get(request);
  if (note === undefined || note.fault !== undefined || note.faults.take([kind], note.entry) === undefined)
    return false;
  noteFault(note.entry, kind);
  return true;
}

export interface TrafficOptions {
  readonly log: RequestLog;
  readonly faults: FaultBook;
  readonly answers: Answers;
  readonly state: Savable;
  admits(request: FastifyRequest): boolean;
  /** After every write, whatever its answer. */
  changed(): void;
  readonly stopping: AbortSignal;
}

/** Everything that happens around the routes: log, credentials, faults. Must be set up before any route. */
export function watchTraffic(app: FastifyInstance, options: TrafficOptions): void {
  const { log, faults, answers, state } = options;

  app.addHook('onRequest', async (request, reply) => {
    const note: Note = { entry: log.open(request), faults };
    notes.set(request, note);
    const suffer = (kinds: readonly FaultKind[]) => {
      const fault = faults.take(kinds, note.entry);
      if (fault === undefined) return undefined;
      note.fault = fault;
      noteFault(note.entry, fault.kind);
      return fault.kind;
    };
    const early = suffer(EARLY);
    if (early !== undefined) return send(reply, early === 'throttled' ? answers.throttled() : answers.serverError());
    const guarded = log.isBelow(request.url) && request.routeOptions.config?.open !== true;
    if (guarded && !options.admits(request)) return send(reply, answers.unauthorized());
    if (suffer(LATE) === 'expired-token') return send(reply, answers.expiredToken());
  });

  app.addHook('onRoute', (route) => {
    const original = route.handler;
    route.handler = function (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply): unknown {
      const run = () => original.call(this, request, reply);
      return notes.get(request)?.fault?.kind === 'no-effect' ? withoutEffect(state, run) : run();
    };
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const note = notes.get(request);
    if (note === undefined) return payload;
    if (note.entry.write) options.changed();
    const body = await spoil({ request, reply, payload, note, options });
    if (note.fault?.kind !== 'reply-lost') note.entry.status = reply.statusCode;
    return body;
  });
}

function send(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** The route runs and answers, then its change is taken back. Routes change the state before their first `await`. */
function withoutEffect(state: Savable, run: () => unknown): unknown {
  const before = structuredClone(state.save());
  let result: unknown;
  try {
    result = run();
  } finally {
    if (!(result instanceof Promise)) state.restore(before);
  }
  return result instanceof Promise ? result.finally(() => state.restore(before)) : result;
}

interface Leaving {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly payload: unknown;
  readonly note: Note;
  readonly options: TrafficOptions;
}

async function spoil({ request, reply, payload, note, options }: Leaving): Promise<unknown> {
  switch (note.fault?.kind) {
    case 'error-after-commit': {
      const { status, body } = options.answers.serverError();
      reply.code(status);
      return JSON.stringify(body);
    }
    case 'reply-lost':
      request.raw.socket.destroy();
      return payload;
    case 'slow':
      await wait(note.fault.milliseconds ?? 1000, undefined, { signal: options.stopping }).catch(() => undefined);
      return payload;
    case 'malformed-json': {
      const text = typeof payload === 'string' && payload.length > 2 ? payload : '{"answer": "cut"}';
      reply.code(reply.statusCode === 204 ? 200 : reply.statusCode).type('application/json');
      return text.slice(0, Math.ceil(text.length / 2));
    }
    case 'html':
      reply.code(200).type('text/html');
      return HTML;
    default:
      return withoutField(payload, note);
  }
}

function withoutField(payload: unknown, note: Note): unknown {
  const fault = note.faults.find(['missing-field'], note.entry);
  if (fault?.field === undefined || typeof payload !== 'string' || payload === '') return payload;
  const body = JSON.parse(payload) as unknown;
  if (dropField(body, fault.field) === 0) return payload;
  note.faults.spend(fault);
  noteFault(note.entry, 'missing-field');
  return JSON.stringify(body);
}
