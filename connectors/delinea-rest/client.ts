import { z } from 'zod';
import type { Call } from '../connector';
import { VendorAnswerInvalid } from '../errors';
import { pathOf, type ListingRows } from '../http';
import type { Http, HttpAnswer, HttpRequest } from '../http/contract';
import type { Options } from './config';
import {
  sessionsSchema,
  userSchema,
  usersSchema,
  writtenSchema,
  type Fields,
  type Session,
  type User,
  type Written,
} from './mapping';

/** The vendor's calls in its own words (seed 003, "Core endpoints"). */
export interface Client {
  /** `'unsupported'`: this version of the platform refuses the filter. What comes back may be everybody all the same. */
  findUsers(filter: string, call: Call): Promise<ListingRows<User> | 'unsupported'>;
  listUsers(from: { readonly skip: number; readonly operation: string }, call: Call): Promise<ListingRows<User>>;
  getUser(id: string, operation: string, call: Call): Promise<User | undefined>;
  createUser(body: Fields, call: Call): Promise<HttpAnswer<User>>;
  /** The answer is the user, part of it, or nothing (204). */
  patchUser(request: UserPatch, call: Call): Promise<HttpAnswer<Written>>;
  /** False: the vendor did not know the id. */
  deleteUser(id: string, call: Call): Promise<boolean>;
  /** `'absent'`: the tenant has no such path. Without a user id: everybody's, for `check` only. */
  listSessions(
    from: { readonly userId?: string; readonly skip: number },
    call: Call,
  ): Promise<ListingRows<Session> | 'absent'>;
  /** False: the session was over already. */
  terminateSession(session: { readonly id: string; readonly userId: string }, call: Call): Promise<boolean>;
}

export interface UserPatch {
  readonly id: string;
  readonly fields: Fields;
  readonly operation: string;
  readonly expected?: readonly number[];
}

const anything = z.unknown();
/** "Filter support varies by platform version" (seed 003), and so do the words of those that have none. */
const filterRefusals = [400, 405, 422, 501];

export function openClient({
  http,
  targetId,
  options,
}: {
  readonly http: Http;
  readonly targetId: string;
  readonly options: Options;
}): Client {
  const take = options.pageSize;
  const userPath = (id: string): string => pathOf`/users/${id}`;
  const users = (operation: string) => ({ operation, method: 'GET', path: '/users', answer: usersSchema }) as const;
  const bodyOf = <T>(request: HttpRequest<T>, answer: HttpAnswer<T>): T => {
    if ('body' in answer) return answer.body;
    const { status } = answer;
    const where = { target: targetId, operation: request.operation, status };
    throw new VendorAnswerInvalid(`the answer has status ${String(status)} and no body`, where);
  };

  return {
    async findUsers(filter, call) {
      const request = { ...users('find account'), query: { filter, skip: 0, take }, expected: filterRefusals };
      const answer = await http.send(request, call);
      return 'body' in answer ? rowsOf(answer.body) : 'unsupported';
    },
    async listUsers({ skip, operation }, call) {
      const request = { ...users(operation), query: { skip, take } };
      return rowsOf(bodyOf(request, await http.send(request, call)));
    },
    async getUser(id, operation, call) {
      const request = { operation, method: 'GET', path: userPath(id), answer: userSchema, expected: [404] } as const;
      const answer = await http.send(request, call);
      return 'body' in answer ? answer.body : undefined;
    },
    createUser(body, call) {
      const request = { operation: 'create account', method: 'POST', path: '/users', body } as const;
      return http.send({ ...request, answer: userSchema, expected: [400, 409, 422] }, call);
    },
    patchUser({ id, fields, operation, expected = [] }, call) {
      const request = { operation, method: 'PATCH', path: userPath(id), body: fields } as const;
      return http.send({ ...request, answer: writtenSchema, expected }, call);
    },
    async deleteUser(id, call) {
      const request = { operation: 'delete account', method: 'DELETE', path: userPath(id) } as const;
      return 'body' in (await http.send({ ...request, answer: anything, expected: [404] }, call));
    },
    async listSessions({ userId, skip }, call) {
      const path = filled(options.sessionsPath, { userId: userId ?? '' });
      const request = { operation: 'list sessions', method: 'GET', path, answer: sessionsSchema } as const;
      const query = { userId, status: 'active', skip, take };
      const answer = await http.send({ ...request, query, expected: [404] }, call);
      return 'body' in answer ? rowsOf(answer.body) : 'absent';
    },
    async terminateSession({ id, userId }, call) {
      const path = filled(options.terminatePath, { sessionId: id, userId });
      const request = { operation: 'end session', method: 'POST', path, answer: anything } as const;
      return 'body' in (await http.send({ ...request, expected: [404, 409, 410] }, call));
    },
  };
}

function rowsOf<T>({
  data,
  total,
}: {
  readonly data: readonly T[];
  readonly total?: number | null | undefined;
}): ListingRows<T> {
  return { rows: data, ...(typeof total === 'number' && { total }) };
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    values[name] === undefined ? whole : pathOf`${values[name]}`,
  );
}
