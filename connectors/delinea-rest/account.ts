import type { Account, AccountId } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { AccountChanges, Call, Deleted, Difference, NewAccount, Written } from '../connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../errors';
import { where, type Context } from './context';
import { changedFields, createBody, shows, toAccount, type Fields, type User } from './mapping';

export async function getAccount(context: Context, id: AccountId, call: Call): Promise<Account | undefined> {
  const user = await context.client.getUser(id, 'read account', call);
  return user === undefined ? undefined : context.reads.keep(user, call);
}

/** The user behind an account: as just read in this call, else asked for. Undefined: gone. */
export async function readUser(
  context: Context,
  { account, operation }: { readonly account: Account; readonly operation: string },
  call: Call,
): Promise<User | undefined> {
  return context.reads.recall(account, call) ?? (await context.client.getUser(account.id, operation, call));
}

/**
 * E-mail address and external id always go along: the first is required by the field table, the second keeps the
 * tenant's directory from making a duplicate later (seed 003). Without them nothing is created. `VendorConflict` when
 * the user name is taken, whichever status says so: adopting is not this room's decision.
 */
export async function createAccount(context: Context, wanted: NewAccount, call: Call): Promise<Account> {
  const operation = 'create account';
  const email = wanted.email ?? (wanted.username.includes('@') ? wanted.username : undefined);
  const { externalId, username } = wanted;
  if (email === undefined || externalId === undefined)
    throw new VendorRejected(
      `${username} needs ${email === undefined ? 'an e-mail address' : 'an external id'}: Delinea makes duplicates or undeliverable accounts without`,
      where(context, operation),
    );
  refuseFixedFields(context, wanted.attributes, operation);
  context.reads.writing(call);
  const answer = await context.client.createUser(createBody({ ...wanted, email, externalId }), call);
  if ('problem' in answer) {
    const said = answer.problem.message ?? 'no reason given';
    const failure = where(context, operation, answer.status);
    const page = await context.client.findUsers(`userName eq '${username}'`, call);
    const holder = page === 'unsupported' ? undefined : page.rows.find((row) => sameText(row.userName, username));
    if (holder !== undefined)
      throw new VendorConflict(`user name ${username} is taken by account ${holder.id}`, failure);
    if (answer.status === 409) throw new VendorConflict(`user name ${username}: ${said}`, failure);
    throw new VendorRejected(`user name ${username} was refused: ${said}`, failure);
  }
  const made = await context.client.getUser(answer.body.id, operation, call);
  if (made === undefined)
    throw new VendorIgnoredWrite(
      `account ${answer.body.id} was accepted but does not exist`,
      where(context, operation),
    );
  return context.reads.keep(made, call);
}

/** What a PATCH would say, from the user as it is. */
export async function compareAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<readonly Difference[]> {
  const operation = 'update account';
  refuseFixedFields(context, changes.attributes, operation);
  const before = await readForWrite(context, account, operation, call);
  return Object.entries(changedFields(before, changes)).map(([name, to]) => ({
    ...{ name, to },
    ...(before[name] !== undefined && { from: before[name] }),
  }));
}

export async function updateAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<Written> {
  const operation = 'update account';
  refuseFixedFields(context, changes.attributes, operation);
  const before = await readForWrite(context, account, operation, call);
  const fields = changedFields(before, changes);
  if (Object.keys(fields).length === 0) return { change: 'already', after: toAccount(before) };
  return { change: 'done', after: await write(context, { user: before, fields, operation }, call) };
}

export async function setAccountEnabled(
  context: Context,
  account: Account,
  enabled: boolean,
  call: Call,
): Promise<Written> {
  const operation = enabled ? 'enable account' : 'disable account';
  const before = await readForWrite(context, account, operation, call);
  if (before.active === enabled) return { change: 'already', after: toAccount(before) };
  return {
    change: 'done',
    after: await write(context, { user: before, fields: { active: enabled }, operation }, call),
  };
}

/** A 404 proves the deletion only because the id is one that we held. */
export async function deleteAccount(context: Context, account: Account, call: Call): Promise<Deleted> {
  context.reads.writing(call);
  const wasThere = await context.client.deleteUser(account.id, call);
  if (!wasThere) return { change: 'already', proof: 'gone' };
  if ((await context.client.getUser(account.id, 'delete account', call)) !== undefined)
    throw new VendorIgnoredWrite(`account ${account.id} is still there`, where(context, 'delete account'));
  return { change: 'done', proof: 'gone' };
}

/** Just before a write. Throws `VendorConflict` when the account is gone. */
export async function readForWrite(context: Context, account: Account, operation: string, call: Call): Promise<User> {
  const user = await readUser(context, { account, operation }, call);
  if (user === undefined) throw gone(context, account, operation);
  return user;
}

interface Write {
  readonly user: User;
  readonly fields: Fields;
  readonly operation: string;
}

/** PATCH, then both proofs: the answer's own body where it has one (200), and always a fresh reading (vendor-apis 5.1). */
async function write(context: Context, { user, fields, operation }: Write, call: Call): Promise<Account> {
  const { id } = user;
  context.reads.writing(call);
  const answer = await context.client.patchUser({ id, fields, operation, expected: [404] }, call);
  if ('problem' in answer) throw gone(context, toAccount(user), operation);
  const said = typeof answer.body === 'object' && answer.body !== null ? answer.body : {};
  const after = await context.client.getUser(id, operation, call);
  if (after === undefined) throw gone(context, toAccount(user), operation);
  const names = Object.keys(fields);
  const hidden = names.filter((name) => after[name] == null && fields[name] != null);
  if (hidden.length > 0)
    throw new Unobservable(
      `account ${id}: the answer does not show ${hidden.join(', ')} after the write; let the API client read it`,
      where(context, operation),
    );
  const told = Object.fromEntries(names.filter((name) => said[name] != null).map((name) => [name, fields[name]]));
  if (!shows(after, fields) || !shows({ ...after, ...said }, told))
    throw new VendorIgnoredWrite(`account ${id}: ${names.join(', ')} did not change`, where(context, operation));
  return context.reads.keep(after, call);
}

function refuseFixedFields(context: Context, attributes: NewAccount['attributes'], operation: string): void {
  const fixed = ['id', 'meta', 'groups', 'active'].filter((field) => attributes !== undefined && field in attributes);
  if (fixed.length > 0)
    throw new VendorRejected(`attributes ${fixed.join(', ')} cannot be set this way`, where(context, operation));
}

function gone(context: Context, { id, username }: Account, operation: string): VendorConflict {
  return new VendorConflict(`account ${id} (${username}) does not exist any more`, where(context, operation, 404));
}
