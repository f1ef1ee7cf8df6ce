import type { Account, Entitlement, Grant } from '../../domain/account';
import type { Call, Change, Page, PageToken, Revoked } from '../connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../errors';
import type { Said } from './client';
import { where, type Context } from './context';
import { groupGrantsOf, toGroup, toSafeGrant } from './mapping';
import { mustRead } from './record';
import { isCarried } from './wire';

export async function listEntitlements(
  context: Context,
  after: PageToken | undefined,
  call: Call,
): Promise<Page<Entitlement>> {
  const page = await context.client.groups(after, call);
  return { ...page, items: page.items.map(toGroup) };
}

/** Groups from the user's own record, and the safes that name the user directly where the vault can be asked for them. */
export async function listGrants(context: Context, account: Account, call: Call): Promise<readonly Grant[]> {
  const operation = 'list grants';
  const known = context.memory.userOf(account, call);
  const user = known ?? (await context.client.user(account, operation, call));
  if (user === undefined) return [];
  if (known === undefined) context.memory.keep(account, user, call);
  const groups = groupGrantsOf(user);
  if (groups === undefined)
    throw new Unobservable(`the vault does not show groupsMembership of ${user.username}`, where(context, operation));
  if (!context.options.safes) return groups;
  const safes = await context.client.safes(account.id, call);
  if (safes === 'not-offered')
    throw new Unobservable(
      `the vault does not offer the list of safes of ${user.username}; set options.safes to false`,
      where(context, operation),
    );
  return [...groups, ...safes.map(toSafeGrant)];
}

export async function grant(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<Change> {
  const operation = 'add to group';
  if (wanted.kind !== 'group')
    throw new VendorRejected(
      `${account.username} cannot be given ${wanted.kind} ${wanted.name ?? wanted.id}: Tenure knows no permissions to give with it; ` +
        'add the member in the vault',
      where(context, 'grant'),
    );
  const said = await context.client.addMember(wanted.id, account, call);
  const code = said.ok ? undefined : said.problem.code;
  const isAlready = code !== undefined && context.options.memberAlreadyCodes.includes(code);
  if (said.ok || isAlready) {
    await proveMember(context, account, wanted, call);
    return isAlready ? 'already' : 'done';
  }
  // No public source lists the codes of every version: what the record shows counts, whatever the 409 says.
  if ((await isMember(context, account, wanted, call)) === true) return 'already';
  throw new VendorConflict(
    `${account.username} cannot join group ${wanted.name ?? wanted.id}: ${said.problem.message ?? 'no reason given'}`,
    {
      ...where(context, operation),
      status: said.status,
      ...(code !== undefined && { code }),
    },
  );
}

/** The vendor's word alone proves nothing, neither "created" nor "is a member already". */
async function proveMember(context: Context, account: Account, wanted: Entitlement, call: Call): Promise<void> {
  const operation = 'add to group';
  const isThere = await isMember(context, account, wanted, call);
  if (isThere === undefined)
    throw new Unobservable(
      `the vault does not show groupsMembership of ${account.username}`,
      where(context, operation),
    );
  if (!isThere)
    throw new VendorIgnoredWrite(
      `${account.username} is not in group ${wanted.name ?? wanted.id}`,
      where(context, operation),
    );
}

/** Undefined: the vault does not show it. */
async function isMember(
  context: Context,
  account: Account,
  wanted: Entitlement,
  call: Call,
): Promise<boolean | undefined> {
  const groups = groupGrantsOf(await mustRead(context, account, 'add to group', call));
  return groups?.some(({ entitlement }) => entitlement.id === wanted.id);
}

/**
 * One request each, which is all that the vendor offers; nothing is sent for what a directory owns. What was said to be
 * gone is read back: a 404 is also what a member gets who is named in the wrong way (`memberRef`, `memberRemove`).
 */
export async function revoke(
  context: Context,
  account: Account,
  held: readonly Grant[],
  call: Call,
): Promise<readonly Revoked[]> {
  const results: Revoked[] = [];
  for (const one of held) results.push(await revokeOne(context, account, one, call));
  const gone = results.filter(({ change }) => change === 'done' || change === 'already').map(({ grant: one }) => one);
  if (gone.length > 0) await proveGone(context, account, gone, call);
  return results;
}

async function proveGone(context: Context, account: Account, gone: readonly Grant[], call: Call): Promise<void> {
  const left = await listGrants(context, account, call);
  const stays = gone.filter((one) => left.some((other) => isSame(one.entitlement, other.entitlement)));
  if (stays.length === 0) return;
  const names = stays.map(({ entitlement: { name, id } }) => name ?? id).join(', ');
  throw new VendorIgnoredWrite(
    `the vault took the removal of ${account.username} and still shows it in ${names}; ` +
      'if that stays so, check options.memberRef and options.memberRemove',
    where(context, 'strip grants'),
  );
}

function isSame(a: Entitlement, b: Entitlement): boolean {
  return a.kind === b.kind && a.id === b.id;
}

async function revokeOne(context: Context, account: Account, held: Grant, call: Call): Promise<Revoked> {
  const { entitlement, ownedByDirectory } = held;
  const refused = (reason: string): Revoked => ({ grant: held, change: 'refused', reason });
  if (ownedByDirectory !== undefined)
    return { grant: held, change: 'owned-by-directory', reason: `remove ${account.username} in ${ownedByDirectory}` };
  const isByName = entitlement.kind === 'safe' || context.options.memberRef === 'name';
  if (isByName && !isCarried(account.username))
    return refused(`PVWA does not take +, & or % in a member's name: remove ${account.username} in the vault`);
  if (entitlement.kind !== 'group' && entitlement.kind !== 'safe')
    return refused(`a CyberArk vault has no grants of kind ${entitlement.kind}`);
  const said = await removeFrom(context, account, entitlement, call);
  if (said.ok) return { grant: held, change: 'done' };
  if (said.status === 404) return { grant: held, change: 'already' };
  return refused(`${String(said.status)} ${said.problem.code ?? ''} ${said.problem.message ?? ''}`.trim());
}

function removeFrom(context: Context, account: Account, { kind, id }: Entitlement, call: Call): Promise<Said> {
  return kind === 'safe'
    ? context.client.removeSafeMember(id, account, call)
    : context.client.removeMember(id, account, call);
}
