import type { Account, AccountId } from '../../domain/account';
import type { Call } from '../connector';
import { VendorConflict } from '../errors';
import { where, type Context } from './context';
import type { User } from './wire';

/** The user as the vendor has it now, unless it was read in this call and nothing was written since. */
export async function currentUser(
  context: Context,
  account: Account,
  operation: string,
  call: Call,
): Promise<User | undefined> {
  return context.reads.recall(account, call) ?? (await readUser(context, account.id, operation, call));
}

/** Throws `VendorConflict` when the vendor answers with another user than the one asked for. */
export async function readUser(
  context: Context,
  id: AccountId,
  operation: string,
  call: Call,
): Promise<User | undefined> {
  const user = await context.client.user(id, operation, call);
  if (user === undefined) return undefined;
  context.habits.sawRecord(user);
  if (user.id === id) return user;
  throw new VendorConflict(`asked for account ${id}, the vendor answered with ${user.id}`, where(context, operation));
}

/**
 * The record behind a row of a listing; seed 003 prints rows of `id` and `userName` alone. Undefined: the vendor lists the
 * user and answers 404 for it.
 */
export async function recordOf(context: Context, user: User, operation: string, call: Call): Promise<User | undefined> {
  if (context.habits.isRecord(user)) return user;
  const record = await readUser(context, user.id, operation, call);
  if (record !== undefined) context.habits.sawBoth(user, record);
  return record;
}

/** What has to be known of a user before anything is written: the state, and what each write carries. */
export function neededForWrite({ quirks }: Context): readonly string[] {
  return quirks.externalId === 'every-write' ? ['active', 'externalid'] : ['active'];
}

export async function readForWrite(context: Context, account: Account, operation: string, call: Call): Promise<User> {
  const user = await currentUser(context, account, operation, call);
  if (user !== undefined) return user;
  throw new VendorConflict(`account ${account.id} (${account.username}) is gone`, where(context, operation));
}
