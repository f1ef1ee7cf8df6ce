import type { FastifyRequest } from 'fastify';
import { cutPage, Refusal, wholeNumber } from '../core';

let drawn = 0;

/**
 * One page in the vendor's way: 20 rows unless asked for more, never above the maximum, in no order, with a token for
 * the next page. Tokens keep the page size and are never the same twice, also for the same place.
 */
export function listPage<T extends { readonly id: string }>({
  request,
  rows,
  key,
  show,
  most = 200,
  sizeName = 'page_size',
}: {
  readonly request: FastifyRequest;
  readonly rows: readonly T[];
  readonly key: string;
  readonly show: (row: T) => unknown;
  readonly most?: number;
  /** Where two lists share an answer, each has a page size of its own. */
  readonly sizeName?: string;
}): Record<string, unknown> {
  const { [sizeName]: page_size, page_token } = request.query as Readonly<Record<string, string | undefined>>;
  const from = page_token === undefined ? { offset: 0, size: 20 } : placeOf(page_token);
  const limit = Math.min(most, Math.max(1, wholeNumber(page_size, from.size)));
  const page = cutPage({ request, rows, offset: from.offset, limit });
  const end = from.offset + page.length;
  return {
    [key]: [...page].sort((a, b) => (a.id < b.id ? -1 : 1)).map(show),
    total_size: rows.length,
    ...(end < rows.length && { next_page_token: tokenOf({ offset: end, size: limit }) }),
  };
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

function tokenOf({ offset, size }: Place): string {
  return Buffer.from(`${String(offset)}.${String(size)}.${String(++drawn)}`).toString('base64url');
}

function placeOf(token: string): Place {
  const [, offset, size] = /^(\d+)\.(\d+)\.\d+$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (offset === undefined || size === undefined) throw new Refusal(400, 'invalid page token', 'bad_request');
  return { offset: Number(offset), size: Number(size) };
}
