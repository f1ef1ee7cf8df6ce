import type { Account } from '../../domain/account';
import {
  matchedBy,
  matchesAmong,
  sameText,
  spellingsOf,
  type CorrelationKeys,
  type Search,
} from '../../domain/correlation';
import type { Call, Page, PageToken } from '../connector';
import { listingPage, listWhole, positionOf, type ListingRows } from '../http';
import type { Context } from './context';
import { isAbridged, toAccount, type User } from './mapping';

/**
 * Asks for each user name and compares the rows here: some versions of the platform ignore the filter and answer with
 * everybody (vendor-apis 5.1). When such an answer has more than one page, everybody is read and no further question is
 * asked. A row that shows less than a whole user is asked for by id.
 */
export async function findAccounts(context: Context, keys: CorrelationKeys, call: Call): Promise<Search> {
  const candidates = new Map<string, User>();
  for (const username of keys.username) {
    const rows = await filtered(context, username, call);
    for (const row of rows ?? (await everybody(context, keys, call))) candidates.set(row.id, row);
    if (rows === undefined) break;
  }
  const accounts: Account[] = [];
  for (const row of candidates.values()) {
    if (matchedBy(toAccount(row), keys).length === 0) continue;
    const whole = isAbridged(row) ? await context.client.getUser(row.id, 'find account', call) : row;
    if (whole !== undefined) accounts.push(context.reads.keep(whole, call));
  }
  return {
    found: matchesAmong(accounts, keys),
    tried: keys.username.map((username) => `username=${username}`),
    notSearchable: (['externalId', 'email'] as const).filter((name) => keys[name].length > 0),
  };
}

/**
 * Undefined: the filter cannot be relied on for this name, so only reading everybody proves anything. The filter may tell
 * apart spellings that are one name to the log-on.
 */
async function filtered(context: Context, username: string, call: Call): Promise<readonly User[] | undefined> {
  // How the vendor escapes a quote inside its quotes is not documented.
  if (/['\\]/.test(username)) return undefined;
  let rows: readonly User[] = [];
  for (const spelling of spellingsOf(username)) {
    const page = await context.client.findUsers(`userName eq '${spelling}'`, call);
    if (page === 'unsupported' || mayHaveMore(context, page, username)) return undefined;
    ({ rows } = page);
    if (rows.some((row) => sameText(row.userName, username))) break;
  }
  return rows;
}

/** Without a total a full page tells it, or a stranger: the filter was ignored, and the page may have been cut shorter. */
function mayHaveMore({ options }: Context, { rows, total }: ListingRows<User>, username: string): boolean {
  if (total !== undefined) return rows.length < total;
  return rows.length >= options.pageSize || rows.some((row) => !sameText(row.userName, username));
}

/** Every row, each once; of strangers only the id is kept. Throws rather than stop short (connectors/http). */
async function everybody(context: Context, keys: CorrelationKeys, call: Call): Promise<readonly User[]> {
  const operation = 'find account';
  const rows = await listWhole(
    async ({ offset: skip }) => {
      const page = await context.client.listUsers({ skip, operation }, call);
      const slim = page.rows.map((user) =>
        matchedBy(toAccount(user), keys).length > 0 ? { id: user.id, user } : { id: user.id },
      );
      return { ...page, rows: slim };
    },
    listing(context, operation),
  );
  return rows.flatMap(({ user }) => user ?? []);
}

export async function listAccounts(context: Context, after: PageToken | undefined, call: Call): Promise<Page<Account>> {
  const operation = 'list accounts';
  const position = positionOf(after);
  const rows = await context.client.listUsers({ skip: position.offset, operation }, call);
  const { nextPosition: _shownAsToken, ...page } = listingPage(position, rows, listing<User>(context, operation));
  return { ...page, items: page.items.map(toAccount) };
}

export function listing<T extends { readonly id: string }>(context: Context, operation: string) {
  return {
    ...{ target: context.target.id, operation, pageSize: context.options.pageSize },
    idOf: ({ id }: T) => id,
  };
}
