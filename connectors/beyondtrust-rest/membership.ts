import { createHash } from 'node:crypto';
import type { Account, Entitlement, Grant } from '../../domain/account';
import type { Call, Change, Page, PageToken, Revoked } from '../connector';
import {
  ConnectorError,
  Unobservable,
  VendorAnswerInvalid,
  VendorConflict,
  VendorIgnoredWrite,
  VendorRejected,
} from '../errors';
import { listingPage, positionOf } from '../http';
import { proveNothingElse, readUser, replaceUser } from './account';
import { listingOf, where, type Context } from './context';
import {
  membershipsIn,
  membershipsWithout,
  toAccount,
  toGrants,
  toGroup,
  type Group,
  type GroupNames,
  type User,
} from './mapping';

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
  const { items, ...rest } = await groupPage(context, after, call);
  return { ...rest, items: items.map(({ id, name }) => toGroup(String(id), name)) };
}

/** A user that is gone holds nothing; memberships that the answer does not show are `Unobservable`, never none. */
export async function listGrants(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const user = context.reads.recall(account, call) ?? (await readUser(context, account.id, 'list grants', call));
  if (user === undefined) return [];
  const held = membershipsOf(context, user, 'list grants');
  return toGrants(user, await groupNames(context, held, call)) ?? [];
}

/** Reads back: the vendor's reply alone proves nothing, neither a yes nor a status that may say "a member already". */
export async function grant(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<Change> {
  const operation = 'add to group';
  if (wanted.kind !== 'group')
    throw new VendorRejected(`this API grants groups only, not ${wanted.kind} ${wanted.id}`, where(context, operation));
  context.reads.writing(call);
  const answer = await context.client.addMember(wanted.id, account.id, call);
  const user = await readUser(context, account.id, operation, call);
  if (user === undefined)
    throw new VendorConflict(`account ${account.id} does not exist any more`, where(context, operation));
  const isMember = membershipsOf(context, user, operation).includes(wanted.id);
  if (isMember) return 'problem' in answer ? 'already' : 'done';
  const message = `account ${account.id} is not in group ${wanted.id}`;
  if (!('problem' in answer)) throw new VendorIgnoredWrite(message, where(context, operation));
  const { message: said = 'no reason given' } = answer.problem;
  throw new VendorRejected(`${message}: ${said}`, { ...where(context, operation), status: answer.status });
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
  const owned = { group_memberships: membershipsWithout(before, going) };
  if (context.options.memberRemove === 'delete-endpoint')
    for (const group of going) await removeOne(context, { group, id, kept }, call);
  else await replaceUser(context, { before, operation: removing, owned }, call);
  const after = await readUser(context, id, removing, call);
  const left = after === undefined ? [] : membershipsOf(context, after, removing);
  const stay = left.filter((group) => going.has(group) && !kept.has(group));
  const { ownedByDirectory } = toAccount(before, context.options);
  if (stay.length > 0 && ownedByDirectory === undefined)
    throw new VendorIgnoredWrite(`account ${id} is still in group ${stay.join(', ')}`, where(context, removing));
  if (after !== undefined && context.options.memberRemove === 'put')
    proveNothingElse(context, { before, operation: removing, owned }, after);
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
  const ids = membershipsIn(user)?.map(String);
  if (ids === undefined)
    throw new Unobservable(
      `account ${String(user.id)}: the answer does not show group_memberships; let the API account read them`,
      where(context, operation),
    );
  return ids;
}

/**
 * Names of these groups, of what the step has read so far and of as many pages more as it takes. They only decorate the
 * evidence: a vendor that does not let the groups be listed must not stop a strip, so then ids have to do.
 */
async function groupNames(context: Context, ids: readonly string[], call: Call): Promise<GroupNames> {
  const known = context.namesByCall.get(call) ?? { names: new Map<string, string>(), next: { after: undefined } };
  context.namesByCall.set(call, known);
  while (known.next !== undefined && ids.some((id) => !known.names.has(id))) {
    const { after } = known.next;
    delete known.next;
    const page = await pageOfNames(context, after, call);
    for (const { id, name } of page.items) known.names.set(String(id), name ?? '');
    if (page.next !== undefined) known.next = { after: page.next };
  }
  return known.names;
}

async function pageOfNames(context: Context, after: PageToken | undefined, call: Call): Promise<Page<Group>> {
  try {
    return await groupPage(context, after, call);
  } catch (error) {
    if (!(error instanceof ConnectorError) || call.signal.aborted) throw error;
    return { items: [] };
  }
}

/**
 * The seed shows groups without a total and without paging. A server may clamp a page without saying so, hence only an
 * empty page ends such a list, or one that says the same as the first: paging is ignored and the first was the whole.
 */
async function groupPage(context: Context, after: PageToken | undefined, call: Call): Promise<Page<Group>> {
  const [, first, token] = /^(\S+) (.+)$/.exec(after ?? '') ?? [];
  const position = positionOf(token);
  const page = await context.client.listGroups({ offset: position.offset }, call);
  const print = fingerprintOf(page.rows);
  if (page.total === undefined && print === first) {
    await proveUncut(context, page.rows, call);
    return { items: [] };
  }
  const { items, total, next } = listingPage(position, page, listingOf(context, 'list groups'));
  return {
    items,
    ...(total !== undefined && { total }),
    ...(next !== undefined && { next: `${first ?? print} ${next}` }),
  };
}

/** A full page that repeats may also come from a server that reads the limit and no offset: a larger limit tells. */
async function proveUncut(context: Context, groups: readonly Group[], call: Call): Promise<void> {
  const { pageSize } = context.options;
  if (groups.length < pageSize) return;
  const { rows } = await context.client.listGroups({ offset: 0, limit: 2 * pageSize }, call);
  if (rows.length > groups.length)
    throw new VendorAnswerInvalid(
      `the listing is not whole: every page repeats the first ${String(groups.length)} groups, and there are more; ` +
        'set options.pageSize to more than there are',
      where(context, 'list groups'),
    );
}

/** The same for the same groups in whatever order. */
function fingerprintOf(groups: readonly Group[]): string {
  const ids = groups.map(({ id }) => String(id)).sort();
  return createHash('sha256').update(ids.join(' ')).digest('base64url');
}

function isRevocable({ entitlement, ownedByDirectory }: Grant): boolean {
  return entitlement.kind === 'group' && ownedByDirectory === undefined;
}

function idOf({ entitlement }: Grant): string {
  return entitlement.id;
}
