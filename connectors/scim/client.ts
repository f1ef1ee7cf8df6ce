import { z } from 'zod';
import type { Call } from '../connector';
import { pathOf, type ListingRows } from '../http';
import type { Http, HttpAnswer } from '../http/contract';
import { openWriter } from './media';
import type { Quirks } from './quirk';
import { groupListSchema, providerSchema, userListSchema, userSchema, type Group, type User } from './wire';

/** One operation of a PatchOp, before the vendor's spelling is put on. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: string;
  readonly value?: unknown;
}

/** The SCIM calls that every vendor of ours lists. There is no PUT and no GET of one group: not all of them offer it. */
export interface Client {
  users(
    at: { readonly offset: number; readonly filter?: string; readonly operation: string },
    call: Call,
  ): Promise<ListingRows<User>>;
  user(id: string, operation: string, call: Call): Promise<User | undefined>;
  /** 400, 409 and 422 come back as a problem: each may mean that the user exists (seed 003). */
  createUser(body: Readonly<Record<string, unknown>>, call: Call): Promise<HttpAnswer<User>>;
  patchUser(
    id: string,
    operations: readonly PatchOperation[],
    operation: string,
    call: Call,
  ): Promise<HttpAnswer<unknown>>;
  /** False: the vendor answered 404. */
  deleteUser(id: string, call: Call): Promise<boolean>;
  groups(offset: number, call: Call): Promise<ListingRows<Group>>;
  /** Statuses in `refusals` come back as a problem. */
  patchGroup(id: string, patch: PatchOperation, operation: string, call: Call): Promise<HttpAnswer<unknown>>;
  provider(call: Call): Promise<z.output<typeof providerSchema>>;
}

/** Statuses with which servers refuse a change of members: gone, forbidden, immutable, already so. */
export const refusals: readonly number[] = [400, 403, 404, 405, 409, 412, 422, 501];

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const anything = z.unknown();
/** Offers what must not be asked of the vendor by accident: an empty id would name the whole collection. */
const userPath = (id: string): string => pathOf`/Users/${id}`;

export function openClient(http: Http, quirks: Quirks): Client {
  const patchBody = (operations: readonly PatchOperation[]): unknown => ({
    schemas: [patchSchema],
    Operations: operations.map(({ op, ...rest }) => ({ op: spelled(op, quirks), ...rest })),
  });
  const write = openWriter(http, quirks);
  const bodyOf = async <T>(answer: Promise<HttpAnswer<T>>): Promise<T> => {
    const settled = await answer;
    if ('body' in settled) return settled.body;
    throw new Error(`status ${String(settled.status)} was not asked for`);
  };
  const page = (offset: number) => ({ startIndex: offset + 1, count: quirks.pageSize });

  return {
    users({ offset, filter, operation }, call) {
      const query = { filter, ...page(offset) };
      return bodyOf(http.send({ operation, method: 'GET', path: '/Users', query, answer: userListSchema }, call));
    },
    async user(id, operation, call) {
      const request = { operation, method: 'GET', path: userPath(id), answer: userSchema, expected: [404] } as const;
      const answer = await http.send(request, call);
      return 'body' in answer ? answer.body : undefined;
    },
    createUser(body, call) {
      const request = {
        operation: 'create account',
        method: 'POST',
        path: '/Users',
        body,
        answer: userSchema,
      } as const;
      return write({ ...request, expected: [400, 409, 422] }, call);
    },
    patchUser(id, operations, operation, call) {
      const body = patchBody(operations);
      const request = { operation, method: 'PATCH', path: userPath(id), body, answer: anything } as const;
      return write({ ...request, expected: [404] }, call);
    },
    async deleteUser(id, call) {
      const request = { operation: 'delete account', method: 'DELETE', path: userPath(id), answer: anything } as const;
      return 'body' in (await http.send({ ...request, expected: [404] }, call));
    },
    groups(offset, call) {
      const request = { operation: 'list groups', method: 'GET', path: '/Groups', answer: groupListSchema } as const;
      return bodyOf(http.send({ ...request, query: page(offset) }, call));
    },
    patchGroup(id, patch, operation, call) {
      const body = patchBody([patch]);
      const path = pathOf`/Groups/${id}`;
      return write({ operation, method: 'PATCH', path, body, answer: anything, expected: refusals }, call);
    },
    provider: (call) =>
      bodyOf(
        http.send({ operation: 'check', method: 'GET', path: '/ServiceProviderConfig', answer: providerSchema }, call),
      ),
  };
}

function spelled(op: PatchOperation['op'], { opCase }: Quirks): string {
  return opCase === 'lower' ? op : op.charAt(0).toUpperCase() + op.slice(1);
}
