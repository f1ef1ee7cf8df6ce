import type { Account, Entitlement } from '../../domain/account';
import type { Call } from '../connector';
import { VendorRejected } from '../errors';
import { listingPage, positionOf, type ListingPosition } from '../http';
import { readUser } from './account';
import { listingOf, where, type Context } from './context';
import { toAccount, type User } from './mapping';
import { membershipsOf } from './membership';

const operation = 'list members';

/**
 * Seed 000 lists no members of a group, only users with their memberships: so the users are read, page after page, and one
 * whose row does not show them by its id. Disabled users are passed over before that.
 */
export async function* holdersOf(
  context: Context,
  { kind, id, name }: Entitlement,
  call: Call,
): AsyncIterable<Account> {
  if (kind !== 'group')
    throw new VendorRejected(`this API has groups, no ${kind} ${name ?? id}`, where(context, operation));
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const rows = await context.client.listUsers(position.offset, call);
    const page: ReturnType<typeof listingPage<User>> = listingPage(position, rows, listingOf(context, operation));
    for (const row of page.items) {
      if (row.enabled === false) continue;
      const user = row.group_memberships === undefined ? await readUser(context, String(row.id), operation, call) : row;
      if (user === undefined || user.enabled === false) continue;
      if (membershipsOf(context, user, operation).includes(id)) yield toAccount(user, context.options);
    }
    position = page.nextPosition;
  }
}
