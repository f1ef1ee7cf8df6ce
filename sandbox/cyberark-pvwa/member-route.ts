import type { FastifyInstance, FastifyRequest } from 'fastify';
import { cutPage, wholeNumber } from '../core';
import type { Dialect } from './dialect';
import { refuse } from './refuse';
import { isLive, showSession, type Session } from './session';
import type { User } from './user';
import { bodyOf } from './user-route';
import type { Group, Vault } from './vault';

type Query = Readonly<Record<string, string | undefined>>;
const LINKED_GROUPS = 3;
const SESSIONS_PER_PAGE = 25;

export function groupRoutes(app: FastifyInstance, vault: Vault, dialect: Dialect): void {
  app.get('/UserGroups', (request, reply) => {
    const query = request.query as Query;
    const rows = [...vault.groups.values()];
    const offset = wholeNumber(query['offset'], 0);
    const limit = dialect.groupLinks ? LINKED_GROUPS : Math.max(1, wholeNumber(query['limit'], rows.length));
    const page = cutPage({ request, rows, offset, limit });
    const withMembers = query['includeMembers']?.toLowerCase() === 'true';
    const value = page.map((group) => {
      const { id, groupName, groupType } = group;
      const members = group.members.map((member) => ({ id: member, username: vault.users.get(member)?.username }));
      return { id, groupName, groupType, location: '\\', ...(withMembers && { members }) };
    });
    const next = offset + limit;
    const isLinked = dialect.groupLinks && next < rows.length;
    return reply.send({
      value,
      count: rows.length,
      ...(isLinked && { nextLink: `api/UserGroups?offset=${String(next)}` }),
    });
  });
  app.post<{ Params: { id: string } }>('/UserGroups/:id/Members', (request, reply) => {
    const group = changeable(vault.group(request.params.id));
    const { memberId, memberType } = bodyOf(request);
    if (String(memberType).toLowerCase() !== dialect.memberType.toLowerCase())
      throw refuse.badRequest(`memberType must be ${dialect.memberType}.`);
    const isRightKind = typeof memberId === (dialect.memberRef === 'id' ? 'number' : 'string');
    if (!isRightKind) throw refuse.badRequest(`memberId must be the user's ${dialect.memberRef}.`);
    const user = memberOf(vault, String(memberId), dialect);
    if (group.members.includes(user.id)) throw refuse.alreadyMember(user.username);
    group.members.push(user.id);
    return reply.code(201).send({ memberId, memberType });
  });
  for (const slash of ['', '/'])
    app.delete<{ Params: { id: string; member: string } }>(
      `/UserGroups/:id/Members/:member${slash}`,
      (request, reply) => {
        const { id, member } = request.params;
        if (dialect.dotNeedsSlash && slash === '' && member.includes('.')) throw refuse.noSuchPage();
        const group = changeable(vault.group(id));
        const user = memberOf(vault, member, dialect);
        if (!group.members.includes(user.id)) throw refuse.notFound(`Member ${member}`);
        group.members = group.members.filter((one) => one !== user.id);
        return reply.code(204).send();
      },
    );
}

export function safeRoutes(app: FastifyInstance, vault: Vault): void {
  for (const slash of ['', '/'])
    app.delete<{ Params: { safe: string; member: string } }>(
      `/Safes/:safe/Members/:member${slash}`,
      (request, reply) => {
        const safe = vault.safes.get(request.params.safe);
        const user = vault.byName(request.params.member);
        if (safe === undefined || user === undefined || !safe.members.includes(user.id))
          throw refuse.notFound(`Safe member ${request.params.member}`);
        safe.members = safe.members.filter((id) => id !== user.id);
        return reply.code(204).send();
      },
    );
}

export function sessionRoutes(app: FastifyInstance, vault: Vault, { totals, sessionPages }: Dialect): void {
  const named = (request: FastifyRequest<{ Params: { id: string } }>): Session => {
    const session = vault.sessions.byId(request.params.id);
    if (session === undefined) throw refuse.notFound(`Session ${request.params.id}`);
    return session;
  };
  app.get('/LiveSessions', (request, reply) => {
    const { limit, offset, search } = request.query as Query;
    const wanted = search?.toLowerCase() ?? '';
    const rows = vault.sessions.listed().filter((session) => contains(session, wanted));
    const most = Math.min(Math.max(1, wholeNumber(limit, SESSIONS_PER_PAGE)), SESSIONS_PER_PAGE);
    const page = sessionPages ? cutPage({ request, rows, offset: wholeNumber(offset, 0), limit: most }) : rows;
    return reply.send({ LiveSessions: page.map(showSession), ...(totals && { Total: rows.length }) });
  });
  app.get<{ Params: { id: string } }>('/LiveSessions/:id', (request, reply) => reply.send(showSession(named(request))));
  app.post<{ Params: { id: string } }>('/LiveSessions/:id/Terminate', (request, reply) => {
    const session = named(request);
    if (!isLive(session)) throw refuse.notFound(`Session ${session.SessionID}`);
    if (!session.CanTerminate) throw refuse.notAllowed('You are not allowed to terminate this session.');
    vault.sessions.terminate(session);
    return reply.send();
  });
}

function changeable(group: Group): Group {
  if (group.groupType === 'Directory')
    throw refuse.notAllowed('The group is mapped from a directory: its members are changed there.');
  return group;
}

/** By number in seed 002, by name in the vendor's documentation; a number that is nobody's name finds nobody there. */
function memberOf(vault: Vault, ref: string, { memberRef }: Dialect): User {
  if (memberRef === 'id') return vault.user(ref);
  const user = vault.byName(ref);
  if (user === undefined) throw refuse.notFound(`User ${ref}`);
  return user;
}

/** The search of live sessions looks at many fields, which is why a hit is not yet the user's session. */
function contains(session: Session, wanted: string): boolean {
  const { User, AccountUsername, RemoteMachine, SafeName } = session;
  return [User, AccountUsername, RemoteMachine, SafeName].some((value) => value.toLowerCase().includes(wanted));
}
