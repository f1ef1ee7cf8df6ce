import type { FastifyInstance, FastifyRequest } from 'fastify';
import { claim, Refusal } from '../core';
import type { DelineaTenant, Session } from '../delinea-tenant';
import { sendPage, type Dialect } from './route';

/** Live vault sessions. The seed names a "sessions API" without a path; these are the paths of Tenure's design. */
export function addSessionRoutes(app: FastifyInstance, tenant: DelineaTenant, dialect: Dialect): void {
  const users = new Numbers();
  const sessions = new Numbers();

  app.get('/sessions', (request, reply) => {
    const { userId, status } = request.query as { userId?: string; status?: string };
    const all = claim(request, 'filter-ignored');
    const rows = tenant.sessions.filter(
      (one) =>
        all || ((userId === undefined || one.userId === userId) && (status === undefined || statusOf(one) === status)),
    );
    const show = (session: Session): unknown => ({
      id: dialect.sessionNumbers ? sessions.of(session.id) : session.id,
      userId: dialect.sessionUserIds === 'vault' ? String(users.of(session.userId)) : session.userId,
      status: statusOf(session),
      startedAt: dialect.sessionNumbers ? session.startsAt / 1000 : new Date(session.startsAt).toISOString(),
    });
    return sendPage(request, reply, { rows, show, dialect });
  });

  app.post('/sessions/:id/terminate', (request: FastifyRequest<{ Params: { id: string } }>, reply) => {
    const { id } = request.params;
    const session = tenant.session(dialect.sessionNumbers ? (sessions.idOf(Number(id)) ?? id) : id);
    if (session === undefined) throw new Refusal(404, `Session ${request.params.id} was not found.`);
    if (statusOf(session) === 'ended') throw new Refusal(409, `Session ${session.id} has ended.`, 'session_ended');
    tenant.terminate(session);
    return reply.code(202).send({ id: session.id, status: 'terminating' });
  });
}

/** Small numbers for ids, as they are first asked for. */
class Numbers {
  readonly #ids: string[] = [];

  of(id: string): number {
    const known = this.#ids.indexOf(id);
    return known >= 0 ? known + 1 : this.#ids.push(id);
  }

  idOf(number: number): string | undefined {
    return this.#ids[number - 1];
  }
}

/** A session that was told to end is active until it is gone. */
function statusOf({ endsAt }: Session): 'active' | 'ended' {
  return (endsAt ?? Infinity) > Date.now() ? 'active' : 'ended';
}
