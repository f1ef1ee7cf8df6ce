import { createHash } from 'node:crypto';
import type { Page, PageToken } from '../connector';
import { VendorAnswerInvalid } from '../errors';

/** One page as the vendor gave it; `total` is a hint that may be missing. */
export interface ListingRows<T> {
  readonly rows: readonly T[];
  readonly total?: number;
}

/** Where a listing by offset stands: different rows received so far, and what the page before held. */
export interface ListingPosition {
  readonly offset: number;
  readonly previousFirst?: string;
  /** After the first page only: a fingerprint of its ids. */
  readonly firstPage?: string;
}
export const startOfListing: ListingPosition = { offset: 0 };

interface Listing<T> {
  readonly target: string;
  readonly operation: string;
  readonly idOf: (row: T) => string;
  /** Rows asked for at a time; the vendor may give fewer. */
  readonly pageSize: number;
  /** Pages after which a listing without an end is given up; default 10,000. */
  readonly pageCap?: number;
}

/** What APIs send when nobody asks for a page size: a repeated page of such a length may be the first of many. */
const usualPages: readonly number[] = [10, 20, 25, 30, 50, 100, 200, 250, 500, 1000];

/**
 * What follows a page, whose rows come back each once. Offsets advance by different rows received: vendors clamp pages,
 * and one that joins tables may repeat a row in a page. A page that repeats, an empty one where the total promises more,
 * and a listing without end throw: a short listing must never pass for a whole one (it would look like mass leavers).
 * Without a total an empty page ends it, or the sign that paging is ignored and the first page was everything: more rows
 * than asked for, or the same ones again.
 */
export function listingPage<T>(
  position: ListingPosition,
  { rows, total }: ListingRows<T>,
  listing: Listing<T>,
): Page<T> & { readonly nextPosition?: ListingPosition } {
  const byId = eachOnce(rows, listing);
  const received = position.offset + byId.size;
  const page = { items: [...byId.values()], ...(total !== undefined && { total }) };
  const [first] = byId.keys();
  if (first === undefined) {
    if (total === undefined || received >= total) return page;
    throw short(listing, `it stops at ${String(received)} of ${String(total)} rows`);
  }
  const isFirstAgain = position.firstPage !== undefined && position.firstPage === fingerprintOf(byId.keys());
  if (isFirstAgain && total === undefined && isEverything(byId.size, listing)) return { items: [] };
  if (isFirstAgain || first === position.previousFirst)
    throw short(listing, `the page after ${String(position.offset)} rows repeats`);
  if (position.offset > capOf(listing)) throw short(listing, `it has no end after ${String(received)} rows`);
  if (total === undefined ? byId.size > listing.pageSize : received >= total) return page;
  const nextPosition = {
    ...{ offset: received, previousFirst: first },
    ...(position.offset === 0 && { firstPage: fingerprintOf(byId.keys()) }),
  };
  return { ...page, next: tokenOf(nextPosition), nextPosition };
}

/**
 * All rows, each once. Where fewer different ones than the vendor's own total arrived, since rows that shift between
 * pages repeat one and hide another, it goes on behind those that are known; when that brings nothing new it throws
 * `VendorAnswerInvalid`.
 */
export async function listWhole<T>(
  fetch: (position: ListingPosition) => Promise<ListingRows<T>>,
  listing: Listing<T>,
): Promise<readonly T[]> {
  const byId = new Map<string, T>();
  let total: number | undefined;
  const take = async (from: ListingPosition): Promise<ListingRows<T>> => {
    const page = await fetch(from);
    total = page.total ?? total;
    return page;
  };
  const keep = (rows: readonly T[]): void => {
    for (const [id, row] of eachOnce(rows, listing)) if (!byId.has(id)) byId.set(id, row);
  };
  let position: ListingPosition | undefined = startOfListing;
  while (position !== undefined) {
    const { items, nextPosition }: ReturnType<typeof listingPage<T>> = listingPage(
      position,
      await take(position),
      listing,
    );
    keep(items);
    position = nextPosition;
  }
  let known = -1;
  while (byId.size < (total ?? 0) && byId.size > known && byId.size <= capOf(listing)) {
    known = byId.size;
    keep((await take({ offset: known })).rows);
  }
  if (byId.size < (total ?? 0))
    throw short(listing, `${String(byId.size)} different rows arrived where ${String(total)} were promised`);
  return [...byId.values()];
}

export function tokenOf({ offset, previousFirst, firstPage }: ListingPosition): PageToken {
  return JSON.stringify([offset, previousFirst ?? null, ...(firstPage === undefined ? [] : [firstPage])]);
}

export function positionOf(token: PageToken | undefined): ListingPosition {
  if (token === undefined) return startOfListing;
  const [offset, previousFirst, firstPage] = JSON.parse(token) as [number, string | null, string?];
  return { offset, ...(previousFirst !== null && { previousFirst }), ...(firstPage !== undefined && { firstPage }) };
}

function eachOnce<T>(rows: readonly T[], { idOf }: Listing<T>): ReadonlyMap<string, T> {
  const byId = new Map<string, T>();
  for (const row of rows) if (!byId.has(idOf(row))) byId.set(idOf(row), row);
  return byId;
}

function capOf<T>({ pageCap = 10_000, pageSize }: Listing<T>): number {
  return pageCap * pageSize;
}

/** A full page, or one of a usual length, may be cut by a server that reads the limit, or neither limit nor offset. */
function isEverything<T>(count: number, { pageSize }: Listing<T>): boolean {
  return count < pageSize && !usualPages.includes(count);
}

function fingerprintOf(ids: Iterable<string>): string {
  return createHash('sha256')
    .update(JSON.stringify([...ids].sort()))
    .digest('base64url')
    .slice(0, 22);
}

function short({ target, operation }: { target: string; operation: string }, why: string): VendorAnswerInvalid {
  return new VendorAnswerInvalid(`the listing is not whole: ${why}; it is asked for again`, { target, operation });
}
