import type { Account, Entitlement } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { Call } from '../connector';
import { ConnectorError, Unobservable } from '../errors';
import { listingPage, positionOf, type ListingPosition } from '../http';
import { where, type Context } from './context';
import { listing } from './finding';
import { groupsOf, rolesOf, toAccount, type User } from './mapping';

const operation = 'list members';

/**
 * Groups are read on the tenant's SCIM surface where the target has one and it answers. Else, and for roles always, the
 * users are read page after page, and one whose row does not show what it holds by its id: Delinea publishes no list of
 * members.
 */
export async function* holdersOf(context: Context, entitlement: Entitlement, call: Call): AsyncIterable<Account> {
  const listed = entitlement.kind === 'group' ? await onScimIfItAnswers(context, entitlement, call) : undefined;
  if (listed !== undefined) yield* listed;
  else yield* amongUsers(context, entitlement, call);
}

/** A SCIM surface that is down or refuses its token must not hold up a disable: the REST records show groups as well. */
async function onScimIfItAnswers(context: Context, entitlement: Entitlement, call: Call) {
  try {
    return await onScim(context, entitlement, call);
  } catch (error) {
    if (!(error instanceof ConnectorError) || call.signal.aborted) throw error;
    return undefined;
  }
}

/** The same group on the SCIM surface, by id, else by name; undefined where there is no such surface or group. */
async function onScim({ scim }: Context, { id, name }: Entitlement, call: Call) {
  if (scim === undefined) return undefined;
  const { connector } = scim;
  let byName: Entitlement | undefined;
  let after: string | undefined;
  do {
    const page = await connector.listEntitlements(after, call);
    const byId = page.items.find((one) => one.id === id);
    if (byId !== undefined) return connector.members?.of(byId, call);
    byName ??= page.items.find((one) => sameText(one.name, name));
    after = page.next;
  } while (after !== undefined);
  return byName && connector.members?.of(byName, call);
}

async function* amongUsers(context: Context, entitlement: Entitlement, call: Call): AsyncIterable<Account> {
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const rows = await context.client.listUsers({ skip: position.offset, operation }, call);
    const page: ReturnType<typeof listingPage<User>> = listingPage(position, rows, listing<User>(context, operation));
    for (const row of page.items) {
      if (row.active === false) continue;
      const isWhole = heldBy(row, entitlement) !== undefined;
      const user = isWhole ? row : await context.client.getUser(row.id, operation, call);
      if (user !== undefined && user.active !== false && holds(context, user, entitlement)) yield toAccount(user);
    }
    position = page.nextPosition;
  }
}

function holds(context: Context, user: User, { kind, id, name }: Entitlement): boolean {
  const held = heldBy(user, { kind, id });
  if (held === undefined)
    throw new Unobservable(
      `account ${user.id}: the answer does not show ${kind}s; let the API client read them`,
      where(context, operation),
    );
  return held.some((one) => one.id === id || (kind === 'group' && sameText(one.name, name)));
}

/** Undefined: the answer does not show them. */
function heldBy(user: User, { kind }: Pick<Entitlement, 'kind' | 'id'>): readonly Entitlement[] | undefined {
  if (kind === 'group') return groupsOf(user)?.map(({ entitlement }) => entitlement);
  return rolesOf(user)?.map((role) => ({ kind, id: role, name: role }));
}
