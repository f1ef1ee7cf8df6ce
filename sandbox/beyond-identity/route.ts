import type { FastifyInstance, FastifyRequest } from 'fastify';
import { claim, Refusal } from '../core';
import { listPage } from './page';
import type { BindingJob, Credential, Group, Identity, Realm, Role, Token } from './realm';

type Params = Readonly<Record<string, string>>;
type Request = FastifyRequest<{ Params: Params }>;
type Query = Readonly<Record<string, string | undefined>>;

/** Where deployments may differ from the vendor's OpenAPI. */
export interface Dialect {
  readonly exactCase: boolean;
  readonly nulls: boolean;
}

/** Custom verbs come after a colon in the last segment (`/groups/g:addMembers`); the router leaves them to us. */
export function addRoutes(app: FastifyInstance, realm: Realm, dialect: Dialect): void {
  if (dialect.nulls)
    app.addHook('preSerialization', (_request, _reply, payload, done) => {
      done(null, nulled(payload));
    });
  app.get('/', (_request, reply) =>
    reply.send({ id: realm.realmId, tenant_id: realm.tenantId, display_name: 'Play realm' }),
  );
  identityRoutes(app, realm, dialect);
  groupRoutes(app, realm);
  roleRoutes(app, realm);
  credentialRoutes(app, realm);
  tokenRoutes(app, realm);
}

function identityRoutes(app: FastifyInstance, realm: Realm, { exactCase }: Dialect): void {
  app.get('/identities', (request, reply) => {
    const { filter } = request.query as Query;
    const isFiltered = filter !== undefined && !claim(request, 'filter-ignored');
    const rows = isFiltered ? named(realm, filter, exactCase) : realm.rows;
    return reply.send(listPage({ request, rows, key: 'identities', show: (one) => identityView(realm, one) }));
  });
  app.post('/identities', (request, reply) => reply.send(identityView(realm, realm.createIdentity(request.body))));
  app.get('/identities/:id', (request: Request, reply) => {
    const { id, verb } = verbOf(request.params['id']);
    const identity = realm.identity(id);
    if (verb === undefined) return reply.send(identityView(realm, identity));
    if (verb === 'listGroups') return reply.send(listGroups(realm, request, identity));
    if (verb === 'listRoles') return reply.send(listRoles(realm, request, identity));
    throw new Refusal(404, 'not found', 'not_found');
  });
  app.patch('/identities/:id', (request: Request, reply) => {
    const before = realm.identity(request.params['id'] ?? '');
    return reply.send(identityView(realm, realm.patchIdentity(before, request.body)));
  });
  app.delete('/identities/:id', (request: Request, reply) => {
    realm.deleteIdentity(realm.identity(request.params['id'] ?? ''));
    return reply.code(200).send();
  });
}

function listGroups(realm: Realm, request: FastifyRequest, { id }: Identity): unknown {
  const rows = [...realm.groups.values()].filter(({ members }) => members.includes(id));
  return listPage({ request, rows, key: 'groups', show: withoutMembers });
}

function listRoles(realm: Realm, request: FastifyRequest, { id }: Identity): unknown {
  const { resource_server_id: server } = request.query as Query;
  if (server === undefined) throw new Refusal(400, 'resource_server_id is required', 'bad_request');
  if (!realm.resourceServers.has(server)) throw new Refusal(409, 'resource server not found', 'conflict');
  const rows = realm.rolesOf(id).filter(({ resource_server_id: one }) => one === server);
  return listPage({ request, rows, key: 'roles', show: withoutMembers });
}

function groupRoutes(app: FastifyInstance, realm: Realm): void {
  app.get('/groups', (request, reply) =>
    reply.send(listPage({ request, rows: [...realm.groups.values()], key: 'groups', show: withoutMembers })),
  );
  app.get('/groups/:id', (request: Request, reply) => {
    const { id, verb } = verbOf(request.params['id']);
    const group = realm.groups.get(id);
    if (group === undefined || verb !== 'listMembers') throw new Refusal(404, 'group not found', 'not_found');
    const rows = identitiesOf(realm, group);
    return reply.send(listPage({ request, rows, key: 'identities', show: (one) => identityView(realm, one) }));
  });
  app.post('/groups/:id', (request: Request, reply) => {
    const { id, verb } = verbOf(request.params['id']);
    const group = realm.groups.get(id);
    if (group === undefined) throw new Refusal(404, 'group not found', 'not_found');
    return reply.send(changeMembers(realm, { holder: group, verb, body: request.body }));
  });
}

function roleRoutes(app: FastifyInstance, realm: Realm): void {
  app.get('/resource-servers', (request, reply) => {
    const rows = [...realm.resourceServers.values()];
    return reply.send(listPage({ request, rows, key: 'resource_servers', show: (one) => one, most: 100 }));
  });
  app.get('/resource-servers/:server/roles', (request: Request, reply) => {
    const rows = [...realm.roles.values()].filter((role) => role.resource_server_id === request.params['server']);
    return reply.send(listPage({ request, rows, key: 'roles', show: withoutMembers }));
  });
  const roleIn = (request: Request): Role => {
    const role = realm.roles.get(verbOf(request.params['id']).id);
    if (role === undefined || role.resource_server_id !== request.params['server'])
      throw new Refusal(404, 'role not found', 'not_found');
    return role;
  };
  app.get('/resource-servers/:server/roles/:id', (request: Request, reply) => {
    if (verbOf(request.params['id']).verb !== 'listMembers') throw new Refusal(404, 'not found', 'not_found');
    return reply.send(listRoleMembers(realm, request, roleIn(request)));
  });
  app.post('/resource-servers/:server/roles/:id', (request: Request, reply) => {
    const { verb } = verbOf(request.params['id']);
    const role = roleIn(request);
    return reply.send(changeMembers(realm, { holder: role, verb, body: request.body }));
  });
}

function identitiesOf(realm: Realm, { members }: Group | Role): readonly Identity[] {
  return realm.rows.filter(({ id }) => members.includes(id));
}

/** Two lists in one answer. There are never more groups than one page holds here, so the token counts identities. */
function listRoleMembers(realm: Realm, request: FastifyRequest, role: Role): unknown {
  const groups = [...realm.groups.values()].filter(({ id }) => role.groups.includes(id));
  const { total_size, ...page } = listPage({
    ...{ request, rows: identitiesOf(realm, role), key: 'identities', sizeName: 'identities_page_size' },
    show: (one) => identityView(realm, one),
  });
  return {
    ...{ groups: groups.map(withoutMembers), total_groups_size: groups.length },
    ...{ ...page, total_identities_size: total_size },
  };
}

function credentialRoutes(app: FastifyInstance, realm: Realm): void {
  const owner = (request: Request): string => realm.identity(request.params['id'] ?? '').id;
  app.get('/identities/:id/credentials', (request: Request, reply) => {
    const id = request.params['id'] ?? '';
    if (id !== '-') realm.finishLateEnrolments(owner(request));
    const rows = id === '-' ? [...realm.credentials.values()] : realm.credentialsOf(id);
    return reply.send(listPage({ request, rows, key: 'credentials', show: (one) => inRealm(realm, one) }));
  });
  app.get('/identities/:id/credential-binding-jobs', (request: Request, reply) => {
    const rows = request.params['id'] === '-' ? [...realm.jobs.values()] : realm.jobsOf(owner(request));
    return reply.send(listPage({ request, rows, key: 'credential_binding_jobs', show: (one) => inRealm(realm, one) }));
  });
  app.post('/identities/:id/credentials/:own', (request: Request, reply) => {
    const credential = revocable(request, realm.credentials, 'credential');
    // Whether a second revocation is refused is not documented for passkeys; the harder case is played.
    if (credential.state === 'REVOKED') throw new Refusal(409, 'credential is revoked already', 'conflict');
    Object.assign(credential, { state: 'REVOKED', update_time: new Date().toISOString() });
    return reply.send(inRealm(realm, credential));
  });
  app.post('/identities/:id/credential-binding-jobs/:own', (request: Request, reply) => {
    const job = revocable(request, realm.jobs, 'credential binding job');
    if (job.state === 'COMPLETE' || job.state === 'REVOKED')
      throw new Refusal(409, 'credential binding job is not active', 'conflict');
    Object.assign(job, { state: 'REVOKED', update_time: new Date().toISOString() });
    return reply.send(inRealm(realm, job));
  });
}

function tokenRoutes(app: FastifyInstance, realm: Realm): void {
  app.get('/applications/:app/tokens', (request: Request, reply) => {
    const { principal_type: type, principal_id: principal } = request.query as Query;
    const ofApplication = [...realm.tokens.values()].filter((one) => one.application_id === request.params['app']);
    const isFiltered = type === 'identity' && principal !== undefined && !claim(request, 'filter-ignored');
    const rows = ofApplication.filter((token) => !isFiltered || token.principal_id === principal);
    return reply.send(listPage({ request, rows, key: 'tokens', show: tokenView, most: 100 }));
  });
  app.delete('/applications/:app/tokens/:id', (request: Request, reply) => {
    if (!realm.tokens.delete(request.params['id'] ?? '')) throw new Refusal(404, 'token not found', 'not_found');
    return reply.code(200).send();
  });
}

/** `:addMembers` and `:deleteMembers` say 200 also where nothing changes: a conflict is not documented for them. */
function changeMembers(
  realm: Realm,
  { holder, verb, body }: { readonly holder: Group | Role; readonly verb: string | undefined; readonly body: unknown },
): unknown {
  const { identity_ids: ids, group_ids: teams } = (body ?? {}) as {
    readonly identity_ids?: unknown;
    readonly group_ids?: unknown;
  };
  if ('groups' in holder && Array.isArray(teams) && verb === 'addMembers') {
    holder.groups = [...new Set([...holder.groups, ...teams.map(String)])];
    return withoutMembers(holder);
  }
  if (!Array.isArray(ids) || ids.length < 1 || ids.length > 1000)
    throw new Refusal(400, 'identity_ids must hold 1 to 1000 ids', 'bad_request');
  const known = (ids as unknown[]).map((id) => realm.identity(String(id)).id);
  if (verb === 'addMembers') holder.members = [...new Set([...holder.members, ...known])];
  else if (verb === 'deleteMembers') holder.members = holder.members.filter((id) => !known.includes(id));
  else throw new Refusal(404, 'not found', 'not_found');
  return withoutMembers(holder);
}

/** The only filter on identities that works (vendor-apis 3.1); quotes are escaped as in JSON. */
function named(realm: Realm, filter: string, exactCase: boolean): readonly Identity[] {
  const [, quoted] = /^traits\.username eq ("(?:[^"\\]|\\.)*")$/i.exec(filter) ?? [];
  if (quoted === undefined) throw new Refusal(400, 'invalid filter', 'bad_request');
  const wanted = JSON.parse(quoted) as string;
  const identity = realm.byUsername(wanted);
  return identity === undefined || (exactCase && identity.traits.username !== wanted) ? [] : [identity];
}

/** Empty lists, and what is optional in a passkey or link, as another JSON library writes them. */
function nulled(payload: unknown): unknown {
  if (Array.isArray(payload)) return payload.map(nulled);
  if (typeof payload !== 'object' || payload === null) return payload;
  const optional = new Set(['create_time', 'identity_id', 'type']);
  const entries = Object.entries(payload).map(([field, value]): [string, unknown] =>
    optional.has(field) || (Array.isArray(value) && value.length === 0) ? [field, null] : [field, nulled(value)],
  );
  return Object.fromEntries(entries);
}

function verbOf(segment = ''): { readonly id: string; readonly verb?: string } {
  const [id = '', verb] = segment.split(':');
  return verb === undefined ? { id } : { id, verb };
}

function revocable<T extends { identity_id: string }>(request: Request, all: ReadonlyMap<string, T>, what: string): T {
  const { id, verb } = verbOf(request.params['own']);
  const found = all.get(id);
  if (verb !== 'revoke' || found === undefined || found.identity_id !== request.params['id'])
    throw new Refusal(404, `${what} not found`, 'not_found');
  return found;
}

function identityView(realm: Realm, identity: Identity): Identity {
  const isEnrolled = realm.credentialsOf(identity.id).some(({ state }) => state === 'ACTIVE');
  const isPending = realm
    .jobsOf(identity.id)
    .some(({ state }) => state === 'LINK_SENT' || state === 'REQUEST_DELIVERED');
  return { ...identity, enrollment_status: isEnrolled ? 'ENROLLED' : isPending ? 'PENDING' : 'UNENROLLED' };
}

/** Group and role bodies carry no members. */
function withoutMembers(holder: Group | Role): unknown {
  const { members: _members, groups: _groups, ...shown } = holder as Group & Partial<Role>;
  return shown;
}

function inRealm(realm: Realm, one: Credential | BindingJob): unknown {
  const { completesAfter: _hidden, ...shown } = one as BindingJob;
  return { ...shown, realm_id: realm.realmId, tenant_id: realm.tenantId };
}

/** A token in a list does not say whose it is (OpenAPI 1.7.0). */
function tokenView({ id, display_name, issued_at, expires }: Token): unknown {
  return {
    id,
    display_name,
    scopes: ['openid'],
    token_format: 'referential',
    token_type: 'access',
    issued_at,
    expires,
  };
}
