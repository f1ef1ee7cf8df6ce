import type { PageToken } from '../connector';
import type { Rows } from './client';

/** Where a listing stands: rows received so far, and the first id of the page before, which shows a page that repeats. */
interface Position {
  readonly offset: number;
  readonly previousFirst?: string;
}

export type Step = { readonly next?: PageToken } | { readonly stuck: string };

export function positionOf(after: PageToken | undefined): Position {
  if (after === undefined) return { offset: 0 };
  const [offset, previousFirst] = after.split(' ');
  return { offset: Number(offset), ...(previousFirst !== undefined && { previousFirst }) };
}

/**
 * What comes after a page. Advances by rows received, not by rows asked for (the vendor's maximum is undocumented and
 * may clamp); a page that repeats, or an empty one where the total promises more, is `stuck` and never a short listing.
 * Without a total, a page longer than asked for ends the listing: a deployment that ignores offset and limit sends
 * everything at once (vendor-apis 2.3). `documentsPaging`: the call is known to page, so a short page proves nothing.
 */
export function stepAfter({
  position,
  page: { rows, total },
  pageSize,
  documentsPaging,
}: {
  readonly position: Position;
  readonly page: Rows<{ readonly id: number | string }>;
  readonly pageSize: number;
  readonly documentsPaging: boolean;
}): Step {
  const first = rows[0] === undefined ? undefined : String(rows[0].id);
  const received = position.offset + rows.length;
  if (first === undefined)
    return total !== undefined && received < total
      ? { stuck: `the listing stops at ${String(received)} of ${String(total)} rows` }
      : {};
  if (first === position.previousFirst) return { stuck: `the page at offset ${String(position.offset)} repeats` };
  const isWhole = total === undefined ? endsWithoutTotal(rows.length) : received >= total;
  return isWhole ? {} : { next: `${String(received)} ${first}` };

  function endsWithoutTotal(count: number): boolean {
    return count > pageSize || (!documentsPaging && count < pageSize);
  }
}
