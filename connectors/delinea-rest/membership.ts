import type { Account, Entitlement, Grant } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { Call, Change, Page, PageToken, Revoked } from '../connector';
import { Unobservable, VendorIgnoredWrite, VendorRejected } from '../errors';
import { readForWrite, readUser } from './account';
import { where, type Context } from './context';
import { groupsOf, rolesOf, toRoleGrant, type User } from './mapping';
import type { ScimSurface } from './scim';

export const groupsNeedScim =
  'Delinea’s REST API shows group memberships and cannot change them. Give the target the tenant’s SCIM surface ' +
  '(scim: baseUrl and auth.token in tenure.yaml), or a person takes the user out of all groups in the Delinea Platform ' +
  '(Access, Groups) and notes it.';

const roleRight = 'the API client needs the scope delinea:api:admin and the right to assign roles';

/** The SCIM surface lists groups; Delinea publishes no list of roles. */
export async function listEntitlements(
  context: Context,
  after: PageToken | undefined,
  call: Call,
): Promise<Page<Entitlement>> {
  if (context.scim !== undefined) return context.scim.connector.listEntitlements(after, call);
  const what = 'Delinea’s REST API lists neither roles nor groups; groups show when the target has scim';
  throw new Unobservable(what, where(context, 'list entitlements'));
}

/** A user that is gone holds nothing; roles that the answer does not show are `Unobservable`, never none. */
export async function listGrants(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const operation = 'list grants';
  const user = await readUser(context, { account, operation }, call);
  if (user === undefined) return [];
  const roles = visibleRoles(context, user, operation).map(toRoleGrant);
  return context.scim === undefined ? roles : [...roles, ...(await listGroups(context, context.scim, user, call))];
}

/** Memberships as SCIM has them, and those that only the REST record shows: nothing that either knows is left out. */
async function listGroups(context: Context, scim: ScimSurface, user: User, call: Call): Promise<readonly Grant[]> {
  const shown = groupsOf(user);
  const holder = await scim.accountOf(user, call);
  if (holder === undefined && shown === undefined)
    throw new Unobservable(
      `groups of ${user.userName} cannot be seen: the REST record does not show them and the SCIM surface has no user of this name`,
      where(context, 'list grants'),
    );
  const held = holder === undefined ? [] : await scim.connector.listGrants(holder, call);
  return [...held, ...(shown ?? []).filter((one) => sameGroup(held, one) === undefined)];
}

function sameGroup(groups: readonly Grant[], wanted: Grant): Grant | undefined {
  const { id, name } = wanted.entitlement;
  return groups.find(({ entitlement }) => entitlement.id === id || sameText(entitlement.name, name));
}

/** Reads back: the vendor's reply alone proves nothing. */
export async function grant(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<Change> {
  if (wanted.kind === 'group') return grantGroup(context, account, wanted, call);
  const operation = 'assign role';
  if (wanted.kind !== 'role')
    throw new VendorRejected(
      `Delinea grants roles and groups, not ${wanted.kind} ${wanted.id}`,
      where(context, operation),
    );
  const user = await readForWrite(context, account, operation, call);
  const roles = visibleRoles(context, user, operation);
  if (roles.includes(wanted.id)) return 'already';
  const refusal = await patchRoles(context, { user, roles: [...roles, wanted.id], operation }, call);
  if (refusal !== undefined) throw new VendorRejected(`role ${wanted.id}: ${refusal}`, where(context, operation));
  const after = await readForWrite(context, account, operation, call);
  if (!visibleRoles(context, after, operation).includes(wanted.id))
    throw new VendorIgnoredWrite(`account ${account.id} does not hold role ${wanted.id}`, where(context, operation));
  return 'done';
}

async function grantGroup(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<Change> {
  const operation = 'add to group';
  if (context.scim === undefined) throw new VendorRejected(groupsNeedScim, where(context, operation));
  const holder = await context.scim.accountOf({ id: account.id, userName: account.username }, call);
  if (holder === undefined) throw new VendorRejected(unknownToScim(account.username), where(context, operation));
  return context.scim.connector.grant(holder, wanted, call);
}

/**
 * Roles by one PATCH of the shorter list, groups through SCIM, then the roles once more: a group may bring its roles
 * back (seed 003: membership and roles are bound separately). What fails on one side does not keep the other from being tried.
 */
export async function revoke(
  context: Context,
  account: Account,
  held: readonly Grant[],
  call: Call,
): Promise<readonly Revoked[]> {
  if (held.length === 0) return [];
  const operation = 'revoke grants';
  const user = await readUser(context, { account, operation }, call);
  if (user === undefined) return held.map((one) => ({ grant: one, change: 'already' }));
  const ofKind = (kind: string): readonly Grant[] => held.filter(({ entitlement }) => entitlement.kind === kind);
  const [roles, groups] = [
    await settled(revokeRoles(context, user, ofKind('role'), call)),
    await settled(revokeGroups(context, user, ofKind('group'), call)),
  ];
  const results = [...roles(), ...groups()];
  await rolesStayAway(context, user.id, results, call);
  return held.map(
    (one) =>
      results.find((result) => result.grant === one) ?? {
        ...{ grant: one, change: 'refused' },
        reason: `Delinea knows no ${one.entitlement.kind}`,
      },
  );
}

async function revokeRoles(
  context: Context,
  user: User,
  held: readonly Grant[],
  call: Call,
): Promise<readonly Revoked[]> {
  if (held.length === 0) return [];
  const operation = 'revoke roles';
  const roles = visibleRoles(context, user, operation);
  const going = new Set(held.map(({ entitlement }) => entitlement.id).filter((id) => roles.includes(id)));
  if (going.size === 0) return held.map((one) => ({ grant: one, change: 'already' }));
  const left = roles.filter((role) => !going.has(role));
  const refusal = await patchRoles(context, { user, roles: left, operation }, call);
  return held.map((one) => {
    if (!going.has(one.entitlement.id)) return { grant: one, change: 'already' };
    return refusal === undefined ? { grant: one, change: 'done' } : { grant: one, change: 'refused', reason: refusal };
  });
}

/** Why the vendor refused, or undefined. Tenants without the right answer 403, newer ones 404 (vendor-apis 5.1). */
async function patchRoles(
  context: Context,
  { user, roles, operation }: { readonly user: User; readonly roles: readonly string[]; readonly operation: string },
  call: Call,
): Promise<string | undefined> {
  context.reads.writing(call);
  try {
    const answer = await context.client.patchUser({ id: user.id, fields: { roles }, operation, expected: [404] }, call);
    if ('body' in answer) return undefined;
    return `${answer.problem.message ?? 'not found'} (status ${String(answer.status)}); ${roleRight}`;
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    return `${error.message}; ${roleRight}`;
  }
}

async function revokeGroups(
  context: Context,
  user: User,
  held: readonly Grant[],
  call: Call,
): Promise<readonly Revoked[]> {
  if (held.length === 0) return [];
  const refuse = (one: Grant, reason: string): Revoked => ({ grant: one, change: 'refused', reason });
  const { scim } = context;
  if (scim === undefined) return held.map((one) => refuse(one, groupsNeedScim));
  const holder = await scim.accountOf(user, call);
  const members = holder === undefined ? [] : await scim.connector.listGrants(holder, call);
  const known = held.flatMap((one) => sameGroup(members, one) ?? []);
  context.reads.writing(call);
  const results = holder === undefined || known.length === 0 ? [] : await scim.connector.revoke(holder, known, call);
  const isUnseen = (one: Grant, shown: readonly Grant[]): boolean =>
    sameGroup(members, one) === undefined && sameGroup(shown, one) !== undefined;
  const shownBefore = groupsOf(user) ?? [];
  const shown = held.some((one) => isUnseen(one, shownBefore)) ? await shownNow(context, user, call) : shownBefore;
  return held.map((one) => {
    const member = sameGroup(members, one);
    const result = results.find(({ grant: other }) => member !== undefined && sameGroup([other], member) !== undefined);
    if (result !== undefined) return { ...result, grant: one };
    if (sameGroup(shown, one) === undefined) return { grant: one, change: 'already' };
    return refuse(
      one,
      holder === undefined ? unknownToScim(user.userName) : 'the SCIM surface does not show this membership',
    );
  });
}

/**
 * The groups of the REST record, asked for once more: the target of the tenant's SCIM surface may have taken the user out
 * since the record was read, which is no disagreement of the two surfaces.
 */
async function shownNow(context: Context, user: User, call: Call): Promise<readonly Grant[]> {
  call.reads?.clear(); // what was read a moment ago is what is in doubt
  const now = await context.client.getUser(user.id, 'revoke groups', call);
  return now === undefined ? [] : (groupsOf(now) ?? groupsOf(user) ?? []);
}

async function rolesStayAway(context: Context, id: string, results: readonly Revoked[], call: Call): Promise<void> {
  const operation = 'revoke roles';
  const taken = results.filter(
    ({ grant: { entitlement }, change }) => entitlement.kind === 'role' && change === 'done',
  );
  if (taken.length === 0) return;
  const after = await context.client.getUser(id, operation, call);
  const left = after === undefined ? [] : visibleRoles(context, after, operation);
  const stay = taken.map(({ grant: { entitlement } }) => entitlement.id).filter((role) => left.includes(role));
  if (stay.length > 0)
    throw new VendorIgnoredWrite(
      `account ${id} still holds role ${stay.join(', ')}; a group may bring it`,
      where(context, operation),
    );
}

function visibleRoles(context: Context, user: User, operation: string): readonly string[] {
  const roles = rolesOf(user);
  if (roles === undefined)
    throw new Unobservable(
      `account ${user.id} (${user.userName}): the answer does not show roles; let the API client read them`,
      where(context, operation),
    );
  return roles;
}

function unknownToScim(username: string): string {
  return `the SCIM surface has no user ${username}; a person takes the user out of the group in the Delinea Platform`;
}

/** Waits for the end of a piece of work; what it throws is thrown when the result is asked for. */
async function settled<T>(work: Promise<T>): Promise<() => T> {
  try {
    const value = await work;
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
