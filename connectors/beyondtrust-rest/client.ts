import type { z } from 'zod';
import type { Call } from '../connector';
import { VendorAnswerInvalid } from '../errors';
import { noBody, pathOf, type ListingRows } from '../http';
import type { Http, HttpAnswer, HttpRequest } from '../http/contract';
import type { Options } from './config';
import { groupsSchema, userSchema, usersSchema, type Group, type User } from './mapping';

/** The vendor's calls in its own words (seed 000, "Core endpoints"). */
export interface Client {
  findUsers(username: string, offset: number, call: Call): Promise<ListingRows<User>>;
  listUsers(offset: number, call: Call): Promise<ListingRows<User>>;
  getUser(id: string, operation: string, call: Call): Promise<User | undefined>;
  createUser(body: Readonly<Record<string, unknown>>, call: Call): Promise<HttpAnswer<User>>;
  putUser(id: string, body: Readonly<Record<string, unknown>>, operation: string, call: Call): Promise<void>;
  /** False: the vendor did not know the id. */
  deleteUser(id: string, call: Call): Promise<boolean>;
  listGroups(position: { readonly offset: number; readonly limit?: number }, call: Call): Promise<ListingRows<Group>>;
  /** A problem: a status that may mean "is a member already". */
  addMember(groupId: string, userId: string, call: Call): Promise<HttpAnswer<unknown>>;
  removeMember(groupId: string, userId: string, call: Call): Promise<{ readonly already: boolean }>;
}

export function openClient({
  http,
  targetId,
  options,
  seeUser,
}: {
  readonly http: Http;
  readonly targetId: string;
  readonly options: Options;
  /** Told of every user record that comes by. */
  readonly seeUser: (user: User) => void;
}): Client {
  const { alreadyCodes, pageSize } = options;
  const send = async <T>(request: HttpRequest<T>, call: Call): Promise<T> => {
    const answer = await http.send(request, call);
    if ('body' in answer) return answer.body;
    throw unexpected(targetId, request.operation, answer.status);
  };
  const userPath = (id: string): string => pathOf`/users/${id}`;
  const memberPath = (group: string): string => pathOf`/groups/${group}/members`;
  const rowsOf = ({ users, total }: z.output<typeof usersSchema>): ListingRows<User> => {
    for (const user of users) seeUser(user);
    return { rows: users, ...(total != null && { total }) };
  };

  return {
    async findUsers(username, offset, call) {
      const request = { operation: 'find account', method: 'GET', path: '/users', answer: usersSchema } as const;
      // The first page is asked for as the seed shows it; offset and limit matter only where the filter is ignored.
      const query = offset === 0 ? { username } : { username, offset, limit: pageSize };
      return rowsOf(await send({ ...request, query }, call));
    },
    async listUsers(offset, call) {
      const request = { operation: 'list accounts', method: 'GET', path: '/users', answer: usersSchema } as const;
      return rowsOf(await send({ ...request, query: { offset, limit: pageSize } }, call));
    },
    async getUser(id, operation, call) {
      const request = { operation, method: 'GET', path: userPath(id), answer: userSchema, expected: [404] } as const;
      const answer = await http.send(request, call);
      if (!('body' in answer)) return undefined;
      seeUser(answer.body);
      return answer.body;
    },
    createUser: (body, call) =>
      http.send(
        {
          ...{ operation: 'create account', method: 'POST', path: '/users', body, answer: userSchema },
          expected: alreadyCodes.create,
        },
        call,
      ),
    async putUser(id, body, operation, call) {
      await send({ operation, method: 'PUT', path: userPath(id), body, answer: noBody }, call);
    },
    async deleteUser(id, call) {
      const request = { operation: 'delete account', method: 'DELETE', path: userPath(id) } as const;
      const answer = await http.send({ ...request, answer: noBody, expected: [404] }, call);
      return 'body' in answer;
    },
    async listGroups({ offset, limit = pageSize }, call) {
      const request = { operation: 'list groups', method: 'GET', path: '/groups', answer: groupsSchema } as const;
      const { groups, total } = await send({ ...request, query: { offset, limit } }, call);
      return { rows: groups, ...(total != null && { total }) };
    },
    addMember(groupId, userId, call) {
      const request = { operation: 'add to group', method: 'POST', path: memberPath(groupId) } as const;
      const body = { user_id: Number(userId) };
      return http.send({ ...request, body, answer: noBody, expected: alreadyCodes.addMember }, call);
    },
    async removeMember(groupId, userId, call) {
      const path = pathOf`/groups/${groupId}/members/${userId}`;
      const request = { operation: 'remove from group', method: 'DELETE', path, answer: noBody } as const;
      const answer = await http.send({ ...request, expected: alreadyCodes.removeMember }, call);
      return { already: 'problem' in answer };
    },
  };
}

/** `send` returns a problem only for statuses that the request expects; anything else is a defect of the door. */
function unexpected(target: string, operation: string, status: number): VendorAnswerInvalid {
  return new VendorAnswerInvalid(`the answer has status ${String(status)} and no body`, { target, operation, status });
}
