import type { FastifyInstance, FastifyRequest } from 'fastify';
import { claim, cutPage, Refusal, wholeNumber } from '../core';
import type { Appliance, Fields, User } from './state';

/** Where deployments may differ from the plain reading of the seed. */
export interface Dialect {
  /** List rows show only what the seed's example shows: id, username, display_name, enabled. */
  readonly abridgedRows: boolean;
  /** A deployment that has `DELETE /groups/{g}/members/{u}` after all. */
  readonly memberRemoveRoute: boolean;
  /** More rows than this are never given, whatever `limit` asks for. */
  readonly maxRows: number;
  /** Names of groups whose members a directory puts back at once when the account is not local. */
  readonly directoryKeeps: readonly string[];
}

type WithId = FastifyRequest<{ Params: { id: string } }>;
type Query = Readonly<Record<string, string | undefined>>;

/** There is no route that takes a member out of a group, none for sessions, and PATCH is not offered (seed 000). */
export function addRoutes(app: FastifyInstance, appliance: Appliance, dialect: Dialect): void {
  app.get('/users', (request, reply) => reply.send(listUsers(request, appliance, dialect)));
  app.get('/users/:id', (request: WithId, reply) => reply.send(userOf(appliance, request)));
  app.post('/users', (request, reply) => reply.code(201).send(brief(appliance.create(fieldsOf(request)))));
  app.put('/users/:id', (request: WithId, reply) => {
    const before = userOf(appliance, request);
    const after = appliance.replace(before, putBack(appliance, before, fieldsOf(request), dialect));
    return reply.send(brief(after));
  });
  app.delete('/users/:id', (request: WithId, reply) => {
    appliance.remove(userOf(appliance, request));
    return reply.code(204).send();
  });
  app.get('/groups', (_request, reply) => reply.send({ groups: [...appliance.groups.values()] }));
  app.post('/groups/:id/members', (request: WithId, reply) => {
    const group_id = groupOf(appliance, request.params.id);
    const { user_id } = fieldsOf(request);
    appliance.addMember(group_id, user_id);
    return reply.send({ group_id, user_id });
  });
  if (dialect.memberRemoveRoute)
    app.delete(
      '/groups/:id/members/:user',
      (request: FastifyRequest<{ Params: { id: string; user: string } }>, reply) => {
        appliance.removeMember(groupOf(appliance, request.params.id), Number(request.params.user));
        return reply.code(204).send();
      },
    );
}

function listUsers(request: FastifyRequest, appliance: Appliance, { abridgedRows, maxRows }: Dialect): unknown {
  const query = request.query as Query;
  const { username } = query;
  const isFiltered = username !== undefined && !claim(request, 'filter-ignored');
  const match = isFiltered ? appliance.byUsername(username) : undefined;
  const rows = isFiltered ? [match].filter((user) => user !== undefined) : appliance.rows;
  const offset = Math.max(0, wholeNumber(query['offset'], 0));
  const limit = Math.min(maxRows, Math.max(1, wholeNumber(query['limit'], 100)));
  const page = cutPage({ request, rows, offset, limit });
  return { users: abridgedRows ? page.map(brief) : page, total: rows.length };
}

/** The reply to a write shows no more than the seed's example. */
function brief({ id, username, display_name, enabled }: User): unknown {
  return { id, username, display_name, enabled };
}

/** A directory that owns group memberships restores them as soon as somebody else takes them away. */
function putBack(appliance: Appliance, before: User, fields: Fields, { directoryKeeps }: Dialect): Fields {
  const memberships = fields['group_memberships'];
  if (before.account_type === 'local' || !Array.isArray(memberships)) return fields;
  const kept = before.group_memberships.filter((id) => directoryKeeps.includes(appliance.groups.get(id)?.name ?? ''));
  return { ...fields, group_memberships: [...new Set([...(memberships as unknown[]), ...kept])] };
}

function userOf(appliance: Appliance, request: WithId): User {
  const { id } = request.params;
  const user = /^\d+$/.test(id) ? appliance.users.get(Number(id)) : undefined;
  if (user === undefined) throw new Refusal(404, 'user not found', 'not_found');
  return user;
}

function groupOf(appliance: Appliance, id: string): number {
  if (!/^\d+$/.test(id) || !appliance.groups.has(Number(id))) throw new Refusal(404, 'group not found', 'not_found');
  return Number(id);
}

function fieldsOf(request: FastifyRequest): Fields {
  const { body } = request;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'the body must be an object', 'bad_request');
  return body as Fields;
}
