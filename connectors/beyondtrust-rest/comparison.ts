import type { Account } from '../../domain/account';
import type { AccountChanges, Call, Difference } from '../connector';
import { VendorRejected } from '../errors';
import { readForWrite } from './account';
import { where, type Context } from './context';
import { alreadyHas, changedFields, type OwnedFields, type User } from './mapping';

const operation = 'update account';
/** What an update can never change; policy may still name it, since it counts when the account is created. */
const fixedFields: readonly string[] = ['id', 'account_type', 'last_login', 'created_at', 'password'];

/** What `updateAccount` would write; from the same reading that it writes from. */
export async function compareAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<readonly Difference[]> {
  const user = await readForWrite(context, account, operation, call);
  return Object.entries(changeable(context, user, { account, changes }))
    .filter(([name, to]) => !alreadyHas(user, { [name]: to }))
    .map(([name, to]) => ({ name, to, ...(user[name] !== undefined && { from: user[name] }) }));
}

/** The fields of a change in the vendor's words. Throws `VendorRejected` for those that no update can change. */
export function changeable(
  context: Context,
  user: User,
  { account, changes }: { readonly account: Account; readonly changes: AccountChanges },
): OwnedFields {
  const owned = changedFields(changes);
  const fixed = fixedFields.filter((field) => field in owned && !alreadyHas(user, { [field]: owned[field] }));
  if (fixed.length > 0)
    throw new VendorRejected(
      `account ${account.id}: ${fixed.join(', ')} cannot be changed by an update`,
      where(context, operation),
    );
  const open = Object.fromEntries(Object.entries(owned).filter(([field]) => !fixedFields.includes(field)));
  if (account.ownedByDirectory !== undefined && !alreadyHas(user, open))
    throw new VendorRejected(
      `account ${account.id} mirrors ${account.ownedByDirectory}: change its fields there`,
      where(context, operation),
    );
  return open;
}
