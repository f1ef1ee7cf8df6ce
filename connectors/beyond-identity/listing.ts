import { VendorAnswerInvalid } from '../errors';

interface Pages<P> {
  readonly target: string;
  readonly operation: string;
  readonly fetch: (token: string | undefined) => Promise<P>;
  readonly nextOf: (page: P) => string | undefined;
  /** The lists in a page, and how many rows the vendor promises of each. */
  readonly counts: (
    page: P,
  ) => readonly { readonly ids: readonly string[]; readonly total: number | null | undefined }[];
}

/**
 * Follows page tokens to the end. Lists are unordered, so rows are told apart by id; a token that comes back, or fewer
 * rows than promised, throws: a short list of passkeys or groups would look like a clean account.
 */
export async function* allPages<P>({ target, operation, fetch, nextOf, counts }: Pages<P>): AsyncIterable<P> {
  const seen: Set<string>[] = [];
  const seenTokens = new Set<string>();
  let token: string | undefined;
  let page: P;
  do {
    page = await fetch(token);
    counts(page).forEach(({ ids }, list) => {
      const known = (seen[list] ??= new Set());
      for (const id of ids) known.add(id);
    });
    yield page;
    token = nextOf(page);
    if (token !== undefined && seenTokens.has(token))
      throw new VendorAnswerInvalid('the page token repeats', { target, operation });
    if (token !== undefined) seenTokens.add(token);
  } while (token !== undefined);
  counts(page).forEach(({ total }, list) => {
    const size = seen[list]?.size ?? 0;
    if (size < (total ?? 0))
      throw new VendorAnswerInvalid(`the listing ends at ${String(size)} of ${String(total)} rows`, {
        ...{ target, operation },
      });
  });
}
