import type { Account, Entitlement, Owned } from '../../domain/account';
import type { Call } from '../connector';
import { Unobservable } from '../errors';
import { where, type Context } from './context';
import { toAccount, type Group } from './mapping';

const operation = 'list members';

/** The members that the vault lists with a group, each read by its number: the list shows no state. */
export async function* holdersOf(context: Context, entitlement: Entitlement, call: Call): AsyncIterable<Account> {
  const { kind, id, name } = entitlement;
  if (kind !== 'group')
    throw new Unobservable(`members of ${kind} ${name ?? id} are not listed`, where(context, operation));
  const group = await groupWith(context, id, call);
  if (group === undefined) return;
  if (group.members == null)
    throw new Unobservable(
      `the vault does not show the members of ${group.groupName ?? id}`,
      where(context, operation),
    );
  for (const member of group.members) {
    const user = await context.client.user(member, operation, call);
    if (user !== undefined && user.enableUser !== false) yield toAccount(user, context.options);
  }
}

/**
 * The safes that named the user directly. Who else may manage one is not in the list of a user's safes, so each is handed
 * over: a safe without a manager can be opened by nobody but the vault's own administrators.
 */
export function safesOf({ grants = [] }: Account): readonly Owned[] {
  return grants
    .filter(({ entitlement }) => entitlement.kind === 'safe')
    .map(({ entitlement: { kind, id, name } }) => ({
      ...{ kind, id, ...(name !== undefined && { name }) },
      advice: 'named the user directly: see that somebody else manages it and its accounts',
    }));
}

/** A group by its number is an endpoint of newer versions only, so the listing is read as far as the group. */
async function groupWith(context: Context, id: string, call: Call): Promise<Group | undefined> {
  let after: string | undefined;
  do {
    const page = await context.client.groupsWithMembers(after, call);
    const found = page.items.find((group) => String(group.id) === id);
    if (found !== undefined) return found;
    after = page.next;
  } while (after !== undefined);
  return undefined;
}
