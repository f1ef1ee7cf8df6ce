import type { Call } from '../connector';
import { VendorAnswerInvalid } from '../errors';
import { noBody, pathOf } from '../http';
import type { Http, HttpAnswer, HttpRequest } from '../http/contract';
import type { Options } from './config';
import {
  leasesSchema,
  memberSchema,
  membersSchema,
  teamsSchema,
  type Fields,
  type Lease,
  type Member,
  type Team,
} from './mapping';

interface Rows<T> {
  readonly rows: readonly T[];
  readonly next?: string;
}

interface Got<T> {
  readonly rows: readonly T[];
  readonly next: string | null | undefined;
  readonly after: string | undefined;
  readonly operation: string;
}

/** The vendor's calls in its own words: what can be asked, and nothing about why. */
export class Client {
  constructor(
    private readonly http: Http,
    private readonly target: string,
    private readonly options: Options,
  ) {}

  async members(
    query: { readonly login?: string; readonly after?: string | undefined },
    operation: string,
    call: Call,
  ): Promise<Rows<Member>> {
    const { pageSize: limit } = this.options;
    const request = { operation, method: 'GET', path: '/members', answer: membersSchema } as const;
    const { members, next } = await this.#body({ ...request, query: { ...query, limit } }, call);
    return this.#page({ rows: members, next, after: query.after, operation });
  }

  /** Undefined: there is no member with this id. */
  async member(id: string, operation: string, call: Call): Promise<Member | undefined> {
    const request = { operation, method: 'GET', path: pathOf`/members/${id}`, answer: memberSchema } as const;
    const answer = await this.http.send({ ...request, expected: [404] }, call);
    return 'body' in answer ? answer.body : undefined;
  }

  /** 409 comes back as a problem: the login is taken. */
  create(fields: Fields, call: Call): Promise<HttpAnswer<Member>> {
    const request = { operation: 'create account', method: 'POST', path: '/members', body: fields } as const;
    return this.http.send({ ...request, answer: memberSchema, expected: [409] }, call);
  }

  /** False: there is no such member any more. */
  async change(
    id: string,
    change: { readonly fields: Fields; readonly operation: string },
    call: Call,
  ): Promise<boolean> {
    const { fields: body, operation } = change;
    return this.#found({ operation, method: 'PATCH', path: pathOf`/members/${id}`, body, answer: noBody }, call);
  }

  async remove(id: string, call: Call): Promise<boolean> {
    return this.#found(
      { operation: 'delete account', method: 'DELETE', path: pathOf`/members/${id}`, answer: noBody },
      call,
    );
  }

  async teams(after: string | undefined, call: Call): Promise<Rows<Team>> {
    const request = { operation: 'list entitlements', method: 'GET', path: '/teams', answer: teamsSchema } as const;
    const { teams, next } = await this.#body({ ...request, query: { after, limit: this.options.pageSize } }, call);
    return this.#page({ rows: teams, next, after, operation: request.operation });
  }

  async join(team: string, member: string, call: Call): Promise<boolean> {
    const path = pathOf`/teams/${team}/members/${member}`;
    return this.#found({ operation: 'add to team', method: 'PUT', path, answer: noBody }, call);
  }

  async leave(team: string, member: string, call: Call): Promise<boolean> {
    const path = pathOf`/teams/${team}/members/${member}`;
    return this.#found({ operation: 'remove from team', method: 'DELETE', path, answer: noBody }, call);
  }

  async leases(memberId: string, call: Call): Promise<readonly Lease[]> {
    const request = { operation: 'list leases', method: 'GET', path: '/leases', answer: leasesSchema } as const;
    return (await this.#body({ ...request, query: { member: memberId } }, call)).leases;
  }

  async endLease(id: string, call: Call): Promise<boolean> {
    return this.#found({ operation: 'end lease', method: 'DELETE', path: pathOf`/leases/${id}`, answer: noBody }, call);
  }

  /** An empty page or a cursor that repeats is no end: a listing must never look whole when it is not. */
  #page<T>({ rows, next, after, operation }: Got<T>): Rows<T> {
    if (typeof next !== 'string') return { rows };
    if (rows.length > 0 && next !== after) return { rows, next };
    const why = `the listing does not go on after ${after ?? 'its first page'}`;
    throw new VendorAnswerInvalid(why, { target: this.target, operation });
  }

  async #found(request: HttpRequest<unknown>, call: Call): Promise<boolean> {
    return 'body' in (await this.http.send({ ...request, expected: [404] }, call));
  }

  async #body<T>(request: HttpRequest<T>, call: Call): Promise<T> {
    const answer = await this.http.send(request, call);
    if ('body' in answer) return answer.body;
    const { operation } = request;
    throw new VendorAnswerInvalid('there is no body', { target: this.target, operation, status: answer.status });
  }
}
