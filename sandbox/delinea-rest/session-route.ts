import type { FastifyInstance, FastifyRequest } from 'fastify';
import { claim, Refusal } from '../core';
import type { DelineaTenant, Session } from '../delinea-tenant';
import { sendPage, type Dialect } from './route';

/** Live vault sessions. The seed names a "sessions API" without a path; these are the paths of Tenure's design. */
export function addSessionRoutes(app: FastifyInstance, tenant: DelineaTenant, dialect: Dialect): void {
  const users = new Map<string, number>();
  const numberOf = (id: string): string => String(users.get(id) ?? users.set(id, users.size + 1).size);

  app.get('/sessions', (request, reply) => {
    const { userId, status } = request.query as { userId?: string; status?: string };
    const all = claim(request, 'filter-ignored');
    const rows = tenant.sessions.filter(
      (one) =>
        all || ((userId === undefined || one.userId === userId) && (status === undefined || statusOf(one) === status)),
    );
    return sendPage(request, reply, rows, (session) => ({
      ...{ id: session.id, userId: dialect.sessionUserIds === 'vault' ? numberOf(session.userId) : session.userId },
      status: statusOf(session),
      startedAt: new Date(session.startsAt).toISOString(),
    }));
  });

  app.post('/sessions/:id/terminate', (request: FastifyRequest<{ Params: { id: string } }>, reply) => {
    const session = tenant.session(request.params.id);
    if (session === undefined) throw new Refusal(404, `Session ${request.params.id} was not found.`);
    if (statusOf(session) === 'ended') throw new Refusal(409, `Session ${session.id} has ended.`, 'session_ended');
    tenant.terminate(session);
    return reply.code(202).send({ id: session.id, status: 'terminating' });
  });
}

/** A session that was told to end is active until it is gone. */
function statusOf({ endsAt }: Session): 'active' | 'ended' {
  return (endsAt ?? Infinity) > Date.now() ? 'active' : 'ended';
}
