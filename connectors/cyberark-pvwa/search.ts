import type { Account } from '../../domain/account';
import { matchesAmong, sameText, type CorrelationKeys, type Search } from '../../domain/correlation';
import type { Call, Page, PageToken } from '../connector';
import { positionOf, type ListingPosition } from '../http';
import type { Client } from './client';
import type { Context } from './context';
import { isAbridged, toAccount, type User } from './mapping';

/**
 * Searches for each user name and compares exactly: the vendor's search is "contains" over several names, so a longer
 * one may come first and the wanted one on a later page. User names are unique in a vault, so a search ends at its hit.
 */
export async function findAccounts(context: Context, keys: CorrelationKeys, call: Call): Promise<Search> {
  const hits = await Promise.all(keys.username.map((username) => findUser(context, username, 'find account', call)));
  const users = new Map<string, User>();
  for (const user of hits) if (user !== undefined) users.set(String(user.id), user);
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
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const { items, nextPosition }: Awaited<ReturnType<Client['users']>> = await context.client.users(
      { position, term: username, operation },
      call,
    );
    const hit = items.find((user) => sameText(user.username, username));
    if (hit !== undefined) return hit;
    position = nextPosition;
  }
  return undefined;
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
