import type { Account, AccountId } from '../../domain/account';
import { matchesAmong, sameText, type CorrelationKeys, type Search } from '../../domain/correlation';
import type { AccountChanges, Call, Deleted, Difference, NewAccount, Page, PageToken, Written } from '../connector';
import { Unobservable, VendorAnswerInvalid, VendorConflict, VendorIgnoredWrite } from '../errors';
import { where, type Context } from './context';
import { canBeUsername, createBody, differences, patchBody, toAccount, usernameFilter, type Identity } from './mapping';

/** User names are unique in a realm and the only thing that the vendor can be searched by. */
export async function findAccounts(context: Context, keys: CorrelationKeys, call: Call): Promise<Search> {
  const candidates: Account[] = [];
  const tried: string[] = [];
  const asked = new Set<string>();
  for (const username of keys.username) {
    if (!canBeUsername(username)) tried.push(`username=${username} (not asked: the vendor allows no such name)`);
    // User names mind no case (vendor-apis 3.1); a filter that does all the same is asked for jdoe where HR writes JDoe.
    for (const spelling of canBeUsername(username) ? [username, username.toLowerCase()] : []) {
      if (asked.has(spelling)) continue;
      asked.add(spelling);
      tried.push(`username=${spelling}`);
      const identity = await findIdentity(context, spelling, call);
      if (identity !== undefined) candidates.push(toAccount(identity));
      if (identity !== undefined) break;
    }
  }
  const notSearchable = (['externalId', 'email'] as const).filter((name) => keys[name].length > 0);
  return { found: matchesAmong(candidates, keys), tried, notSearchable };
}

/** Goes on to further pages where the filter was ignored: a match on page two must not become "no account". */
async function findIdentity(context: Context, username: string, call: Call): Promise<Identity | undefined> {
  const query = { filter: usernameFilter(username) };
  const listing = { rows: 'identities', path: '/identities', operation: 'find account', query } as const;
  const seenTokens = new Set<string | undefined>();
  let token: string | undefined;
  do {
    seenTokens.add(token);
    const page = await context.client.page(listing, token, call);
    const match = page.rows.find(({ traits }) => sameText(traits.username, username));
    if (match !== undefined) return match;
    token = page.next;
    if (token !== undefined && seenTokens.has(token))
      throw new VendorAnswerInvalid('the page token repeats', where(context, listing.operation));
    if (token === undefined && page.rows.length === 0 && (page.total ?? 0) > 0 && seenTokens.size === 1)
      throw new VendorAnswerInvalid(
        `an empty answer promises ${String(page.total)} rows`,
        where(context, listing.operation),
      );
  } while (token !== undefined);
  return undefined;
}

export async function getAccount(context: Context, id: AccountId, call: Call): Promise<Account | undefined> {
  const identity = await knownIdentity(context, id, 'read account', call);
  return identity === undefined ? undefined : toAccount(identity);
}

/** Throws `VendorConflict` when the vendor answers with another identity than the one asked for. */
async function knownIdentity(
  context: Context,
  id: AccountId,
  operation: string,
  call: Call,
): Promise<Identity | undefined> {
  const identity = await context.client.getIdentity(id, operation, call);
  if (identity === undefined || identity.id === id) return identity;
  throw new VendorConflict(
    `asked for identity ${id}, the vendor answered with ${identity.id}`,
    where(context, operation),
  );
}

export async function listAccounts(context: Context, after: PageToken | undefined, call: Call): Promise<Page<Account>> {
  const at = placeOf(after);
  const operation = 'list accounts';
  const page = await context.client.page({ rows: 'identities', path: '/identities', operation }, at.token, call);
  const first = page.rows[0]?.id;
  const received = at.count + page.rows.length;
  const isRepeated = page.next !== undefined && page.next === at.token;
  if (isRepeated || (first !== undefined && first === at.previousFirst))
    throw new VendorAnswerInvalid(`the page after ${String(at.count)} rows repeats`, where(context, operation));
  const hint = page.total === undefined ? {} : { total: page.total };
  const items = page.rows.map(toAccount);
  if (page.next !== undefined)
    return { items, ...hint, next: `${String(received)} ${first ?? at.previousFirst} ${page.next}` };
  if (received < (page.total ?? 0))
    throw new VendorAnswerInvalid(
      `the listing ends at ${String(received)} of ${String(page.total)} rows`,
      where(context, operation),
    );
  return { items, ...hint };
}

/** Where a listing stands: rows so far, first id of the page before, and the vendor's token, which may hold anything. */
function placeOf(after = ''): { readonly count: number; readonly previousFirst: string; readonly token?: string } {
  const [, count = '0', previousFirst = '', token] = /^(\d+) (\S*) ([\s\S]+)$/.exec(after) ?? [];
  return { count: Number(count), previousFirst, ...(token !== undefined && { token }) };
}

/** 200 on success; a taken user name is 409 and arrives as `VendorConflict`: adopting is not this room's decision. */
export async function createAccount(context: Context, wanted: NewAccount, call: Call): Promise<Account> {
  const { id } = await context.client.createIdentity(createBody(wanted), call);
  const made = await context.client.getIdentity(id, 'create account', call);
  if (made === undefined)
    throw new VendorIgnoredWrite(`identity ${id} was accepted but does not exist`, where(context, 'create account'));
  return toAccount(made);
}

/** What a PATCH would say, from the identity as it is. */
export async function compareAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<readonly Difference[]> {
  return differences(await readIdentity(context, account, 'update account', call), changes);
}

/** Sends only what differs; the vendor leaves everything else as it is. */
export async function updateAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<Written> {
  const operation = 'update account';
  const before = await readIdentity(context, account, operation, call);
  const body = patchBody(before, changes);
  if (body === undefined) return { change: 'already', after: toAccount(before) };
  if (!(await context.client.patchIdentity(account.id, body, operation, call))) throw gone(context, account, operation);
  const after = await readIdentity(context, account, operation, call);
  if (patchBody(after, changes) !== undefined)
    throw new VendorIgnoredWrite(`identity ${account.id} did not change`, where(context, operation));
  return { change: 'done', after: toAccount(after) };
}

/** `suspended` bars sign-in and new passkeys; passkeys and tokens stay until the credentials drain ends them. */
export async function setAccountEnabled(
  context: Context,
  account: Account,
  enabled: boolean,
  call: Call,
): Promise<Written> {
  const operation = enabled ? 'enable account' : 'disable account';
  // An account that was just found in the wanted state is only read; otherwise the PATCH sets the state whatever it is.
  if (account.enabled === enabled) {
    const now = toAccount(await readIdentity(context, account, operation, call));
    if (now.enabled === enabled) return { change: 'already', after: now };
  }
  const body = { identity: { status: enabled ? 'active' : 'suspended' } };
  if (!(await context.client.patchIdentity(account.id, body, operation, call))) throw gone(context, account, operation);
  const after = toAccount(await readIdentity(context, account, operation, call));
  if (after.enabled === enabled) return { change: 'done', after };
  throw after.vendorState === undefined
    ? new Unobservable(`identity ${account.id}: the answer shows no status`, where(context, operation))
    : new VendorIgnoredWrite(`identity ${account.id} is still ${after.vendorState}`, where(context, operation));
}

/** A 404 proves the deletion only because the id is one that we held. */
export async function deleteAccount(context: Context, account: Account, call: Call): Promise<Deleted> {
  if (!(await context.client.deleteIdentity(account.id, call))) return { change: 'already', proof: 'gone' };
  if ((await context.client.getIdentity(account.id, 'delete account', call)) !== undefined)
    throw new VendorIgnoredWrite(`identity ${account.id} is still there`, where(context, 'delete account'));
  return { change: 'done', proof: 'gone' };
}

async function readIdentity(context: Context, account: Account, operation: string, call: Call): Promise<Identity> {
  const identity = await knownIdentity(context, account.id, operation, call);
  if (identity === undefined) throw gone(context, account, operation);
  return identity;
}

function gone(context: Context, account: Account, operation: string): VendorConflict {
  const message = `identity ${account.id} (${account.username}) does not exist any more`;
  return new VendorConflict(message, { ...where(context, operation), status: 404 });
}
