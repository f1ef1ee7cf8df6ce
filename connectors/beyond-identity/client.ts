import { z } from 'zod';
import type { Call } from '../connector';
import { Unobservable, VendorAnswerInvalid } from '../errors';
import { noBody, pathOf } from '../http';
import type { Http, HttpAnswer, HttpRequest } from '../http/contract';
import type { Options } from './config';
import {
  oneIdentitySchema,
  pageSchemas,
  roleMembersSchema,
  type Identity,
  type ListName,
  type RoleMembers,
  type Row,
} from './mapping';
import { allPages } from './listing';

/** What to list: the vendor's name of the rows, which is also the key in its answer. */
export interface Listing<N extends ListName> {
  readonly rows: N;
  readonly path: string;
  readonly operation: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /**
   * The list hangs below this identity. A 404 says that the identity is gone, and one that is gone holds nothing; or that
   * there is no such list, which proves nothing: then `Unobservable`.
   */
  readonly ofIdentity?: string;
}
export interface VendorPage<R> {
  readonly rows: readonly R[];
  readonly total?: number;
  readonly next?: string;
}

/** The vendor's calls in its own words. */
export interface Client {
  page<N extends ListName>(listing: Listing<N>, pageToken: string | undefined, call: Call): Promise<VendorPage<Row<N>>>;
  /** All rows, each once. Throws rather than return a short list. */
  all<N extends ListName>(listing: Listing<N>, call: Call): Promise<readonly Row<N>[]>;
  /** The same, page by page: whoever has seen enough stops asking. */
  pages<N extends ListName>(listing: Listing<N>, call: Call): AsyncIterable<readonly Row<N>[]>;
  /** Identities and groups that hold a role, page by page. */
  roleMembers(rolePath: string, call: Call): AsyncIterable<Pick<RoleMembers, 'identities' | 'groups'>>;
  getIdentity(id: string, operation: string, call: Call): Promise<Identity | undefined>;
  createIdentity(body: unknown, call: Call): Promise<Identity>;
  /** False: the vendor does not know the id. */
  patchIdentity(id: string, body: unknown, operation: string, call: Call): Promise<boolean>;
  deleteIdentity(id: string, call: Call): Promise<boolean>;
  /** A POST whose success changes one thing; statuses in `expected` come back as a problem. */
  post(
    request: {
      readonly path: string;
      readonly operation: string;
      readonly body?: unknown;
      readonly expected: readonly number[];
    },
    call: Call,
  ): Promise<HttpAnswer<unknown>>;
  remove(request: { readonly path: string; readonly operation: string }, call: Call): Promise<boolean>;
  /** The realm itself: the root of the API. */
  getRealm(call: Call): Promise<string | undefined>;
}

const realmSchema = z.looseObject({
  id: z.union([z.string(), z.int().transform(String)]),
  display_name: z.string().nullish(),
});

export function pathOfIdentity(id: string): string {
  return pathOf`/identities/${id}`;
}

export function openClient({
  http,
  target,
  options,
}: {
  readonly http: Http;
  readonly target: { readonly id: string; readonly baseUrl: string };
  readonly options: Options;
}): Client {
  const send = async <T>(request: HttpRequest<T>, call: Call): Promise<T> => {
    const answer = await http.send(request, call);
    if ('body' in answer) return answer.body;
    const { status } = answer;
    const context = { target: target.id, operation: request.operation, status };
    throw new VendorAnswerInvalid(`the answer has status ${String(status)} and no body`, context);
  };
  const send404 = async <T>(request: HttpRequest<T>, call: Call): Promise<T | undefined> => {
    const answer = await http.send(request, call);
    return 'body' in answer ? answer.body : undefined;
  };
  const exists = async (request: HttpRequest<unknown>, call: Call): Promise<boolean> =>
    'body' in (await http.send({ ...request, expected: [404] }, call));

  const getIdentity: Client['getIdentity'] = (id, operation, call) =>
    send404({ operation, method: 'GET', path: pathOfIdentity(id), answer: oneIdentitySchema, expected: [404] }, call);

  const nothingOf = async (owner: string, operation: string, call: Call): Promise<VendorPage<never>> => {
    if ((await getIdentity(owner, operation, call)) === undefined) return { rows: [], total: 0 };
    throw new Unobservable(`identity ${owner} is there and this list of it is not (404)`, {
      ...{ target: target.id, operation, status: 404 },
    });
  };

  const page: Client['page'] = async (listing, pageToken, call) => {
    const query = { ...listing.query, page_size: options.pageSize, page_token: pageToken };
    const answer = pageSchemas[listing.rows] as z.ZodType<Record<string, unknown>>;
    const { operation, path } = listing;
    const request = { operation, method: 'GET', path, query, answer } as const;
    const { ofIdentity: owner } = listing;
    const body = await (owner === undefined ? send(request, call) : send404({ ...request, expected: [404] }, call));
    if (body === undefined) return nothingOf(owner ?? '', operation, call);
    const { total_size: total, next_page_token: next } = body as {
      total_size?: number | null;
      next_page_token?: string | null;
    };
    return {
      rows: body[listing.rows] as Row<typeof listing.rows>[],
      ...(total != null && { total }),
      ...(typeof next === 'string' && next !== '' && { next }),
    };
  };

  async function* pages<N extends ListName>(listing: Listing<N>, call: Call): AsyncIterable<readonly Row<N>[]> {
    const whole = allPages<VendorPage<Row<N>>>({
      ...{ target: target.id, operation: listing.operation },
      fetch: (token) => page(listing, token, call),
      nextOf: ({ next }) => next,
      counts: ({ rows, total }) => [{ ids: rows.map((row) => (row as { id: string }).id), total }],
    });
    for await (const { rows } of whole) yield rows;
  }

  return {
    page,
    pages,
    async all(listing, call) {
      const byId = new Map<string, Row<typeof listing.rows>>();
      for await (const rows of pages(listing, call)) for (const row of rows) byId.set((row as { id: string }).id, row);
      return [...byId.values()];
    },
    roleMembers(rolePath, call) {
      const operation = 'list members';
      const path = `${rolePath}:listMembers`;
      const size = { identities_page_size: options.pageSize, groups_page_size: options.pageSize };
      return allPages<RoleMembers>({
        ...{ target: target.id, operation },
        fetch: (token) => {
          const query = { ...size, page_token: token };
          return send({ operation, method: 'GET', path, query, answer: roleMembersSchema }, call);
        },
        nextOf: ({ next_page_token: next }) => (typeof next === 'string' && next !== '' ? next : undefined),
        counts: ({ identities, groups, total_identities_size: people, total_groups_size: teams }) => [
          { ids: identities.map(({ id }) => id), total: people },
          { ids: groups.map(({ id }) => id), total: teams },
        ],
      });
    },
    getIdentity,
    createIdentity: (body, call) =>
      send({ operation: 'create account', method: 'POST', path: '/identities', body, answer: oneIdentitySchema }, call),
    patchIdentity: (id, body, operation, call) =>
      exists({ operation, method: 'PATCH', path: pathOfIdentity(id), body, answer: noBody }, call),
    deleteIdentity: (id, call) =>
      exists({ operation: 'delete account', method: 'DELETE', path: pathOfIdentity(id), answer: noBody }, call),
    post: ({ body = {}, ...request }, call) => http.send({ ...request, method: 'POST', body, answer: noBody }, call),
    remove: (request, call) => exists({ ...request, method: 'DELETE', answer: noBody }, call),
    async getRealm(call) {
      const { id, display_name: name } = await send(
        { operation: 'read realm', method: 'GET', path: target.baseUrl, answer: realmSchema },
        call,
      );
      return name ?? id;
    },
  };
}
