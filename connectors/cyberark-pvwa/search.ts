import type { Account } from '../../domain/account';
import { matchedBy, matchesAmong, sameText, type CorrelationKeys, type Search } from '../../domain/correlation';
import type { Call, Page, PageToken } from '../connector';
import { ConnectorError } from '../errors';
import { positionOf, type ListingPosition } from '../http';
import type { AskUsers, Client } from './client';
import type { Context } from './context';
import { isAbridged, toAccount, type User } from './mapping';
import { isCarried } from './wire';

/**
 * Searches for each user name and compares exactly: the vendor's search is "contains" over several names, so a longer
 * one may come first and the wanted one on a later page. User names are unique in a vault, so a search ends at its hit.
 * Of the rows that it read on the way, each that another key names is taken as well, such as a second account that has
 * the person's e-mail address.
 */
export async function findAccounts(context: Context, keys: CorrelationKeys, call: Call): Promise<Search> {
  const isNamed = (row: User) => matchedBy(toAccount(row, context.options), keys).length > 0;
  const ask = { isWanted: isNamed, operation: 'find account' };
  const hits = await Promise.all(keys.username.map((username) => rowsFor(context, username, ask, call)));
  const users = new Map(hits.flat().map((user) => [String(user.id), user]));
  const accounts = await Promise.all([...users.values()].map((user) => wholeAccount(context, user, call)));
  return {
    found: matchesAmong(
      accounts.filter((account) => account !== undefined),
      keys,
    ),
    tried: keys.username.map((username) => `username=${username}`),
    notSearchable: (['externalId', 'email'] as const).filter((name) => keys[name].length > 0),
  };
}

export async function findUser(
  context: Context,
  username: string,
  operation: string,
  call: Call,
): Promise<User | undefined> {
  const isWanted = (row: User) => sameText(row.username, username);
  const [hit] = await rowsFor(context, username, { isWanted, operation }, call);
  return hit;
}

interface Wanted {
  readonly isWanted: (row: User) => boolean;
  readonly operation: string;
}

/**
 * Wanted rows as far as the user of this name, or all of them. A name that went out in part only, and found nobody, goes
 * out whole: some versions compare the beginning of a name, and no part but the first can find it there.
 */
async function rowsFor(context: Context, username: string, wanted: Wanted, call: Call): Promise<readonly User[]> {
  const rows = await rowsRead(context, { term: username }, { ...wanted, username }, call);
  if (isCarried(username) || rows.some((row) => sameText(row.username, username))) return rows;
  try {
    return [...rows, ...(await rowsRead(context, { term: username, isWhole: true }, { ...wanted, username }, call))];
  } catch (error) {
    // Just what is to be expected of a vault that does not take such a name in a URL (vendor-apis 4.2).
    const { status = 0 } = error instanceof ConnectorError ? error.context : {};
    if ([400, 403, 404, 500].includes(status)) return rows;
    throw error;
  }
}

async function rowsRead(
  context: Context,
  term: Pick<AskUsers, 'term' | 'isWhole'>,
  { username, isWanted, operation }: Wanted & { readonly username: string },
  call: Call,
): Promise<readonly User[]> {
  const rows: User[] = [];
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const { items, nextPosition }: Awaited<ReturnType<Client['users']>> = await context.client.users(
      { ...term, position, operation },
      call,
    );
    rows.push(...items.filter(isWanted));
    if (items.some((row) => sameText(row.username, username))) return rows;
    position = nextPosition;
  }
  return rows;
}

export async function listAccounts(context: Context, after: PageToken | undefined, call: Call): Promise<Page<Account>> {
  const ask = { position: positionOf(after), operation: 'list accounts' };
  const { items, next, total } = await context.client.users(ask, call);
  return {
    items: items.map((user) => toAccount(user, context.options)),
    ...(next !== undefined && { next }),
    ...(total !== undefined && { total }),
  };
}

/** A row that shows less is read by id; undefined when the user went away meanwhile. */
async function wholeAccount(context: Context, row: User, call: Call): Promise<Account | undefined> {
  if (!isAbridged(row)) return toAccount(row, context.options);
  const user = await context.client.user(row, 'find account', call);
  return user === undefined ? undefined : context.memory.accountOf(user, call);
}
