import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  claim,
  cutPage,
  Refusal,
  startServer,
  TokenDesk,
  wholeNumber,
  type StandIn,
  type StandInOptions,
} from '../core';
import { MemberBook, type Member } from './member-book';

type WithId = FastifyRequest<{ Params: { id: string } }>;
type WithTeam = FastifyRequest<{ Params: { team: string; id: string } }>;

/** Stand-in of the template connector: an imaginary vault with members, teams and leases. */
export function startAcmeVault(options: StandInOptions = {}): Promise<StandIn> {
  const book = new MemberBook();
  const tokens = new TokenDesk({ clientId: 'play-acme', clientSecret: 'play-acme-secret' });
  return startServer({
    ...options,
    type: 'acmevault',
    apiRoot: '/api',
    state: book,
    tokens,
    tokenPath: '/oauth/token',
    auth: (origin) => ({
      ...{ tokenUrl: `${origin}/oauth/token`, clientId: 'play-acme', clientSecret: 'play-acme-secret' },
    }),
    routes: (app) => addRoutes(app, book),
  });
}

function addRoutes(app: FastifyInstance, book: MemberBook): void {
  const memberOf = ({ params }: FastifyRequest<{ Params: { id: string } }>): Member => {
    const member = book.members.get(params.id);
    if (member === undefined) throw new Refusal(404, 'There is no such member.');
    return member;
  };

  app.get('/members', (request, reply) => {
    const { login } = request.query as { login?: string };
    const all = login === undefined || claim(request, 'filter-ignored');
    const rows = [...book.members.values()].filter((one) => all || one.login.toLowerCase() === login.toLowerCase());
    const { page, next } = pageOf(request, rows);
    return reply.send({ members: page.map((one) => book.shown(one)), next });
  });
  app.get('/members/:id', (request: WithId, reply) => reply.send(book.shown(memberOf(request))));
  app.post('/members', (request, reply) => {
    const fields = request.body as Partial<Member>;
    if (book.named(fields.login ?? '') !== undefined) throw new Refusal(409, 'The login is taken.');
    return reply
      .code(201)
      .send(book.shown(book.put({ state: 'open', login: '', ...fields, id: randomUUID(), teams: [] })));
  });
  app.patch('/members/:id', (request: WithId, reply) => {
    const { id, teams } = memberOf(request);
    const { login } = request.body as Partial<Member>;
    const holder = login === undefined ? undefined : book.named(login);
    if (holder !== undefined && holder.id !== id) throw new Refusal(409, 'The login is taken.');
    return reply.send(book.shown(book.put({ ...memberOf(request), ...(request.body as Partial<Member>), id, teams })));
  });
  app.delete('/members/:id', (request: WithId, reply) => {
    book.remove(memberOf(request));
    return reply.code(204).send();
  });
  addTeamRoutes(app, book, memberOf);
  addLeaseRoutes(app, book);
}

function addTeamRoutes(app: FastifyInstance, book: MemberBook, memberOf: (request: WithTeam) => Member): void {
  app.get('/teams', (request, reply) => {
    const { page, next } = pageOf(request, book.teams);
    return reply.send({ teams: page.map((name) => ({ id: name, name })), next });
  });
  app.put('/teams/:team/members/:id', (request: WithTeam, reply) => {
    const { team } = request.params;
    if (!book.teams.includes(team)) throw new Refusal(404, 'There is no such team.');
    const member = memberOf(request);
    book.put({ ...member, teams: [...new Set([...member.teams, team])] });
    return reply.code(204).send();
  });
  app.delete('/teams/:team/members/:id', (request: WithTeam, reply) => {
    const { team } = request.params;
    const member = memberOf(request);
    if (!member.teams.includes(team)) throw new Refusal(404, 'The member is not in this team.');
    book.put({ ...member, teams: member.teams.filter((one) => one !== team) });
    return reply.code(204).send();
  });
}

function addLeaseRoutes(app: FastifyInstance, book: MemberBook): void {
  app.get('/leases', (request, reply) => {
    const { member } = request.query as { member?: string };
    const all = claim(request, 'filter-ignored');
    return reply.send({ leases: [...book.leases.values()].filter((one) => all || one.memberId === member) });
  });
  app.delete('/leases/:id', (request: WithId, reply) => {
    if (!book.leases.delete(request.params.id)) throw new Refusal(404, 'There is no such lease.');
    return reply.code(204).send();
  });
}

/** The cursor is the number of rows that came before; it follows from the last row given. */
function pageOf<T>(
  request: FastifyRequest,
  rows: readonly T[],
): { readonly page: readonly T[]; readonly next?: string } {
  const { after, limit } = request.query as { after?: string; limit?: string };
  const offset = wholeNumber(after, 0);
  const page = cutPage({ request, rows, offset, limit: Math.min(50, wholeNumber(limit, 50)) });
  const last = page.at(-1);
  const end = last === undefined ? offset : rows.indexOf(last) + 1;
  return { page, ...(end < rows.length && { next: String(end) }) };
}
