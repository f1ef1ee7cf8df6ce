import type { Account, AccountId } from '../../domain/account';
import { matchesAmong, sameText, type CorrelationKeys, type Search } from '../../domain/correlation';
import type { AccountChanges, Call, Deleted, NewAccount, Written } from '../connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../errors';
import { listingPage, positionOf, type ListingPosition, type ListingRows } from '../http';
import { listingOf, where, type Context } from './context';
import { changeable } from './comparison';
import type { WritableField } from './config';
import {
  alreadyHas,
  createBody,
  isAbridged,
  missingFields,
  replacement,
  sideEffect,
  type OwnedFields,
  type User,
} from './mapping';

/** Asks for each user name and checks the rows itself; a row that shows less than a whole user is asked for by id. */
export async function findAccounts(context: Context, keys: CorrelationKeys, call: Call): Promise<Search> {
  const candidates = new Map<string, User>();
  const tried = new Set<string>();
  for (const username of keys.username) {
    // Nobody has documented whether the filter minds the case: whom HR writes JDoe an appliance may keep as jdoe.
    for (const spelling of [username, username.toLowerCase()]) {
      if (tried.has(spelling)) continue;
      tried.add(spelling);
      const users = await usersNamed(context, spelling, call);
      for (const user of users) candidates.set(String(user.id), user);
      if (users.length > 0) break;
    }
  }
  const accounts: Account[] = [];
  for (const [id, user] of candidates) {
    const whole = isAbridged(user) ? await readUser(context, id, 'find account', call) : user;
    if (whole !== undefined) accounts.push(context.reads.keep(whole, call));
  }
  return {
    found: matchesAmong(accounts, keys),
    tried: [...tried].map((username) => `username=${username}`),
    notSearchable: (['externalId', 'email'] as const).filter((name) => keys[name].length > 0),
  };
}

/**
 * Rows of this very name. Where the filter was ignored the search goes on through all pages: a match beyond the first
 * must not become "no account". Ends at the first page with a match, since user names are unique (seed 000).
 */
async function usersNamed(context: Context, username: string, call: Call): Promise<readonly User[]> {
  const listing = listingOf(context, 'find account');
  let position: ListingPosition | undefined = positionOf(undefined);
  while (position !== undefined) {
    const page: ListingRows<User> = await context.client.findUsers(username, position.offset, call);
    const named = page.rows.filter((user) => sameText(user.username, username));
    if (named.length > 0) return named;
    position = listingPage(position, page, listing).nextPosition;
  }
  return [];
}

export async function getAccount(context: Context, id: AccountId, call: Call): Promise<Account | undefined> {
  const user = await readUser(context, id, 'read account', call);
  return user === undefined ? undefined : context.reads.keep(user, call);
}

/** Throws `VendorConflict` when the vendor answers with another user than the one asked for. */
export async function readUser(
  context: Context,
  id: AccountId,
  operation: string,
  call: Call,
): Promise<User | undefined> {
  const user = await context.client.getUser(id, operation, call);
  if (user === undefined || String(user.id) === id) return user;
  const message = `asked for account ${id}, the vendor answered with ${String(user.id)}`;
  throw new VendorConflict(message, where(context, operation));
}

/**
 * `VendorConflict` when the user name is taken, whichever status says so: adopting is not this room's decision. The
 * reply shows only part of the user, so the account is read again.
 */
export async function createAccount(context: Context, wanted: NewAccount, call: Call): Promise<Account> {
  const operation = 'create account';
  context.reads.writing(call);
  const answer = await context.client.createUser(createBody(wanted, context.options), call);
  if ('problem' in answer) {
    const failure = { ...where(context, operation), status: answer.status };
    const said = answer.problem.message ?? 'no reason given';
    const [holder] = await usersNamed(context, wanted.username, call);
    if (holder !== undefined)
      throw new VendorConflict(`user name ${wanted.username} is taken by account ${String(holder.id)}`, failure);
    throw new VendorRejected(`user name ${wanted.username} was refused: ${said}`, failure);
  }
  const id = String(answer.body.id);
  const made = await readUser(context, id, operation, call);
  if (made === undefined)
    throw new VendorIgnoredWrite(`account ${id} was accepted but does not exist`, where(context, operation));
  return context.reads.keep(made, call);
}

export async function updateAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<Written> {
  const operation = 'update account';
  const user = await readForWrite(context, account, operation, call);
  const owned = changeable(context, user, { account, changes });
  return write(context, { account, owned, operation }, call);
}

export async function setAccountEnabled(
  context: Context,
  account: Account,
  enabled: boolean,
  call: Call,
): Promise<Written> {
  return write(
    context,
    { account, owned: { enabled }, operation: enabled ? 'enable account' : 'disable account' },
    call,
  );
}

/** A 404 proves the deletion only because the id is one that we held. */
export async function deleteAccount(context: Context, account: Account, call: Call): Promise<Deleted> {
  context.reads.writing(call);
  const wasThere = await context.client.deleteUser(account.id, call);
  if (!wasThere) return { change: 'already', proof: 'gone' };
  if ((await readUser(context, account.id, 'delete account', call)) !== undefined)
    throw new VendorIgnoredWrite(`account ${account.id} is still there`, where(context, 'delete account'));
  return { change: 'done', proof: 'gone' };
}

interface Write {
  readonly account: Account;
  readonly operation: string;
  readonly owned: OwnedFields;
}

/** Read, compare, replace, read back: the only way to change one field where PUT replaces the whole user. */
async function write(context: Context, { account, operation, owned }: Write, call: Call): Promise<Written> {
  const before = await readForWrite(context, account, operation, call);
  if (alreadyHas(before, owned)) return { change: 'already', after: context.reads.keep(before, call) };
  await replaceUser(context, { before, operation, owned }, call);
  const after = await readBack(context, { before, operation, owned }, call);
  return { change: 'done', after: context.reads.keep(after, call) };
}

/** The user as it is now, just before a write. Throws `VendorConflict` when it is gone. */
export async function readForWrite(context: Context, account: Account, operation: string, call: Call): Promise<User> {
  const user = await readUser(context, account.id, operation, call);
  if (user === undefined)
    throw new VendorConflict(`account ${account.id} (${account.username}) does not exist any more`, {
      ...where(context, operation),
      status: 404,
    });
  return user;
}

interface Change {
  readonly before: User;
  readonly operation: string;
  readonly owned: OwnedFields;
}

/**
 * Sends the whole user back with the owned fields changed. Throws `Unobservable` rather than reset a field unseen: one that
 * this server's records have. A field that none of them shows is left out, and that is said.
 */
export async function replaceUser(context: Context, { before, operation, owned }: Change, call: Call): Promise<void> {
  const id = String(before.id);
  const missing = missingFields(before, owned, context.options);
  const isTold = missing.length === 0 || (await context.records.witness(context, before, call));
  const isKept = (field: WritableField): boolean => !isTold || context.records.show(field);
  const put = replacement(before, owned, context.options, isKept);
  if ('unknown' in put)
    throw new Unobservable(
      `account ${id}: the answer does not show ${put.unknown.join(', ')}, which the full replace would reset; ` +
        'let the API account read it, or name it in options.mayReset',
      where(context, operation),
    );
  context.reads.writing(call);
  await context.client.putUser(id, put.body, operation, call);
  context.records.noteLeftOut(missing);
}

/**
 * The other half of a full replace: what it was not about must read as before (vendor-apis 2.6). Documented fields that do
 * not are named for a person, since the write itself holds; undocumented ones may follow from it and are handed over.
 */
export function proveNothingElse(context: Context, { before, operation, owned }: Change, after: User): void {
  const { writable, other } = sideEffect(before, after, owned);
  context.records.noteDerived(other);
  if (writable.length === 0) return;
  throw new VendorConflict(
    `account ${String(before.id)}: ${Object.keys(owned).join(', ')} was written and reads so, and ${writable.join(', ')} ` +
      'reads otherwise than before: look whether the full replace did that or somebody else, and put it back',
    where(context, operation),
  );
}

async function readBack(context: Context, { before, operation, owned }: Change, call: Call): Promise<User> {
  const id = String(before.id);
  const after = await readUser(context, id, operation, call);
  if (after === undefined || !alreadyHas(after, owned)) throw notKept(context, { id, operation, owned, after });
  proveNothingElse(context, { before, operation, owned }, after);
  return after;
}

function notKept(
  context: Context,
  read: {
    readonly id: string;
    readonly operation: string;
    readonly owned: OwnedFields;
    readonly after: User | undefined;
  },
): Error {
  const { id, operation, owned, after } = read;
  const names = Object.keys(owned).join(', ');
  if (after === undefined)
    return new VendorConflict(`account ${id} vanished while it was written`, where(context, operation));
  return Object.keys(owned).some((field) => after[field] === undefined)
    ? new Unobservable(`account ${id}: the answer does not show ${names} after the write`, where(context, operation))
    : new VendorIgnoredWrite(`account ${id}: ${names} did not change`, where(context, operation));
}
