import type { Account, Entitlement, Grant } from '../../domain/account';
import type { Call, Change, Page, PageToken, Revoked } from '../connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../errors';
import { listingPage, positionOf, type ListingPosition } from '../http';
import { readUser, replaceUser } from './account';
import { listingOf, where, type Context } from './context';
import { membershipsWithout, toAccount, toGrants, toGroup, type Group, type GroupNames, type User } from './mapping';

const removing = 'remove from groups';

export async function listAccounts(context: Context, after: PageToken | undefined, call: Call): Promise<Page<Account>> {
  const position = positionOf(after);
  const page = await context.client.listUsers(position.offset, call);
  const { nextPosition: _next, items, ...rest } = listingPage(position, page, listingOf(context, 'list accounts'));
  return { ...rest, items: items.map((user) => context.reads.keep(user, call)) };
}

export async function listEntitlements(
  context: Context,
  after: PageToken | undefined,
  call: Call,
): Promise<Page<Entitlement>> {
  const page = await groupPage(context, positionOf(after), call);
  const { nextPosition: _next, items, ...rest } = page;
  return { ...rest, items: items.map(({ id, name }) => toGroup(String(id), name)) };
}

/** A user that is gone holds nothing; memberships that the answer does not show are `Unobservable`, never none. */
export async function listGrants(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const user = context.reads.recall(account, call) ?? (await readUser(context, account.id, 'list grants', call));
  if (user === undefined) return [];
  const isMember = membershipsOf(context, user, 'list grants').length > 0;
  return toGrants(user, isMember ? await groupNames(context, call) : undefined) ?? [];
}

/** Reads back: the vendor's reply alone proves nothing. */
export async function grant(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<Change> {
  const operation = 'add to group';
  if (wanted.kind !== 'group')
    throw new VendorRejected(`this API grants groups only, not ${wanted.kind} ${wanted.id}`, where(context, operation));
  context.reads.writing(call);
  const { already } = await context.client.addMember(wanted.id, account.id, call);
  const user = await readUser(context, account.id, operation, call);
  if (user === undefined)
    throw new VendorConflict(`account ${account.id} does not exist any more`, where(context, operation));
  if (!membershipsOf(context, user, operation).includes(wanted.id))
    throw new VendorIgnoredWrite(`account ${account.id} is not in group ${wanted.id}`, where(context, operation));
  return already ? 'already' : 'done';
}

type Kept = { readonly change: 'refused' | 'owned-by-directory'; readonly reason: string };

/**
 * All of `held` in one PUT with the shorter list, or one DELETE each where the target says that this endpoint exists.
 * The user is read just before (or was, for this same step) and just after; nothing else about it changes.
 */
export async function revoke(
  context: Context,
  account: Account,
  held: readonly Grant[],
  call: Call,
): Promise<readonly Revoked[]> {
  if (held.length === 0) return [];
  const before = context.reads.recall(account, call) ?? (await readUser(context, account.id, removing, call));
  const members = new Set(before === undefined ? [] : membershipsOf(context, before, removing));
  const going = new Set(held.filter((one) => isRevocable(one) && members.has(one.entitlement.id)).map(idOf));
  const kept =
    before === undefined || going.size === 0
      ? new Map<string, Kept>()
      : await takeAway(context, { before, going }, call);
  return held.map((one) => {
    if (one.ownedByDirectory !== undefined)
      return { grant: one, change: 'owned-by-directory', reason: `membership is kept by ${one.ownedByDirectory}` };
    if (one.entitlement.kind !== 'group')
      return { grant: one, change: 'refused', reason: `this API knows no ${one.entitlement.kind}` };
    return { grant: one, ...(kept.get(one.entitlement.id) ?? { change: going.has(idOf(one)) ? 'done' : 'already' }) };
  });
}

interface Leaving {
  readonly before: User;
  readonly going: ReadonlySet<string>;
}

/** The groups that could not be taken away, and why. Throws when the vendor said yes and kept a local membership. */
async function takeAway(context: Context, leaving: Leaving, call: Call): Promise<ReadonlyMap<string, Kept>> {
  const { before, going } = leaving;
  const id = String(before.id);
  const kept = new Map<string, Kept>();
  if (context.options.memberRemove === 'delete-endpoint')
    for (const group of going) await removeOne(context, { group, id, kept }, call);
  else {
    const owned = { group_memberships: membershipsWithout(before, going) };
    await replaceUser(context, { before, operation: removing, owned }, call);
  }
  const after = await readUser(context, id, removing, call);
  const left = after === undefined ? [] : membershipsOf(context, after, removing);
  const stay = left.filter((group) => going.has(group) && !kept.has(group));
  const { ownedByDirectory } = toAccount(before, context.options);
  if (stay.length > 0 && ownedByDirectory === undefined)
    throw new VendorIgnoredWrite(`account ${id} is still in group ${stay.join(', ')}`, where(context, removing));
  const reason = `the membership came back: ${String(ownedByDirectory)} keeps it, end it there`;
  for (const group of stay) kept.set(group, { change: 'owned-by-directory', reason });
  return kept;
}

/** A refusal of one does not stop the others. */
async function removeOne(
  context: Context,
  { group, id, kept }: { readonly group: string; readonly id: string; readonly kept: Map<string, Kept> },
  call: Call,
): Promise<void> {
  context.reads.writing(call);
  try {
    await context.client.removeMember(group, id, call);
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    kept.set(group, { change: 'refused', reason: error.message });
  }
}

/** Group ids of a user; throws `Unobservable` where the answer does not show them. */
export function membershipsOf(context: Context, user: User, operation: string): readonly string[] {
  const ids = user.group_memberships?.map(String);
  if (ids === undefined)
    throw new Unobservable(
      `account ${String(user.id)}: the answer does not show group_memberships; let the API account read them`,
      where(context, operation),
    );
  return ids;
}

/** Names of all groups, read once per call at most. */
async function groupNames(context: Context, call: Call): Promise<GroupNames> {
  const known = context.namesByCall.get(call);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const page: Groups = await groupPage(context, position, call);
    for (const { id, name } of page.items) if (typeof name === 'string') names.set(String(id), name);
    position = page.nextPosition;
  }
  context.namesByCall.set(call, names);
  return names;
}

type Groups = Page<Group> & { readonly nextPosition?: ListingPosition };

/** The seed shows groups without a total and without paging: a page shorter than asked for is then the whole list. */
async function groupPage(context: Context, position: ListingPosition, call: Call): Promise<Groups> {
  const page = await context.client.listGroups(position.offset, call);
  if (page.total === undefined && page.rows.length < context.options.pageSize) return { items: page.rows };
  return listingPage(position, page, listingOf(context, 'list groups'));
}

function isRevocable({ entitlement, ownedByDirectory }: Grant): boolean {
  return entitlement.kind === 'group' && ownedByDirectory === undefined;
}

function idOf({ entitlement }: Grant): string {
  return entitlement.id;
}
