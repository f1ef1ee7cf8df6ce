import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { claim, cutPage, Refusal, wholeNumber } from '../core';
import type { DelineaTenant, User } from '../delinea-tenant';
import { addSessionRoutes } from './session-route';
import { fieldsOf, shown, type Shapes } from './user';

/** Where platform versions differ, as far as seed 003 and public sources tell. */
export interface Dialect {
  /** List rows show only what the seed's example shows: id, userName, active. */
  readonly abridgedRows: boolean;
  /** Fields of a user that the API client has no right to see. */
  readonly hiddenFields: readonly string[];
  /** Every n-th search overlooks its filter and everybody comes back; 0: none does. */
  readonly filterIgnoredEvery: number;
  /** Some versions take no filter at all and refuse it, with a status of their own. */
  readonly filters: 'accepted' | 'refused';
  readonly filterRefusal: 400 | 405 | 422 | 501;
  /** Rows that a page holds at most, however many are asked for. */
  readonly maxTake: number;
  /** How `total` comes; `unknown` is -1. */
  readonly totals: 'counted' | 'text' | 'unknown' | 'missing';
  /** How groups, roles and e-mail addresses come: the seed says "array of objects" and "array of strings", and no more. */
  readonly shapes: Shapes;
  /** A client without the right to assign roles gets 403, on newer tenants 404. */
  readonly roleWrites: 'allowed' | 'forbidden' | 'not-found';
  /** The roles that exist; left out, any name is one. */
  readonly roles?: readonly string[];
  readonly patchAnswer: 'alternating' | '200' | '204';
  readonly sessionsApi: boolean;
  /** Ids and dates of sessions as text, or as numbers (Secret Server's own, and seconds since 1970). */
  readonly sessionNumbers: boolean;
  /** `vault`: sessions name their user by Secret Server's own number instead of the platform's id. */
  readonly sessionUserIds: 'platform' | 'vault';
}

type WithId = FastifyRequest<{ Params: { id: string } }>;
type Body = Readonly<Record<string, unknown>>;

/** There is no route that changes a group: memberships are read-only on this surface. */
export function addRoutes(app: FastifyInstance, tenant: DelineaTenant, dialect: Dialect): void {
  let patches = 0;
  let searches = 0;
  const { directory } = tenant;
  const userOf = ({ params }: WithId): User => {
    const user = directory.user(params.id);
    if (user === undefined) throw new Refusal(404, `User ${params.id} was not found.`);
    return user;
  };
  const isOverlooked = (request: FastifyRequest): boolean => {
    if (dialect.filters === 'refused')
      throw new Refusal(dialect.filterRefusal, 'The parameter filter is not supported.');
    searches += 1;
    const every = dialect.filterIgnoredEvery;
    return claim(request, 'filter-ignored') || (every > 0 && searches % every === 0);
  };

  app.get('/users', (request, reply) => {
    const { filter } = request.query as { filter?: string };
    const all = filter === undefined || isOverlooked(request);
    const rows = all ? directory.users : directory.usersNamed(nameIn(filter));
    return sendPage(request, reply, {
      rows,
      dialect,
      show: (user) => shown(tenant, user, dialect, dialect.abridgedRows),
    });
  });
  app.get('/users/:id', (request: WithId, reply) => reply.send(shown(tenant, userOf(request), dialect)));
  app.post('/users', (request, reply) =>
    reply.code(201).send(shown(tenant, create(tenant, bodyOf(request), dialect), dialect)),
  );
  app.patch('/users/:id', (request: WithId, reply) => {
    const user = change(tenant, { user: userOf(request), body: bodyOf(request) }, dialect);
    patches += 1;
    const isEmpty = dialect.patchAnswer === '204' || (dialect.patchAnswer === 'alternating' && patches % 2 === 0);
    return isEmpty ? reply.code(204).send() : reply.send(shown(tenant, user, dialect));
  });
  app.delete('/users/:id', (request: WithId, reply) => {
    directory.removeUser(userOf(request));
    return reply.code(204).send();
  });
  if (dialect.sessionsApi) addSessionRoutes(app, tenant, dialect);
}

/** skip and take; a larger take than 100 gives 100 (seed 003, "Pagination"), on some tenants fewer. */
export function sendPage<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    rows,
    show,
    dialect,
  }: { readonly rows: readonly T[]; readonly show: (row: T) => unknown; readonly dialect: Dialect },
): FastifyReply {
  const query = request.query as Readonly<Record<string, string>>;
  const skip = Math.max(0, wholeNumber(query['skip'], 0));
  const take = Math.min(dialect.maxTake, Math.max(1, wholeNumber(query['take'], 25)));
  const data = cutPage({ request, rows, offset: skip, limit: take }).map(show);
  return reply.send({ data, ...totalOf(rows.length, dialect), skip, take });
}

function totalOf(count: number, { totals }: Dialect): { readonly total?: number | string } {
  if (totals === 'missing') return {};
  if (totals === 'unknown') return { total: -1 };
  return { total: totals === 'text' ? String(count) : count };
}

function create(tenant: DelineaTenant, body: Body, dialect: Dialect): User {
  const fields = fieldsOf(body);
  const { userName } = fields;
  if (userName === undefined || userName === '') throw new Refusal(400, 'userName is required.');
  if ((fields.emails ?? []).length === 0) throw new Refusal(400, 'emails is required.');
  checkRoles(fields.roles, dialect);
  // Without an external id the platform does not see that it knows this person already (seed 003).
  if (fields.externalId !== undefined && tenant.directory.usersNamed(userName).length > 0)
    throw new Refusal(409, `A user with userName ${userName} already exists.`, 'duplicate');
  return tenant.directory.createUser({ ...fields, userName });
}

function change(
  tenant: DelineaTenant,
  { user, body }: { readonly user: User; readonly body: Body },
  dialect: Dialect,
): User {
  const fields = fieldsOf(body);
  checkRoles(fields.roles, dialect);
  const others = tenant.directory.usersNamed(fields.userName ?? user.userName).filter((one) => one.id !== user.id);
  if (fields.userName !== undefined && others.length > 0)
    throw new Refusal(409, `A user with userName ${fields.userName} already exists.`, 'duplicate');
  return tenant.directory.changeUser(user, fields);
}

function checkRoles(roles: readonly string[] | undefined, dialect: Dialect): void {
  if (roles === undefined) return;
  if (dialect.roleWrites === 'forbidden') throw new Refusal(403, 'The client may not assign roles.', 'forbidden');
  if (dialect.roleWrites === 'not-found') throw new Refusal(404, 'The resource was not found.');
  const unknown = roles.filter((role) => dialect.roles !== undefined && !dialect.roles.includes(role));
  if (unknown.length > 0) throw new Refusal(400, `Role ${unknown.join(', ')} does not exist.`);
}

/** The one filter that the seed shows: `userName eq 'jdoe@example.com'`. */
function nameIn(filter: string): string {
  const match = /^\s*userName\s+eq\s+'([^']*)'\s*$/i.exec(filter);
  if (match?.[1] === undefined) throw new Refusal(400, `The filter ${filter} is not supported.`);
  return match[1];
}

function bodyOf({ body }: FastifyRequest): Body {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'A JSON object is expected.');
  return body as Body;
}
