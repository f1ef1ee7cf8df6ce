import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Answers } from './answer';
import { Refusal } from './refusal';

/** Reads JSON and forms; an empty body is none, as most vendors have it. */
export function readBodies(
  app: FastifyInstance,
  options: {
    readonly contentType?: string;
    readonly alsoJson?: readonly string[];
    readonly requestIdHeader?: string;
    readonly clockSkewSeconds?: number;
  },
): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser(
    ['application/json', ...(options.alsoJson ?? [])],
    { parseAs: 'string' },
    (_request, body, done) => {
      try {
        done(null, body === '' ? undefined : JSON.parse(body as string));
      } catch {
        done(new Refusal(400, 'The request body is not valid JSON.'));
      }
    },
  );
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)));
  });
  const { contentType = 'application/json', requestIdHeader, clockSkewSeconds } = options;
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-type', contentType);
    if (requestIdHeader) reply.header(requestIdHeader, randomUUID());
    if (clockSkewSeconds) reply.header('date', new Date(Date.now() + clockSkewSeconds * 1000).toUTCString());
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    if (payload === undefined || payload === null || payload === '') reply.removeHeader('content-type');
    return payload;
  });
}

/** Remembers every route, to tell a wrong method from a wrong path. */
export function allowedMethods(app: FastifyInstance): (path: string) => readonly string[] {
  const routes: { readonly method: string; readonly pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, pattern: patternOf(url) });
  });
  return (path) => routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}

/** `/users/:id` as a regular expression; `::` is a plain colon to the router. */
function patternOf(url: string): RegExp {
  const parts = url.split('::').map((part) =>
    part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replace(/\*/g, '.*'),
  );
  return new RegExp(`^${parts.join(':')}$`);
}

/** Puts every error into the vendor's form. */
export function writeErrors(
  app: FastifyInstance,
  answers: Answers,
  allowed: (path: string) => readonly string[],
): void {
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof Refusal) {
      const { status, body, code } = error;
      return reply.code(status).send(typeof body === 'string' ? answers.error(status, body, code) : body);
    }
    const { statusCode = 500, message } = error as { statusCode?: number; message: string };
    // A status of 500 is a defect of the stand-in itself: it must not look like an injected fault.
    if (statusCode >= 500) {
      const text = error instanceof Error ? error.stack : message;
      process.stderr.write(`stand-in failed on ${request.method} ${request.url}: ${text}\n`);
    }
    return reply.code(statusCode).send(answers.error(statusCode, message));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const methods = allowed(request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0) return reply.code(404).send(answers.error(404, 'The resource was not found.'));
    return reply.code(405).header('allow', methods.join(', ')).send(answers.error(405, 'The method is not allowed.'));
  });
}
