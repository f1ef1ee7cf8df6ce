import type { Account, Entitlement } from '../../domain/account';
import type { Call } from '../connector';
import { Unobservable, VendorRejected } from '../errors';
import { listingPage, positionOf, type ListingPosition } from '../http';
import { where, type Context } from './context';
import { toAccount } from './mapping';
import { groupListing } from './membership';
import { readUser } from './user';
import type { Group } from './wire';

const operation = 'list members';

/**
 * The members of one group, each read by its id: a group's list shows no state. Groups inside the group are not followed,
 * so that whoever is a member through one is not counted.
 */
export async function* holdersOf(
  context: Context,
  { kind, id, name }: Entitlement,
  call: Call,
): AsyncIterable<Account> {
  if (kind !== 'group')
    throw new VendorRejected(`SCIM has groups, no ${kind} ${name ?? id}`, where(context, operation));
  const group = await groupWith(context, id, call);
  if (group === undefined) return;
  for (const { value, type } of membersOf(context, group)) {
    if (type?.toLowerCase() === 'group') continue;
    const user = await readUser(context, value, operation, call);
    if (user !== undefined && user.active !== false) yield toAccount(user, context.quirks);
  }
}

/** Not every vendor lists `GET /Groups/{id}`, so the listing is read as far as the group. */
async function groupWith(context: Context, id: string, call: Call): Promise<Group | undefined> {
  const listing = groupListing(context, operation);
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const page: ReturnType<typeof listingPage<Group>> = listingPage(
      position,
      await context.client.groups(position.offset, call),
      listing,
    );
    const found = page.items.find((group) => group.id === id);
    if (found !== undefined) return found;
    position = page.nextPosition;
  }
  return undefined;
}

function membersOf(context: Context, group: Group): NonNullable<Group['members']> {
  if (group.members !== undefined) return group.members;
  if (context.quirks.omittedMembers === 'none') return [];
  throw new Unobservable(
    `group ${group.displayname ?? group.id} does not show its members; let the token read them`,
    where(context, operation),
  );
}
