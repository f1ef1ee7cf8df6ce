import type { Account, Entitlement, Grant } from '../../domain/account';
import type { Call, Change, Page, PageToken, Revoked } from '../connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../errors';
import { pathOf } from '../http';
import { pathOfIdentity, type Listing } from './client';
import { where, type Context } from './context';
import { partsOfPair, toGroup, toRole } from './mapping';
import { notOffered } from './offer';

/** Groups, and the roles of every resource server that counts. Roles that cannot be seen do not hide the groups. */
export async function listGrants(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const groups = await groupsOf(context, account, call);
  if (!context.options.roles) return groups;
  try {
    return [...groups, ...(await allRolesOf(context, account, call))];
  } catch (error) {
    if (error instanceof Unobservable) error.seen = groups;
    throw error;
  }
}

async function allRolesOf(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const roles: Grant[] = [];
  for (const server of await resourceServers(context, call))
    roles.push(...(await rolesOf(context, { account, server }, call)));
  return roles;
}

/** One page of groups or of one resource server's roles; the page token says which list it belongs to. */
export async function listEntitlements(
  context: Context,
  after: PageToken | undefined,
  call: Call,
): Promise<Page<Entitlement>> {
  const [list = '', token] = after === undefined ? [''] : splitToken(after);
  if (list !== '') {
    const operation = 'list roles';
    const path = pathOf`/resource-servers/${list}/roles`;
    const page = await context.client.page({ rows: 'roles', path, operation }, token, call);
    const next = await tokenAfter(context, { list, token: page.next }, call);
    return { items: page.rows.map((role) => toRole(list, role)), ...next };
  }
  const page = await context.client.page({ rows: 'groups', path: '/groups', operation: 'list groups' }, token, call);
  return { items: page.rows.map(toGroup), ...(await tokenAfter(context, { list, token: page.next }, call)) };
}

/** More of this list, else the first page of the next one. */
async function tokenAfter(
  context: Context,
  { list, token }: { readonly list: string; readonly token: string | undefined },
  call: Call,
): Promise<{ readonly next?: PageToken }> {
  if (token !== undefined) return { next: `${list} ${token}` };
  if (!context.options.roles) return {};
  const servers = await resourceServers(context, call);
  const following = servers[list === '' ? 0 : servers.indexOf(list) + 1];
  return following === undefined ? {} : { next: `${following} ` };
}

function splitToken(after: PageToken): readonly [string, string | undefined] {
  const space = after.indexOf(' ');
  const token = after.slice(space + 1);
  return [after.slice(0, space), token === '' ? undefined : token];
}

/** Adding twice is not documented as an error: the list before and after tells what happened. */
export async function grant(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<Change> {
  const operation = `add to ${wanted.kind}`;
  const path = pathOfEntitlement(wanted);
  if (path === undefined)
    throw new VendorRejected(`this API grants groups and roles, not ${wanted.kind}`, where(context, operation));
  if (await holds(context, { account, wanted }, call)) return 'already';
  const request = { path: `${path}:addMembers`, operation, body: { identity_ids: [account.id] }, expected: [] };
  await context.client.post(request, call);
  if (await holds(context, { account, wanted }, call)) return 'done';
  throw new VendorIgnoredWrite(
    `identity ${account.id} does not hold ${wanted.kind} ${wanted.id}`,
    where(context, operation),
  );
}

/** One `:deleteMembers` per group or role, groups first: a role may come through a group. Then everything is read again. */
export async function revoke(
  context: Context,
  account: Account,
  held: readonly Grant[],
  call: Call,
): Promise<readonly Revoked[]> {
  const said = new Map<Grant, Said>();
  for (const one of [...held].sort((a, b) => kindOrder(a) - kindOrder(b)))
    said.set(one, await takeAway(context, { account, one }, call));
  const left = await stillHeld(context, { account, held }, call);
  const ignored: string[] = [];
  const results = held.map((one): Revoked => {
    const { entitlement } = one;
    const answer = said.get(one) ?? {};
    if ('unable' in answer) return { grant: one, change: 'refused', reason: answer.unable };
    const isLeft = left.grants.has(keyOf(entitlement));
    if (!isLeft) return { grant: one, change: answer.refused === undefined && !answer.gone ? 'done' : 'already' };
    if (answer.refused !== undefined) return { grant: one, change: 'refused', reason: answer.refused };
    if (entitlement.kind === 'role' && left.groups.length > 0)
      return { grant: one, change: 'refused', reason: `the role stays; it may come through ${left.groups.join(', ')}` };
    ignored.push(`${entitlement.kind} ${entitlement.name ?? entitlement.id}`);
    return { grant: one, change: 'refused', reason: 'accepted and not done' };
  });
  if (ignored.length > 0)
    throw new VendorIgnoredWrite(`identity ${account.id} still holds ${ignored.join(', ')}`, where(context, 'revoke'));
  return results;
}

/** What the vendor answered to one removal; what it means shows only after reading again. */
type Said = { readonly refused?: string; readonly gone?: boolean } | { readonly unable: string };

async function takeAway(
  context: Context,
  { account, one }: { readonly account: Account; readonly one: Grant },
  call: Call,
): Promise<Said> {
  const path = pathOfEntitlement(one.entitlement);
  if (path === undefined) return { unable: `this API knows no ${one.entitlement.kind}` };
  const expected = [...context.options.alreadyCodes, 404];
  const request = { path: `${path}:deleteMembers`, operation: `remove from ${one.entitlement.kind}`, expected };
  try {
    const answer = await context.client.post({ ...request, body: { identity_ids: [account.id] } }, call);
    if ('body' in answer) return {};
    if (answer.status === 404) return { gone: true };
    return { refused: `${String(answer.status)} ${answer.problem.code ?? ''} ${answer.problem.message ?? ''}`.trim() };
  } catch (error) {
    if (error instanceof VendorRejected) return { refused: error.message };
    throw error;
  }
}

/** Keys of what the account holds now, of the lists that `held` is about, and the names of groups that it is left in. */
async function stillHeld(
  context: Context,
  { account, held }: { readonly account: Account; readonly held: readonly Grant[] },
  call: Call,
): Promise<{ readonly grants: ReadonlySet<string>; readonly groups: readonly string[] }> {
  if (held.length === 0) return { grants: new Set(), groups: [] };
  const groups = await groupsOf(context, account, call);
  const roles: Grant[] = [];
  const ofRoles = held.filter(({ entitlement }) => entitlement.kind === 'role');
  for (const server of new Set(ofRoles.map(({ entitlement }) => partsOfPair(entitlement.id).owner)))
    roles.push(...(await rolesOf(context, { account, server }, call)));
  return {
    grants: new Set([...groups, ...roles].map(({ entitlement }) => keyOf(entitlement))),
    groups: groups.map(({ entitlement }) => entitlement.name ?? entitlement.id),
  };
}

async function holds(
  context: Context,
  { account, wanted }: { readonly account: Account; readonly wanted: Entitlement },
  call: Call,
): Promise<boolean> {
  const server = partsOfPair(wanted.id).owner;
  const grants =
    wanted.kind === 'group'
      ? await groupsOf(context, account, call)
      : await rolesOf(context, { account, server }, call);
  return grants.some(({ entitlement }) => entitlement.id === wanted.id);
}

async function groupsOf(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const path = `${pathOfIdentity(account.id)}:listGroups`;
  const listing: Listing<'groups'> = {
    rows: 'groups',
    path,
    operation: 'list groups of account',
    ofIdentity: account.id,
  };
  const rows = await context.client.all(listing, call);
  return rows.map((row) => ({ entitlement: toGroup(row) }));
}

/** 409 says that the resource server does not exist (OpenAPI 1.7.0): nobody holds a role there, unless its id is mistyped. */
async function rolesOf(
  context: Context,
  { account, server }: { readonly account: Account; readonly server: string },
  call: Call,
): Promise<readonly Grant[]> {
  const path = `${pathOfIdentity(account.id)}:listRoles`;
  const operation = 'list roles of account';
  const query = { resource_server_id: server };
  try {
    const rows = await context.client.all({ rows: 'roles', path, operation, query, ofIdentity: account.id }, call);
    return rows.map((row) => ({ entitlement: toRole(server, row) }));
  } catch (error) {
    if (error instanceof VendorRejected) throw notReadable(context, operation, error);
    if (!(error instanceof VendorConflict)) throw error;
    if (!context.options.resourceServers.includes(server)) return [];
    const message = `resource server ${server} does not exist: correct options.resourceServers`;
    throw new Unobservable(message, { ...where(context, operation), status: 409, cause: error });
  }
}

/** A refusal of one list parks the step for its roles; the groups have been seen by then. */
function notReadable(context: Context, operation: string, cause: VendorRejected): Unobservable {
  const { status } = cause.context;
  const message = `roles cannot be seen (${String(status)}): give the API token roles:read, or set options.roles to false`;
  return new Unobservable(message, { ...where(context, operation), ...(status !== undefined && { status }), cause });
}

/**
 * The configured resource servers, else all of the realm (`resource-servers:read`); roles cannot be listed without one. A
 * realm that does not have the call has no roles, as in seeds 001 and 004: that is handed over.
 */
export async function resourceServers(context: Context, call: Call): Promise<readonly string[]> {
  const { resourceServers: configured } = context.options;
  if (configured.length > 0) return configured;
  const operation = 'list resource servers';
  try {
    const rows = await context.client.all({ rows: 'resource_servers', path: '/resource-servers', operation }, call);
    context.offer.note('roles', true);
    return rows.map(({ id }) => id);
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    if (notOffered.includes(error.context.status ?? 0)) {
      context.offer.note('roles', false);
      return [];
    }
    const advice =
      'give the API token resource-servers:read, name them in options.resourceServers, or set options.roles to false';
    throw new Unobservable(`roles cannot be seen without the resource servers: ${advice}`, {
      ...where(context, operation),
      cause: error,
    });
  }
}

/** Undefined: neither a group nor a role with its resource server. */
export function pathOfEntitlement({ kind, id }: Entitlement): string | undefined {
  if (kind === 'group') return pathOf`/groups/${id}`;
  const { owner, own } = partsOfPair(id);
  if (kind !== 'role' || owner === '') return undefined;
  return pathOf`/resource-servers/${owner}/roles/${own}`;
}

function keyOf({ kind, id }: Entitlement): string {
  return `${kind} ${id}`;
}

function kindOrder({ entitlement }: Grant): number {
  return entitlement.kind === 'group' ? 0 : 1;
}
