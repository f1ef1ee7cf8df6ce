import type { FastifyInstance, FastifyRequest } from 'fastify';
import { claim, cutPage, wholeNumber } from '../core';
import type { Dialect } from './dialect';
import { refuse } from './refuse';
import { showRow, showUser, type Fields, type User } from './user';
import type { Vault } from './vault';

type Query = Readonly<Record<string, string | undefined>>;
type ById = { Params: { id: string } };

export function userRoutes(app: FastifyInstance, vault: Vault, dialect: Dialect): void {
  const { userShape: shape } = dialect;
  const whole = (user: User): Fields => showUser(user, vault.membershipsOf(user), shape);
  const isAbsent = ([field]: [string, unknown]): boolean => dialect.absentFields.includes(field);
  const show = (user: User): Fields => without(whole(user), isAbsent);
  const named = (request: FastifyRequest<ById>): User => vault.user(request.params.id);

  app.get('/Users', (request, reply) => {
    const query = foldCase(request.query as Query);
    const found = findUsers(request, query, [...vault.users.values()], dialect);
    const isWhole = dialect.extendedDetails && query['extendeddetails']?.toLowerCase() === 'true';
    const page = usersPage(request, query, found, dialect);
    return reply.send({
      Users: page.map((user) => (isWhole ? show(user) : showRow(user, shape))),
      ...(dialect.totals && { Total: found.length }),
    });
  });
  app.get<ById>('/Users/:id', (request, reply) => reply.send(show(named(request))));
  app.post('/Users', (request, reply) => reply.code(201).send(show(vault.create(bodyOf(request), shape))));
  app.put<ById>('/Users/:id', (request, reply) => {
    const body = bodyOf(request);
    const refused = dialect.refusedOnUpdate.find((field) => field in body);
    if (refused !== undefined) throw refuse.badRequest(`${refused} cannot be updated.`);
    const user = named(request);
    const kept = without(whole(user), (entry) => !isAbsent(entry));
    const wanted = { ...without(body, isAbsent), ...kept };
    return reply.send(show(vault.replace(user, wanted, { shape, needsName: dialect.putNeedsName })));
  });
  app.delete<ById>('/Users/:id', (request, reply) => {
    vault.remove(named(request));
    return reply.code(dialect.deleteStatus).send();
  });
  if (dialect.safes)
    app.get<ById>('/Users/:id/safes', (request, reply) => {
      const value = vault
        .safesOf(named(request))
        .map(({ safeName }) => ({ safeName, safeUrlId: encodeURIComponent(safeName) }));
      return reply.send({ value, count: value.length });
    });
  lockRoutes(app, vault, dialect);
}

function without(fields: Fields, isLeftOut: (entry: [string, unknown]) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter((entry) => !isLeftOut(entry)));
}

/** What locks and unlocks a user. A lifted suspension never enables. */
function lockRoutes(app: FastifyInstance, vault: Vault, dialect: Dialect): void {
  const named = (request: FastifyRequest<ById>): User => vault.user(request.params.id);
  if (dialect.disableEndpoint) switchRoutes(app, vault);
  app.post<ById>('/Users/:id/Activate', (request, reply) => {
    vault.setSuspended(named(request), false);
    return reply.send();
  });
  app.post<ById>('/Users/:id/ResetPassword', (request, reply) => {
    const { id, newPassword } = bodyOf(request);
    if (id !== Number(request.params.id)) throw refuse.badRequest('id must be the number of the user.');
    vault.setPassword(named(request), newPassword);
    return reply.send();
  });
  app.delete<ById>('/Users/:id/Secret/SSHKeys/Cache', (request, reply) => {
    vault.clearSshKeys(named(request));
    return reply.code(204).send();
  });
}

function switchRoutes(app: FastifyInstance, vault: Vault): void {
  const words = { disable: false, enable: true };
  for (const [word, enabled] of Object.entries(words))
    for (const slash of ['', '/'])
      app.post<ById>(`/Users/:id/${word}${slash}`, (request, reply) => {
        vault.setEnabled(vault.user(request.params.id), enabled);
        return reply.send();
      });
}

/** A search is "contains" over three names, and the longer user name comes first: taking the first row is the trap. */
function findUsers(request: FastifyRequest, query: Query, all: readonly User[], dialect: Dialect): readonly User[] {
  const { search, filter, usertype } = query;
  const ofType =
    usertype === undefined ? all : all.filter((user) => user.userType.toLowerCase() === usertype.toLowerCase());
  if ((search === undefined && filter === undefined) || claim(request, 'filter-ignored')) return ofType;
  if (dialect.refusesPlus && /[+&%]/.test(search ?? filter ?? '')) throw refuse.noSuchPage();
  if (search !== undefined) {
    const wanted = search.toLowerCase();
    const isHit = (name: string) => (dialect.search === 'begins' ? name.startsWith(wanted) : name.includes(wanted));
    const names = (user: User) => [user.username, user.firstName, user.lastName];
    const found = ofType.filter((user) => names(user).some((name) => isHit(name.toLowerCase())));
    return found.sort((a, b) => b.username.length - a.username.length);
  }
  const named = dialect.filter ? /^userName eq (.+)$/i.exec(filter ?? '')?.[1]?.toLowerCase() : undefined;
  return named === undefined ? ofType : ofType.filter((user) => user.username.toLowerCase() === named);
}

function usersPage(request: FastifyRequest, query: Query, rows: readonly User[], dialect: Dialect): readonly User[] {
  const [size, from] = { 'limit-offset': ['limit', 'offset'], pageOffset: ['pagesize', 'pageoffset'], none: ['', ''] }[
    dialect.paging
  ];
  if (dialect.paging === 'none') return cutPage({ request, rows, offset: 0, limit: Math.max(1, rows.length) });
  const asked = wholeNumber(query[size ?? ''], dialect.maxRows);
  const limit = asked <= 0 ? dialect.maxRows : Math.min(asked, dialect.maxRows);
  return cutPage({ request, rows, offset: wholeNumber(query[from ?? ''], 0), limit });
}

/** PVWA takes its parameters in any case. */
function foldCase(query: Query): Query {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name.toLowerCase(), value]));
}

export function bodyOf(request: FastifyRequest): Fields {
  const { body } = request;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refuse.badRequest('A JSON object is expected.');
  return body as Fields;
}
