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
  /** Fields of a user that this deployment does not have: it never shows them, as in the seed's own example of a user. */
  readonly lacksFields: readonly string[];
  /** Fields that hold nothing are left out of the JSON instead of shown as null. */
  readonly omitsUnset: boolean;
  /** Empty lists are shown as null. */
  readonly nullLists: boolean;
  /** The filter by user name minds the case. */
  readonly exactCase: boolean;
  /** So many groups are given at most, from `offset` on; left out, `/groups` ignores paging, as the seed shows it. */
  readonly maxGroups?: number;
  /** A defect: `/groups` reads the limit and not the offset. */
  readonly groupsIgnoreOffset: boolean;
  /** The status of adding somebody who is a member already. */
  readonly memberConflict: number;
  /** Calls that are refused, such as `GET /groups` → 403: a right that the API account lacks, a call that is not there. */
  readonly refuses: Readonly<Record<string, number>>;
  /** A defect: a PUT that changes `enabled` also loses the memberships. */
  readonly losesMemberships: boolean;
}

/** The plain reading of the seed. */
export const plainDialect: Dialect = {
  ...{ abridgedRows: false, memberRemoveRoute: false, maxRows: 500, directoryKeeps: [] },
  ...{ lacksFields: [], omitsUnset: false, nullLists: false, exactCase: false },
  ...{ memberConflict: 409, refuses: {}, groupsIgnoreOffset: false, losesMemberships: false },
};

type WithId = FastifyRequest<{ Params: { id: string } }>;
type Query = Readonly<Record<string, string | undefined>>;

/** There is no route that takes a member out of a group, none for sessions, and PATCH is not offered (seed 000). */
export function addRoutes(app: FastifyInstance, appliance: Appliance, dialect: Dialect): void {
  const allow = (call: string): void => {
    const status = dialect.refuses[call];
    if (status !== undefined) throw new Refusal(status, 'refused', 'refused');
  };
  app.get('/users', (request, reply) => {
    allow('GET /users');
    return reply.send(listUsers(request, appliance, dialect));
  });
  app.get('/users/:id', (request: WithId, reply) => reply.send(shown(userOf(appliance, request), dialect)));
  app.post('/users', (request, reply) => reply.code(201).send(brief(appliance.create(fieldsOf(request)))));
  app.put('/users/:id', (request: WithId, reply) => {
    const before = userOf(appliance, request);
    const after = appliance.replace(before, written(appliance, before, fieldsOf(request), dialect));
    return reply.send(brief(after));
  });
  app.delete('/users/:id', (request: WithId, reply) => {
    appliance.remove(userOf(appliance, request));
    return reply.code(204).send();
  });
  app.get('/groups', (request, reply) => {
    allow('GET /groups');
    return reply.send(listGroups(request, appliance, dialect));
  });
  app.post('/groups/:id/members', (request: WithId, reply) => {
    allow('POST /groups/{}/members');
    const group_id = groupOf(appliance, request.params.id);
    const { user_id } = fieldsOf(request);
    appliance.addMember(group_id, user_id, dialect.memberConflict);
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

function listUsers(request: FastifyRequest, appliance: Appliance, dialect: Dialect): unknown {
  const { abridgedRows, maxRows, exactCase } = dialect;
  const query = request.query as Query;
  const { username } = query;
  const isFiltered = username !== undefined && !claim(request, 'filter-ignored');
  const match = isFiltered ? appliance.byUsername(username) : undefined;
  const matches = match === undefined || (exactCase && match.username !== username) ? [] : [match];
  const rows = isFiltered ? matches : appliance.rows;
  const offset = Math.max(0, wholeNumber(query['offset'], 0));
  const limit = Math.min(maxRows, Math.max(1, wholeNumber(query['limit'], 100)));
  const page = cutPage({ request, rows, offset, limit });
  const users = page.map((user) => (abridgedRows ? brief(user) : shown(user, dialect)));
  return { users: dialect.nullLists && users.length === 0 ? null : users, total: rows.length };
}

function listGroups(request: FastifyRequest, appliance: Appliance, dialect: Dialect): unknown {
  const { maxGroups, groupsIgnoreOffset } = dialect;
  const groups = [...appliance.groups.values()];
  if (maxGroups === undefined && !groupsIgnoreOffset) return { groups };
  const query = request.query as Query;
  const offset = groupsIgnoreOffset ? 0 : Math.max(0, wholeNumber(query['offset'], 0));
  const limit = Math.min(maxGroups ?? 1000, Math.max(1, wholeNumber(query['limit'], 100)));
  return { groups: groups.slice(offset, offset + limit) };
}

/** A user as this deployment answers it. */
function shown(user: User, { lacksFields, omitsUnset, nullLists }: Dialect): unknown {
  const fields = Object.entries(user)
    .filter(([field, value]) => !lacksFields.includes(field) && !(omitsUnset && value === null))
    .map(([field, value]) => [field, nullLists && Array.isArray(value) && value.length === 0 ? null : value] as const);
  return Object.fromEntries(fields);
}

/** The reply to a write shows no more than the seed's example. */
function brief({ id, username, display_name, enabled }: User): unknown {
  return { id, username, display_name, enabled };
}

/** What a PUT comes to: fields that a deployment does not have stay as they are, hidden as they are. */
function written(appliance: Appliance, before: User, fields: Fields, dialect: Dialect): Fields {
  const hidden = Object.fromEntries(dialect.lacksFields.map((field) => [field, before[field as keyof User]]));
  const lost = dialect.losesMemberships && fields['enabled'] !== before.enabled ? { group_memberships: [] } : {};
  return putBack(appliance, before, { ...fields, ...hidden, ...lost }, dialect);
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
