import { pathOf, type ListingPosition } from '../http';
import type { Member } from './client';
import type { Options } from './option';

type Query = Readonly<Record<string, string | number | boolean>>;

/** Which page of `GET /Users`; without paging the vault sends the whole list. */
export function userQuery(
  { offset }: ListingPosition,
  options: Pick<Options, 'paging' | 'pageSize' | 'extendedDetails'>,
): Query {
  const details = options.extendedDetails ? { ExtendedDetails: true } : {};
  if (options.paging === 'none') return details;
  if (options.paging === 'pageOffset') return { ...details, pageSize: options.pageSize, pageOffset: offset };
  return { ...details, limit: options.pageSize, offset };
}

/**
 * PVWA does not take `+`, `&` and `%` in URL values (vendor-apis 4.2). A "contains" search can do without: the longest
 * part that holds none of them finds the same user and a few more. A filter cannot, so a search takes its place.
 */
export function searchQuery(term: string, options: Pick<Options, 'findBy' | 'searchParam'>): Query {
  if (options.findBy === 'filter' && isCarried(term)) return { filter: `userName eq ${term}` };
  const longest = term.split(/[+&%]/).reduce((best, part) => (part.length > best.length ? part : best), '');
  return longest === '' ? {} : { [options.searchParam]: longest };
}

export function wholeSearch(term: string, { searchParam }: Pick<Options, 'searchParam'>): Query {
  return { [searchParam]: term };
}

export function isCarried(value: string): boolean {
  return !/[+&%]/.test(value);
}

export function memberPath(
  group: string,
  member: Member,
  options: Pick<Options, 'memberRef' | 'memberRemove'>,
): string {
  const ref = options.memberRef === 'id' ? member.id : member.username;
  const slash = options.memberRemove === 'trailing-slash' ? '/' : '';
  return pathOf`/UserGroups/${group}/Members/${ref}` + slash;
}

/** Groups come without a limit of ours: the vendor pages by `nextLink`, or by offset where it sends none. */
export function groupQuery(after: string | undefined, options: Pick<Options, 'paging' | 'pageSize'>): Query {
  if (after === undefined) return options.paging === 'none' ? {} : { limit: options.pageSize, offset: 0 };
  const given = Object.fromEntries(new URLSearchParams(after));
  return options.paging === 'none' ? given : { limit: options.pageSize, ...given };
}
