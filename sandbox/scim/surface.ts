import type { FastifyReply, FastifyRequest } from 'fastify';
import { claim, cutPage, wholeNumber } from '../core';
import { checkFilter, parseFilter, type Filter, type Json } from './filter';
import { LIST_SCHEMA, onlyAsked, type Writing } from './resource';

export type Query = Readonly<Record<string, string>>;

/** What one running SCIM surface remembers beside its users and groups. */
export class Surface implements Writing {
  #searches = 0;
  #patches = 0;

  constructor(
    readonly directory: Writing['directory'],
    readonly dialect: Writing['dialect'],
    /** Known once the server listens. */
    public root: string,
  ) {}

  /** The filter of a search, or undefined where there is none or this search overlooks it. */
  filter(request: FastifyRequest, allowed: readonly string[]): Filter | undefined {
    const text = (request.query as Query)['filter'];
    if (text === undefined || text === '') return undefined;
    const filter = parseFilter(text);
    checkFilter(filter, { allowed, how: this.dialect.refusesFilter });
    const every = this.dialect.filterIgnoredEvery;
    const overlooked = every > 0 && ++this.#searches % every === 0;
    return claim(request, 'filter-ignored') || overlooked ? undefined : filter;
  }

  /** One page as a ListResponse; only its rows are written out. */
  list<T>(request: FastifyRequest, rows: readonly T[], write: (row: T) => Json): Json {
    const query = request.query as Query;
    const startIndex = Math.max(1, wholeNumber(query['startIndex'], 1));
    const { defaultCount, maxCount } = this.dialect;
    const limit = Math.min(maxCount, Math.max(0, wholeNumber(query['count'], defaultCount)));
    const page = limit === 0 ? [] : cutPage({ request, rows, offset: startIndex - 1, limit });
    return {
      schemas: [LIST_SCHEMA],
      totalResults: rows.length,
      startIndex,
      itemsPerPage: page.length,
      Resources: page.map((row) => onlyAsked(write(row), query)),
    };
  }

  /** The answer to a PATCH that worked: 200 with the resource, 204, or one after the other. */
  patched(reply: FastifyReply, resource: () => Json): FastifyReply {
    const { patchAnswer } = this.dialect;
    const status = patchAnswer === 'alternating' ? (this.#patches++ % 2 === 0 ? 204 : 200) : patchAnswer;
    return status === 200 ? reply.code(200).send(resource()) : reply.code(204).send();
  }
}
