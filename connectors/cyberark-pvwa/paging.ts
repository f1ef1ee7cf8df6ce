/** One page as the vendor gave it; `total` is a hint that may be missing. */
export interface Rows<T> {
  readonly rows: readonly T[];
  readonly total?: number;
}

/** Where a listing stands: rows received so far, and the first id of the page before, which shows a page that repeats. */
export interface Position {
  readonly offset: number;
  readonly previousFirst?: string;
}

export const start: Position = { offset: 0 };

export type Step = { readonly next?: Position } | { readonly stuck: string };

/**
 * What comes after a page. Offsets advance by rows received, since the vendor's maximum is undocumented and may clamp.
 * A page that repeats, or an empty one where the total promises more, is `stuck`: a short listing must never pass for a
 * whole one. A first page exactly as long as asked for, whose total says the same, is followed by one more question,
 * because that total may count the page alone.
 */
export function stepAfter<T>(
  { offset, previousFirst }: Position,
  { rows, total }: Rows<T>,
  { idOf, pageSize }: { readonly idOf: (row: T) => string; readonly pageSize: number },
): Step {
  const received = offset + rows.length;
  const [row] = rows;
  if (row === undefined)
    return total !== undefined && received < total
      ? { stuck: `the listing stops at ${String(received)} of ${String(total)} rows` }
      : {};
  const first = idOf(row);
  if (first === previousFirst) return { stuck: `the page at offset ${String(offset)} repeats the one before` };
  const isWhole =
    total === undefined
      ? rows.length > pageSize
      : received >= total && !(rows.length === pageSize && total === rows.length);
  return isWhole ? {} : { next: { offset: received, previousFirst: first } };
}

/** A listing that comes at once: it is whole, or its own total says that it is not. */
export function wholeAtOnce<T>({ rows, total }: Rows<T>): Step {
  return total !== undefined && rows.length < total
    ? { stuck: `the listing holds ${String(rows.length)} of ${String(total)} rows` }
    : {};
}

export function tokenOf({ offset, previousFirst }: Position): string {
  return JSON.stringify([offset, previousFirst ?? null]);
}

export function positionOf(token: string | undefined): Position {
  if (token === undefined) return start;
  const [offset, previousFirst] = JSON.parse(token) as [number, string | null];
  return { offset, ...(previousFirst !== null && { previousFirst }) };
}
