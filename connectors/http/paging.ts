import type { Page, PageToken } from '../connector';
import { VendorAnswerInvalid } from '../errors';

/** One page as the vendor gave it; `total` is a hint that may be missing. */
export interface ListingRows<T> {
  readonly rows: readonly T[];
  readonly total?: number;
}

/** Where a listing by offset stands: rows received so far, and the first id of the page before. */
export interface ListingPosition {
  readonly offset: number;
  readonly previousFirst?: string;
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

/**
 * What follows a page. Offsets advance by rows received, since vendors clamp. A page that repeats, an empty one where the
 * total promises more, and a listing without end throw: a short listing must never pass for a whole one (it would
 * look like mass leavers). Without a total, only an empty page ends it, or one longer than asked for (paging ignored).
 */
export function listingPage<T>(
  position: ListingPosition,
  { rows, total }: ListingRows<T>,
  listing: Listing<T>,
): Page<T> & { readonly nextPosition?: ListingPosition } {
  const { idOf, pageSize, pageCap = 10_000 } = listing;
  const received = position.offset + rows.length;
  const hint = total === undefined ? {} : { total };
  const first = rows[0] === undefined ? undefined : idOf(rows[0]);
  if (first === undefined) {
    if (total === undefined || received >= total) return { items: rows, ...hint };
    throw short(listing, `it stops at ${String(received)} of ${String(total)} rows`);
  }
  if (first === position.previousFirst) throw short(listing, `the page after ${String(position.offset)} rows repeats`);
  if (position.offset > pageCap * pageSize) throw short(listing, `it has no end after ${String(received)} rows`);
  if (total === undefined ? rows.length > pageSize : received >= total) return { items: rows, ...hint };
  const nextPosition = { offset: received, previousFirst: first };
  return { items: rows, ...hint, next: tokenOf(nextPosition), nextPosition };
}

/**
 * All rows, each once. Throws `VendorAnswerInvalid` when fewer different rows than the vendor's own total arrived, since
 * rows that shift between pages repeat one and hide another.
 */
export async function listWhole<T>(
  fetch: (position: ListingPosition) => Promise<ListingRows<T>>,
  listing: Listing<T>,
): Promise<readonly T[]> {
  const byId = new Map<string, T>();
  let total: number | undefined;
  let position: ListingPosition | undefined = startOfListing;
  while (position !== undefined) {
    const page = await fetch(position);
    total = page.total ?? total;
    const { items, nextPosition }: ReturnType<typeof listingPage<T>> = listingPage(position, page, listing);
    for (const row of items) if (!byId.has(listing.idOf(row))) byId.set(listing.idOf(row), row);
    position = nextPosition;
  }
  if (total !== undefined && byId.size < total) {
    throw short(listing, `${String(byId.size)} different rows arrived where ${String(total)} were promised`);
  }
  return [...byId.values()];
}

export function tokenOf({ offset, previousFirst }: ListingPosition): PageToken {
  return JSON.stringify([offset, previousFirst ?? null]);
}

export function positionOf(token: PageToken | undefined): ListingPosition {
  if (token === undefined) return startOfListing;
  const [offset, previousFirst] = JSON.parse(token) as [number, string | null];
  return { offset, ...(previousFirst !== null && { previousFirst }) };
}

function short({ target, operation }: { target: string; operation: string }, why: string): VendorAnswerInvalid {
  return new VendorAnswerInvalid(`the listing is not whole: ${why}; it is asked for again`, { target, operation });
}
