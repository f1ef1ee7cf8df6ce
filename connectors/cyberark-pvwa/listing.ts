import type { z } from 'zod';
import type { Page } from '../connector';
import { VendorAnswerInvalid } from '../errors';
import type { ListingRows } from '../http';
import type { Group, groupsSchema, Safe, safesSchema } from './mapping';
import type { Options } from './option';

/**
 * A page exactly as long as asked for, whose total says the same, does not tell whether more follows: that total may count
 * the page alone. It is left out then, and the listing ends at an empty page.
 */
export function rowsOf<T>(rows: readonly T[], total: number | null | undefined, pageSize: number): ListingRows<T> {
  const isAmbiguous = rows.length === pageSize && total === rows.length;
  return { rows, ...(typeof total === 'number' && !isAmbiguous && { total }) };
}

interface Where {
  readonly target: string;
  readonly operation: string;
}

/** A listing without paging is whole, or its own total says that it is not. */
export function wholeAtOnce<T>(items: readonly T[], total: number | null | undefined, where: Where): Page<T> {
  if (typeof total !== 'number') return { items };
  if (items.length < total)
    throw short(where, `it holds ${String(items.length)} of ${String(total)} rows; check options.paging`);
  return { items, total };
}

/** Groups come page by page through `nextLink`, of which the query alone is followed, or by offset where there is none. */
export function groupPage(
  { value, count, nextLink }: z.output<typeof groupsSchema>,
  after: string | undefined,
  { targetId, options }: { readonly targetId: string; readonly options: Pick<Options, 'paging'> },
): Page<Group> {
  const where = { target: targetId, operation: 'list groups' };
  const page = { items: value, ...(typeof count === 'number' && { total: count }) };
  if (typeof nextLink === 'string' && nextLink !== '') {
    const next = nextLink.includes('?') ? nextLink.slice(nextLink.indexOf('?')) : '';
    if (next === '' || next === after || value.length === 0)
      throw short(where, `its nextLink does not lead on from ${after ?? 'the first page'}`);
    return { ...page, next };
  }
  const offset = Number(new URLSearchParams(after ?? '').get('offset') ?? 0);
  const received = offset + value.length;
  if (typeof count !== 'number' || received >= count) return page;
  if (value.length === 0 || options.paging === 'none')
    throw short(where, `it stops at ${String(received)} of ${String(count)} rows`);
  return { ...page, next: `?offset=${String(received)}` };
}

export function wholeSafes({ value, count, nextLink }: z.output<typeof safesSchema>, target: string): readonly Safe[] {
  const isShort = (typeof count === 'number' && count > value.length) || (nextLink ?? '') !== '';
  if (isShort)
    throw short({ target, operation: 'list safes' }, `it holds only ${String(value.length)} safes of the user`);
  return value;
}

function short(where: Where, why: string): VendorAnswerInvalid {
  return new VendorAnswerInvalid(`the listing is not whole: ${why}`, where);
}
