import type { Account, AccountId } from '../../domain/account';
import type { AccountChanges, Call, Deleted, Difference, NewAccount, Written } from '../connector';
import { VendorConflict, VendorIgnoredWrite, VendorRejected } from '../errors';
import { where, type Context } from './context';
import { changedFields, createBody, displayNameOf, toAccount, type User } from './mapping';
import { createOnlyFields } from './option';
import { mustRead, putMerged } from './record';
import { alreadyHas, shownOf } from './replacement';

export async function getAccount(context: Context, id: AccountId, call: Call): Promise<Account | undefined> {
  const user = await context.client.user({ id }, 'read account', call);
  return user === undefined ? undefined : context.memory.accountOf(user, call);
}

/** The vault keeps no display name and no external id: those of `wanted` are not written, and the answer shows none. */
export async function createAccount(context: Context, wanted: NewAccount, call: Call): Promise<Account> {
  const operation = 'create account';
  const answer = await context.client.createUser(createBody(wanted, context.options), call);
  if ('problem' in answer)
    throw new VendorConflict(`the vault already has a user ${wanted.username}, or a group of that name`, {
      ...where(context, operation),
      status: answer.status,
      ...(answer.problem.code !== undefined && { code: answer.problem.code }),
    });
  return toAccount(await mustRead(context, answer.body, operation, call), context.options);
}

export async function updateAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<Written> {
  const operation = 'update account';
  const { user, owned } = await ownedBy(context, account, changes, call);
  if (alreadyHas(user, owned)) return { change: 'already', after: toAccount(user, context.options) };
  await putMerged(context, { user, owned, operation }, call);
  const after = await mustRead(context, account, operation, call);
  const notShown = Object.keys(owned).filter((name) => context.memory.shown.isUnheardOf(name));
  const visible = Object.fromEntries(Object.entries(owned).filter(([name]) => !notShown.includes(name)));
  if (!alreadyHas(after, visible))
    throw new VendorIgnoredWrite(
      `the vault took the change of ${user.username} and shows the old ${Object.keys(visible).join(', ')}`,
      where(context, operation),
    );
  return { change: 'done', after: toAccount(after, context.options), ...(notShown.length > 0 && { notShown }) };
}

export async function compareAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<readonly Difference[]> {
  const { user, owned } = await ownedBy(context, account, changes, call);
  return Object.entries(owned)
    .filter(([name, to]) => !alreadyHas(user, { [name]: to }))
    .map(([name, to]) => ({ name, to, ...shownOf(user, name) }));
}

/** The user now, and what the change is about in the vault's words. */
async function ownedBy(context: Context, account: Account, changes: AccountChanges, call: Call) {
  const user = await mustRead(context, account, 'update account', call);
  refuseUnwritable(context, user, changes);
  const owned = Object.entries(changedFields(user, changes, context.options.userShape));
  const { dropOnUpdate } = context.options;
  // What the vault takes at creation only, or refuses in a PUT, is no difference that an update could end.
  const kept = owned.filter(([name]) => !createOnlyFields.includes(name) && !dropOnUpdate.includes(name));
  return { user, owned: Object.fromEntries(kept) };
}

/** 404 counts as done for an id that we held, where it proves the user gone (`proveGone`). */
export async function deleteAccount(context: Context, account: Account, call: Call): Promise<Deleted> {
  const operation = 'delete account';
  const wasThere = await context.client.deleteUser(account, call);
  if (!wasThere) return { change: 'already', proof: 'gone' };
  if ((await context.client.user(account, operation, call)) !== undefined)
    throw new VendorIgnoredWrite(
      `the vault took the deletion of ${account.username} and still shows the user`,
      where(context, operation),
    );
  return { change: 'done', proof: 'gone' };
}

/** What a person has to change elsewhere; said before anything is written. */
function refuseUnwritable(context: Context, user: User, changes: AccountChanges): void {
  const refuse = (why: string): never => {
    throw new VendorRejected(`${user.username}: ${why}`, where(context, 'update account'));
  };
  const { ownedByDirectory } = toAccount(user, context.options);
  if (ownedByDirectory !== undefined)
    refuse(`the fields belong to the directory (${ownedByDirectory}): change them there`);
  if (changes.externalId !== undefined) refuse('the vault keeps no external id');
  const { displayName, givenName, familyName } = changes;
  const isDerived = givenName !== undefined || familyName !== undefined || displayName === displayNameOf(user);
  if (displayName !== undefined && !isDerived)
    refuse('the vault keeps no display name: give givenName and familyName instead');
  if (changes.attributes !== undefined && 'initialPassword' in changes.attributes)
    refuse('a password is not set by policy: Tenure generates the first one, and later ones are the person’s own');
}
