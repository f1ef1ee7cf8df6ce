import type { Account, Entitlement, Grant } from '../../domain/account';
import type { Call, Change, Page, PageToken, Revoked } from '../connector';
import { Unobservable, VendorIgnoredWrite, VendorRejected } from '../errors';
import { listingPage, listWhole, positionOf } from '../http';
import type { HttpAnswer } from '../http/contract';
import { where, type Context } from './context';
import { isDoubtful, memberOperation, toGrant } from './mapping';
import { currentUser, readForWrite, recordOf } from './user';
import type { Group, User } from './wire';

const adding = 'add to group';
const removing = 'remove from group';

export async function listEntitlements(
  context: Context,
  after: PageToken | undefined,
  call: Call,
): Promise<Page<Entitlement>> {
  const position = positionOf(after);
  const rows = await context.client.groups(position.offset, call);
  context.habits.sawGroups(rows.rows);
  const { items, next, total } = listingPage(position, rows, groupListing(context));
  return {
    items: items.map((group) => groupGrant(group).entitlement),
    ...(next !== undefined && { next }),
    ...(total !== undefined && { total }),
  };
}

/** A user that is gone holds nothing. */
export async function listGrants(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const user = await currentUser(context, account, 'list grants', call);
  return user === undefined ? [] : (await membershipsOf(context, user, call)).map(({ grant }) => grant);
}

interface Membership {
  readonly grant: Grant;
  /** Through another group (RFC 7643 4.1.2): it ends with the membership there, and cannot be ended by itself. */
  readonly indirect: boolean;
}

/**
 * The groups that the user's own record lists; where it shows none at all (the attribute is missing, which is not the same
 * as empty), the groups that list the user. An empty list that is doubtful counts only where no group has ever shown
 * members. Throws `Unobservable` where neither tells.
 */
async function membershipsOf(context: Context, user: User, call: Call): Promise<readonly Membership[]> {
  const { client, habits, quirks } = context;
  const known = habits.leavesOut('groups') ? await ownGroups(context, user, call) : groupsIn(user);
  if (known !== undefined && !isDoubtful(known, quirks)) return known;
  const groups = await listWhole(({ offset }) => client.groups(offset, call), groupListing(context));
  habits.sawGroups(groups);
  const silent = groups.find(({ members }) => members === undefined);
  if (silent === undefined || quirks.omittedMembers === 'none' || habits.meansEmpty(groups))
    return groups
      .filter(({ members = [] }) => members.some(({ value }) => value === user.id))
      .map((group) => ({ grant: groupGrant(group), indirect: false }));
  const own = known ?? (await ownGroups(context, user, call));
  if (own !== undefined && !(isDoubtful(own, quirks) && habits.showsMembers)) return own;
  throw new Unobservable(
    `groups of ${user.username} cannot be seen: neither the user nor group ${silent.displayname ?? silent.id} shows ` +
      'memberships; let the token read them, or set options.omittedMembers: none if only empty groups hide the list',
    where(context, 'list grants'),
  );
}

/** From the record where the user as it was listed shows no groups: listings leave them out more often than records. */
async function ownGroups(context: Context, user: User, call: Call): Promise<readonly Membership[] | undefined> {
  if (user.groups !== undefined) return groupsIn(user);
  const record = await recordOf(context, user, 'list grants', call);
  return record === undefined ? undefined : groupsIn(record);
}

function groupsIn({ groups }: User): readonly Membership[] | undefined {
  return groups?.map((group) => ({ grant: toGrant(group), indirect: group.type?.toLowerCase() === 'indirect' }));
}

function groupGrant({ id, displayname }: Group): Grant {
  return { entitlement: { kind: 'group', id, ...(displayname !== undefined && { name: displayname }) } };
}

export async function grant(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<Change> {
  if (wanted.kind !== 'group')
    throw new VendorRejected(`SCIM grants groups, not ${wanted.kind} ${wanted.id}`, where(context, adding));
  const user = await readForWrite(context, account, adding, call);
  if (holds(await membershipsOf(context, user, call), wanted)) return 'already';
  context.reads.writing(call);
  const patch = memberOperation('add', user.id, context.quirks);
  const answer = await context.client.patchGroup(wanted.id, patch, adding, call);
  const after = await membershipsOf(context, await readForWrite(context, { ...account }, adding, call), call);
  if (holds(after, wanted)) return 'problem' in answer ? 'already' : 'done';
  const who = `account ${user.id} (${user.username}) and group ${wanted.name ?? wanted.id}`;
  if ('problem' in answer)
    throw new VendorRejected(`${who}: ${reasonOf(answer)}`, {
      ...{ ...where(context, adding), status: answer.status },
      ...(isImmutable(answer) && { ownedByDirectory: true }),
    });
  throw new VendorIgnoredWrite(`${who}: accepted, and the user is not in the group`, where(context, adding));
}

/**
 * One PATCH for each group, then one look at what is left: only that look tells `done` from `refused`. Memberships through
 * another group are not asked for; they end with the other.
 */
export async function revoke(
  context: Context,
  account: Account,
  held: readonly Grant[],
  call: Call,
): Promise<readonly Revoked[]> {
  if (held.length === 0) return [];
  const user = await currentUser(context, account, removing, call);
  if (user === undefined) return held.map((one) => ({ grant: one, change: 'already' }));
  const before = await membershipsOf(context, user, call);
  const going = before.filter(({ grant: { entitlement } }) => held.some((one) => isSame(one.entitlement, entitlement)));
  const said = new Map<string, Said>();
  for (const { grant: one, indirect } of going)
    if (!indirect && canLeave(one)) said.set(one.entitlement.id, await takeAway(context, user, one, call));
  const left = said.size === 0 ? before : await stillHeld(context, account, call);
  const results = held.map((one) => resultOf(one, { before, left, said }));
  const ignored = results.filter((result) => result.change === 'done' && holds(left, result.grant.entitlement));
  if (ignored.length > 0) {
    const names = ignored.map(({ grant: { entitlement } }) => entitlement.name ?? entitlement.id).join(', ');
    throw new VendorIgnoredWrite(
      `account ${user.id} (${user.username}) is still in ${names}`,
      where(context, removing),
    );
  }
  return results;
}

/** What the vendor answered to one removal; nothing when it said yes. */
type Said = { readonly refused?: { readonly owned: boolean; readonly reason: string } };

async function takeAway(context: Context, user: User, { entitlement }: Grant, call: Call): Promise<Said> {
  context.reads.writing(call);
  context.habits.takingMember(entitlement.id);
  const patch = memberOperation('remove', user.id, context.quirks);
  const answer = await context.client.patchGroup(entitlement.id, patch, removing, call);
  if ('body' in answer) return {};
  return { refused: { owned: isImmutable(answer), reason: reasonOf(answer) } };
}

async function stillHeld(context: Context, account: Account, call: Call): Promise<readonly Membership[]> {
  const after = await currentUser(context, { ...account }, removing, call);
  return after === undefined ? [] : membershipsOf(context, after, call);
}

interface Look {
  readonly before: readonly Membership[];
  readonly left: readonly Membership[];
  readonly said: ReadonlyMap<string, Said>;
}

function resultOf(one: Grant, { before, left, said }: Look): Revoked {
  const { entitlement } = one;
  if (entitlement.kind !== 'group')
    return { grant: one, change: 'refused', reason: `SCIM knows no ${entitlement.kind}` };
  if (!canLeave(one))
    return {
      grant: one,
      change: 'owned-by-directory',
      reason: `membership is kept by ${String(one.ownedByDirectory)}`,
    };
  if (!holds(before, entitlement)) return { grant: one, change: 'already' };
  const answer = said.get(entitlement.id);
  const stays = holds(left, entitlement);
  if (answer === undefined && stays)
    return {
      grant: one,
      change: 'refused',
      reason: 'the membership comes through another group, which has to be left first',
    };
  if (answer?.refused === undefined) return { grant: one, change: 'done' };
  if (!stays) return { grant: one, change: 'already' };
  const { owned, reason } = answer.refused;
  return { grant: one, change: owned ? 'owned-by-directory' : 'refused', reason };
}

/** RFC 7644 3.12: the attribute is kept by somebody else. A plain 403 may as well be a missing right, which a person can mend. */
function isImmutable(answer: HttpAnswer<unknown>): boolean {
  return 'problem' in answer && answer.problem.code?.toLowerCase() === 'mutability';
}

function reasonOf(answer: HttpAnswer<unknown>): string {
  const { code, message } = 'problem' in answer ? answer.problem : {};
  return [`status ${String(answer.status)}`, code, message].filter((part) => part !== undefined).join(': ');
}

function canLeave({ ownedByDirectory }: Grant): boolean {
  return ownedByDirectory === undefined;
}

function holds(memberships: readonly Membership[], entitlement: Entitlement): boolean {
  return memberships.some(({ grant: one }) => isSame(one.entitlement, entitlement));
}

function isSame(a: Entitlement, b: Entitlement): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** How the listing of groups is told whole. */
export function groupListing({ target, quirks }: Context, operation = 'list groups') {
  const idOf = ({ id }: Group): string => id;
  return { target: target.id, operation, pageSize: quirks.pageSize, idOf };
}
