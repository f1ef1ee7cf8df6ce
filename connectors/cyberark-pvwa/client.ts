import { z } from 'zod';
import type { Call } from '../connector';
import { VendorAnswerInvalid } from '../errors';
import type { Http, HttpAnswer, HttpRequest, Problem } from '../http/contract';
import {
  groupsSchema,
  safesSchema,
  sessionsSchema,
  userSchema,
  usersSchema,
  type Group,
  type Safe,
  type Session,
  type User,
} from './mapping';
import type { Options } from './option';
import { stepAfter, wholeAtOnce, type Position, type Rows, type Step } from './paging';
import { groupQuery, memberPath, searchQuery, userQuery } from './wire';

/** The vendor's calls in its own words: seed 002, and vendor-apis 4.2 to 4.4 for what the seed leaves out. */
export interface Client {
  /** One page of the vault's users, or of those that a search for `term` shows. */
  users(
    ask: { readonly position: Position; readonly term?: string; readonly operation: string },
    call: Call,
  ): Promise<Listed<User>>;
  /** Undefined: proven gone, provided that the id was one that we held. */
  user(id: string, operation: string, call: Call): Promise<User | undefined>;
  createUser(body: Body, call: Call): Promise<HttpAnswer<User>>;
  putUser(id: string, body: Body, operation: string, call: Call): Promise<void>;
  switchUser(id: string, to: 'enable' | 'disable', call: Call): Promise<void>;
  /** Lifts a suspension after bad log-ons; never enables a disabled user. */
  activateUser(id: string, call: Call): Promise<void>;
  resetPassword(id: string, newPassword: string, call: Call): Promise<void>;
  clearSshKeys(id: string, call: Call): Promise<void>;
  /** False: the vault knew the id no more. */
  deleteUser(id: string, call: Call): Promise<boolean>;
  groups(
    after: string | undefined,
    call: Call,
  ): Promise<{ readonly rows: readonly Group[]; readonly next?: string; readonly total?: number }>;
  addMember(group: string, member: Member, call: Call): Promise<Said>;
  removeMember(group: string, member: Member, call: Call): Promise<Said>;
  safes(userId: string, call: Call): Promise<readonly Safe[] | 'not-offered'>;
  removeSafeMember(safe: string, member: Member, call: Call): Promise<Said>;
  sessions(position: Position, call: Call): Promise<Listed<Session>>;
  terminate(sessionId: string, call: Call): Promise<Said>;
}

export interface Member {
  readonly id: string;
  readonly username: string;
}
export interface Listed<T> extends Rows<T> {
  readonly step: Step;
}
/** A status outside 2xx that the call understands, with what the vendor said about it. */
export type Said = { readonly ok: true } | { readonly ok: false; readonly status: number; readonly problem: Problem };
type Body = Readonly<Record<string, unknown>>;

/** Some writes answer with the object, some with nothing, and versions differ: what counts is read back. */
const anything = z.unknown();
/** What a refusal of one grant or session may look like; the others are still tried. */
const refusals = [400, 403, 404, 405, 409, 422, 501];

export function openClient({
  http,
  targetId,
  options,
}: {
  readonly http: Http;
  readonly targetId: string;
  readonly options: Options;
}): Client {
  const { get, write, ask } = callsOf(http, targetId);
  const isGone = (problem: Problem): boolean =>
    options.goneCodes.length === 0 || (problem.code !== undefined && options.goneCodes.includes(problem.code));
  const listed = <T>(
    rows: Rows<T>,
    position: Position,
    page: { idOf: (row: T) => string; pageSize: number },
  ): Listed<T> => ({
    ...rows,
    step: stepAfter(position, rows, page),
  });

  return {
    async users({ position, term, operation }, call) {
      const query = { ...userQuery(position, options), ...(term !== undefined && searchQuery(term, options)) };
      const { Users, Total } = await get({ operation, path: '/Users', query, answer: usersSchema }, call);
      const rows = rowsOf(Users, Total);
      if (options.paging === 'none') return { ...rows, step: wholeAtOnce(rows) };
      return listed(rows, position, { idOf: (user) => String(user.id), pageSize: options.pageSize });
    },
    async user(id, operation, call) {
      const request = { operation, method: 'GET', path: userPath(id), answer: userSchema, expected: [404] } as const;
      const answer = await http.send(request, call);
      if ('body' in answer) return answer.body;
      if (!isGone(answer.problem)) throw noProof({ targetId, operation, id, problem: answer.problem, options });
      return undefined;
    },
    createUser: (body, call) =>
      http.send(
        { operation: 'create account', method: 'POST', path: '/Users', body, answer: userSchema, expected: [409] },
        call,
      ),
    putUser: (id, body, operation, call) => write({ operation, method: 'PUT', path: userPath(id), body }, call),
    switchUser: (id, to, call) =>
      write({ operation: `${to} account`, method: 'POST', path: `${userPath(id)}/${to}/` }, call),
    activateUser: (id, call) =>
      write({ operation: 'lift suspension', method: 'POST', path: `${userPath(id)}/Activate` }, call),
    async resetPassword(id, newPassword, call) {
      const body = { id: Number(id), newPassword };
      await write({ operation: 'reset password', method: 'POST', path: `${userPath(id)}/ResetPassword`, body }, call);
    },
    async clearSshKeys(id, call) {
      const path = `${userPath(id)}/Secret/SSHKeys/Cache`;
      await ask({ operation: 'clear cached SSH keys', method: 'DELETE', path, expected: [404] }, call);
    },
    async deleteUser(id, call) {
      const operation = 'delete account';
      const said = await ask({ operation, method: 'DELETE', path: userPath(id), expected: [404] }, call);
      if (!said.ok && !isGone(said.problem)) throw noProof({ targetId, operation, id, problem: said.problem, options });
      return said.ok;
    },
    async groups(after, call) {
      const query = groupQuery(after, options);
      const answer = await get({ operation: 'list groups', path: '/UserGroups', query, answer: groupsSchema }, call);
      return groupPage(answer, after, { targetId, options });
    },
    addMember(group, member, call) {
      const memberId = options.memberRef === 'id' ? Number(member.id) : member.username;
      const body = { memberId, memberType: options.memberType };
      const path = `/UserGroups/${encodeURIComponent(group)}/Members`;
      return ask({ operation: 'add to group', method: 'POST', path, body, expected: [409] }, call);
    },
    removeMember: (group, member, call) =>
      ask(
        {
          operation: 'remove from group',
          method: 'DELETE',
          path: memberPath(group, member, options),
          expected: refusals,
        },
        call,
      ),
    async safes(userId, call) {
      const path = `${userPath(userId)}/safes`;
      const request = {
        operation: 'list safes',
        method: 'GET',
        path,
        answer: safesSchema,
        expected: [404, 405, 501],
      } as const;
      const answer = await http.send(request, call);
      return 'body' in answer ? wholeSafes(answer.body, targetId) : 'not-offered';
    },
    removeSafeMember(safe, member, call) {
      const path = `/Safes/${encodeURIComponent(safe)}/Members/${encodeURIComponent(member.username)}/`;
      return ask({ operation: 'remove from safe', method: 'DELETE', path, expected: refusals }, call);
    },
    async sessions(position, call) {
      const query = { limit: options.sessionPageSize, offset: position.offset };
      const path = '/LiveSessions';
      const { LiveSessions, Total } = await get(
        { operation: 'list sessions', path, query, answer: sessionsSchema },
        call,
      );
      const idOf = (session: Session): string => session.SessionID;
      return listed(rowsOf(LiveSessions, Total), position, { idOf, pageSize: options.sessionPageSize });
    },
    terminate(sessionId, call) {
      const path = options.terminatePath.replace('{id}', encodeURIComponent(sessionId));
      return ask({ operation: 'terminate session', method: 'POST', path, expected: refusals }, call);
    },
  };
}

type Read<T> = Pick<HttpRequest<T>, 'operation' | 'path' | 'query' | 'answer'>;
type Write = Pick<HttpRequest<unknown>, 'operation' | 'method' | 'path' | 'body' | 'expected'>;

/** The three ways to call: read a body, write, and write where some refusals are understood. */
function callsOf(http: Http, targetId: string) {
  const ask = async (request: Write, call: Call): Promise<Said> => {
    const answer = await http.send({ ...request, answer: anything }, call);
    return 'problem' in answer ? { ok: false, status: answer.status, problem: answer.problem } : { ok: true };
  };
  return {
    ask,
    async get<T>(request: Read<T>, call: Call): Promise<T> {
      const answer = await http.send({ ...request, method: 'GET' }, call);
      if ('body' in answer) return answer.body;
      const { operation } = request;
      throw new VendorAnswerInvalid('no body in the answer', { target: targetId, operation, status: answer.status });
    },
    async write(request: Write, call: Call): Promise<void> {
      await ask(request, call);
    },
  };
}

function userPath(id: string): string {
  return `/Users/${encodeURIComponent(id)}`;
}

function rowsOf<T>(rows: readonly T[], total: number | null | undefined): Rows<T> {
  return { rows, ...(typeof total === 'number' && { total }) };
}

interface NoProof {
  readonly targetId: string;
  readonly operation: string;
  readonly id: string;
  readonly problem: Problem;
  readonly options: Pick<Options, 'goneCodes'>;
}

/** A proxy, a wrong baseUrl or a missing right can answer 404 too, and a leaver must not be closed on that. */
function noProof({ targetId, operation, id, problem, options }: NoProof): VendorAnswerInvalid {
  const expected = options.goneCodes.join(' or ');
  return new VendorAnswerInvalid(
    `the 404 for user ${id} carries ${problem.code ?? 'no code'} instead of ${expected}, so it does not prove that the user is gone; ` +
      'check baseUrl, or name the code in options.goneCodes',
    { target: targetId, operation, status: 404, ...(problem.code !== undefined && { code: problem.code }) },
  );
}

/** `nextLink` leads on where the vendor sends one; the query alone is taken from it. */
function groupPage(
  { value, count, nextLink }: z.output<typeof groupsSchema>,
  after: string | undefined,
  { targetId, options }: { readonly targetId: string; readonly options: Options },
): { rows: readonly Group[]; next?: string; total?: number } {
  const total = typeof count === 'number' ? { total: count } : {};
  if (typeof nextLink === 'string' && nextLink !== '') {
    const next = nextLink.includes('?') ? nextLink.slice(nextLink.indexOf('?')) : '';
    if (next === '' || next === after || value.length === 0)
      throw stuckListing(targetId, 'list groups', `nextLink does not lead on from ${after ?? 'the first page'}`);
    return { rows: value, next, ...total };
  }
  const offset = Number(new URLSearchParams(after ?? '').get('offset') ?? 0);
  const received = offset + value.length;
  if (typeof count !== 'number' || received >= count || options.paging === 'none') return { rows: value, ...total };
  if (value.length === 0)
    throw stuckListing(targetId, 'list groups', `the listing stops at ${String(received)} of ${String(count)} rows`);
  return { rows: value, next: `?offset=${String(received)}`, ...total };
}

function wholeSafes({ value, count, nextLink }: z.output<typeof safesSchema>, targetId: string): readonly Safe[] {
  const isShort =
    (typeof count === 'number' && count > value.length) || (typeof nextLink === 'string' && nextLink !== '');
  if (isShort)
    throw stuckListing(targetId, 'list safes', `the answer holds only ${String(value.length)} safes of the user`);
  return value;
}

export function stuckListing(target: string, operation: string, how: string): VendorAnswerInvalid {
  return new VendorAnswerInvalid(
    `${how}; a short listing is not taken for the whole. Check options.paging of the target`,
    { target, operation },
  );
}
