import { z } from 'zod';
import type { Call, Page } from '../connector';
import { VendorAnswerInvalid, VendorRejected, VendorUnavailable } from '../errors';
import { listingPage, listWhole, pathOf, type ListingPosition } from '../http';
import type { Http, HttpAnswer, HttpRequest, Problem } from '../http/contract';
import { proveGone, type Held } from './gone';
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
import type { Memory } from './memory';
import type { Options } from './option';
import { groupPage, rowsOf, wholeAtOnce, wholeSafes } from './listing';
import { groupQuery, memberPath, searchQuery, userQuery, wholeSearch } from './wire';

/** The vendor's calls in its own words: seed 002, and vendor-apis 4.2 to 4.4 for what the seed leaves out. */
export interface Client {
  /** One page of the vault's users, or of those that a search for `term` shows; a listing that stops short throws. */
  users(ask: AskUsers, call: Call): Promise<Page<User> & { readonly nextPosition?: ListingPosition }>;
  /** Undefined: proven gone, provided that the id was one that we held. */
  user(who: Held, operation: string, call: Call): Promise<User | undefined>;
  /** A problem is a 409: the name is taken. */
  createUser(body: Body, call: Call): Promise<HttpAnswer<User>>;
  putUser(id: string, body: Body, operation: string, call: Call): Promise<void>;
  switchUser(id: string, to: 'enable' | 'disable', call: Call): Promise<void>;
  /** Lifts a suspension after bad log-ons; never enables a disabled user. */
  activateUser(id: string, call: Call): Promise<void>;
  resetPassword(id: string, newPassword: string, call: Call): Promise<void>;
  clearSshKeys(id: string, call: Call): Promise<void>;
  /** False: the vault knew the id no more. */
  deleteUser(who: Held, call: Call): Promise<boolean>;
  groups(after: string | undefined, call: Call): Promise<Page<Group>>;
  /** The same with each group's members (`includeMembers`, vendor-apis 4.3), where the version shows them. */
  groupsWithMembers(after: string | undefined, call: Call): Promise<Page<Group>>;
  addMember(group: string, member: Member, call: Call): Promise<Said>;
  removeMember(group: string, member: Member, call: Call): Promise<Said>;
  safes(userId: string, call: Call): Promise<readonly Safe[] | 'not-offered'>;
  removeSafeMember(safe: string, member: Member, call: Call): Promise<Said>;
  /** Every live session of every user: the vendor's search looks at other fields too, and its misses are not promised. */
  sessions(call: Call): Promise<readonly Session[]>;
  terminate(sessionId: string, call: Call): Promise<Said>;
}

export interface AskUsers {
  readonly position: ListingPosition;
  readonly term?: string;
  /** The term goes out as it is, also with what PVWA may refuse in a URL. */
  readonly isWhole?: boolean;
  readonly operation: string;
}
export interface Member {
  readonly id: string;
  readonly username: string;
}
/** A status outside 2xx that the call understands, with what the vendor said about it. */
export type Said = { readonly ok: true } | { readonly ok: false; readonly status: number; readonly problem: Problem };
type Body = Readonly<Record<string, unknown>>;

/** Some writes answer with the object, some with nothing, and versions differ: what counts is read back. */
const anything = z.unknown();
/** What a refusal of one grant or session may look like; the others are still tried. */
const refusals = [400, 403, 404, 405, 409, 422, 501];

interface ClientParts {
  readonly http: Http;
  readonly targetId: string;
  readonly options: Options;
  readonly memory: Memory;
}

export function openClient({ http, targetId, options, memory }: ClientParts): Client {
  const send = understanding({ http, targetId, options, memory });
  const parts = { send, targetId, options, memory };
  return { ...userCalls(parts), ...memberCalls(parts), ...sessionCalls(parts) };
}

interface Parts {
  readonly send: ReturnType<typeof understanding>;
  readonly targetId: string;
  readonly options: Options;
  readonly memory: Memory;
}

type UserCalls = Omit<Client, keyof ReturnType<typeof memberCalls> | keyof ReturnType<typeof sessionCalls>>;

function userCalls({ send, targetId, options, memory }: Parts): UserCalls {
  const idOf = (user: User): string => String(user.id);
  const users: Client['users'] = async ({ position, term, isWhole = false, operation }, call) => {
    const search = term === undefined ? {} : isWhole ? wholeSearch(term, options) : searchQuery(term, options);
    const query = { ...userQuery(position, options), ...search };
    const { Users, Total } = await send.get({ operation, path: '/Users', query, answer: usersSchema }, call);
    for (const user of Users) memory.shown.note(user);
    if (options.paging === 'none') return wholeAtOnce(Users, Total, { target: targetId, operation });
    const { pageSize } = options;
    return listingPage(position, rowsOf(Users, Total, pageSize), { target: targetId, operation, idOf, pageSize });
  };
  const proof = { targetId, options, users };
  return {
    users,
    async user(who, operation, call) {
      const path = pathOf`/Users/${String(who.id)}`;
      const answer = await send.try({ operation, method: 'GET', path, answer: userSchema, expected: [404] }, call);
      if ('body' in answer) {
        memory.shown.noteRecord(answer.body);
        return answer.body;
      }
      await proveGone(proof, { problem: answer.problem, who, operation }, call);
      return undefined;
    },
    createUser(body, call) {
      const request = {
        operation: 'create account',
        method: 'POST',
        path: '/Users',
        body,
        answer: userSchema,
      } as const;
      return send.try({ ...request, expected: [409] }, call);
    },
    async putUser(id, body, operation, call) {
      await send.ask({ operation, method: 'PUT', path: pathOf`/Users/${id}`, body }, call);
    },
    async switchUser(id, to, call) {
      await send.ask({ operation: `${to} account`, method: 'POST', path: pathOf`/Users/${id}/${to}/` }, call);
    },
    async activateUser(id, call) {
      await send.ask({ operation: 'lift suspension', method: 'POST', path: pathOf`/Users/${id}/Activate` }, call);
    },
    async resetPassword(id, newPassword, call) {
      const request = {
        operation: 'reset password',
        method: 'POST',
        path: pathOf`/Users/${id}/ResetPassword`,
      } as const;
      await send.ask({ ...request, body: { id: Number(id), newPassword } }, call);
    },
    async clearSshKeys(id, call) {
      const path = pathOf`/Users/${id}/Secret/SSHKeys/Cache`;
      const operation = 'clear cached SSH keys';
      const said = await send.ask({ operation, method: 'DELETE', path, expected: [404] }, call);
      // The vault's own 404 says that there was none; one without its code, that this version has no such call.
      if (!said.ok && said.problem.code === undefined)
        throw new VendorRejected('this version does not offer it; set options.clearSshKeysOnDisable to false', {
          ...{ target: targetId, operation, status: 404 },
        });
    },
    async deleteUser(who, call) {
      const operation = 'delete account';
      const path = pathOf`/Users/${String(who.id)}`;
      const said = await send.ask({ operation, method: 'DELETE', path, expected: [404] }, call);
      if (!said.ok) await proveGone(proof, { problem: said.problem, who, operation }, call);
      return said.ok;
    },
  };
}

function memberCalls({ send, targetId, options }: Parts) {
  return {
    async groups(after: string | undefined, call: Call): Promise<Page<Group>> {
      const request = { operation: 'list groups', path: '/UserGroups', query: groupQuery(after, options) };
      return groupPage(await send.get({ ...request, answer: groupsSchema }, call), after, { targetId, options });
    },
    async groupsWithMembers(after: string | undefined, call: Call): Promise<Page<Group>> {
      const query = { ...groupQuery(after, options), includeMembers: true };
      const request = { operation: 'list members', path: '/UserGroups', query };
      return groupPage(await send.get({ ...request, answer: groupsSchema }, call), after, { targetId, options });
    },
    addMember(group: string, member: Member, call: Call): Promise<Said> {
      const memberId = options.memberRef === 'id' ? Number(member.id) : member.username;
      const body = { memberId, memberType: options.memberType };
      const path = pathOf`/UserGroups/${group}/Members`;
      return send.ask({ operation: 'add to group', method: 'POST', path, body, expected: [409] }, call);
    },
    removeMember(group: string, member: Member, call: Call): Promise<Said> {
      const path = memberPath(group, member, options);
      return send.ask({ operation: 'remove from group', method: 'DELETE', path, expected: refusals }, call);
    },
    async safes(userId: string, call: Call): Promise<readonly Safe[] | 'not-offered'> {
      const request = { operation: 'list safes', method: 'GET', path: pathOf`/Users/${userId}/safes` } as const;
      const answer = await send.try({ ...request, answer: safesSchema, expected: [404, 405, 501] }, call);
      return 'body' in answer ? wholeSafes(answer.body, targetId) : 'not-offered';
    },
    removeSafeMember(safe: string, member: Member, call: Call): Promise<Said> {
      const path = pathOf`/Safes/${safe}/Members/${member.username}/`;
      return send.ask({ operation: 'remove from safe', method: 'DELETE', path, expected: refusals }, call);
    },
  };
}

function sessionCalls({ send, targetId, options }: Parts) {
  const { sessionPageSize: pageSize } = options;
  const operation = 'list sessions';
  return {
    sessions(call: Call): Promise<readonly Session[]> {
      const page = async ({ offset }: ListingPosition) => {
        const request = {
          operation,
          path: '/LiveSessions',
          query: { limit: pageSize, offset },
          answer: sessionsSchema,
        };
        const { LiveSessions, Total } = await send.get(request, call);
        return rowsOf(LiveSessions, Total, pageSize);
      };
      return listWhole(page, { target: targetId, operation, idOf: ({ SessionID }) => SessionID, pageSize });
    },
    terminate(sessionId: string, call: Call): Promise<Said> {
      const path = options.terminatePath.replace('{id}', encodeURIComponent(sessionId));
      return send.ask({ operation: 'terminate session', method: 'POST', path, expected: refusals }, call);
    },
  };
}

type Read<T> = Pick<HttpRequest<T>, 'operation' | 'path' | 'query' | 'answer'>;
type Write = Pick<HttpRequest<unknown>, 'operation' | 'method' | 'path' | 'body' | 'expected'>;

/** The ways to call. A refusal whose code means "try again" is thrown even where its status was expected. */
function understanding({ http, targetId: target, options: { retryableCodes }, memory }: ClientParts) {
  const attempt = async <T>(request: HttpRequest<T>, call: Call): Promise<HttpAnswer<T>> => {
    if (request.method !== 'GET') memory.writing(call);
    const answer = await http.send(request, call);
    if (!('problem' in answer)) return answer;
    const { code, message } = answer.problem;
    if (code === undefined || !retryableCodes.includes(code)) return answer;
    const context = { target, operation: request.operation, status: answer.status, code };
    throw new VendorUnavailable(`the vendor answered ${String(answer.status)}: ${code}: ${message ?? ''}`, context);
  };
  return {
    try: attempt,
    async get<T>(request: Read<T>, call: Call): Promise<T> {
      const answer = await attempt({ ...request, method: 'GET' }, call);
      if ('body' in answer) return answer.body;
      const { operation } = request;
      throw new VendorAnswerInvalid('no body in the answer', { target, operation, status: answer.status });
    },
    async ask(request: Write, call: Call): Promise<Said> {
      const answer = await attempt({ ...request, answer: anything }, call);
      return 'problem' in answer ? { ok: false, status: answer.status, problem: answer.problem } : { ok: true };
    },
  };
}
