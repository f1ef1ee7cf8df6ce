import type { FastifyRequest } from 'fastify';
import { claim } from './traffic';

/** Cuts one page out of `rows`, and plays the paging faults that wait for this request. */
export function cutPage<T>({
  request,
  rows,
  offset,
  limit,
}: {
  readonly request: FastifyRequest;
  readonly rows: readonly T[];
  /** From 0. */
  readonly offset: number;
  readonly limit: number;
}): readonly T[] {
  const page = rows.slice(offset, offset + limit);
  if (page.length > 0 && claim(request, 'empty-page')) return [];
  if (page.length > 1 && claim(request, 'clamped-page')) return page.slice(0, Math.ceil(page.length / 2));
  if (offset > 0 && claim(request, 'duplicate-page')) return rows.slice(Math.max(0, offset - limit), offset);
  return page;
}

/** A number of a query, or the default where it is missing or no whole number. */
export function wholeNumber(value: unknown, fallback: number): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : fallback;
  return Number.isInteger(number) ? number : fallback;
}
