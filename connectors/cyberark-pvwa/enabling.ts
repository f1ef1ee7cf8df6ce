import type { Account } from '../../domain/account';
import type { Call, Written } from '../connector';
import { Unobservable, VendorIgnoredWrite, VendorRejected } from '../errors';
import { everyKind, generatePassword } from '../password';
import { where, type Context } from './context';
import { toAccount, type User } from './mapping';
import { mustRead, putMerged } from './record';

/**
 * Disabling owns `enableUser` alone. `suspended` (bad log-ons) is not disabled: the vault lifts it in other ways, so a
 * suspended user is disabled like any other, and enabling looks at both flags.
 */
export async function setAccountEnabled(
  context: Context,
  account: Account,
  enabled: boolean,
  call: Call,
): Promise<Written> {
  const operation = enabled ? 'enable account' : 'disable account';
  // A record that this step read just now is good to write from, since it is read back; "already" is a claim of its own.
  const known = context.memory.userOf(account, call);
  const isKnown = known !== undefined && known.enableUser === !enabled;
  const before = isKnown ? known : await mustRead(context, account, operation, call);
  const isEnabled = flagOf(context, before, operation);
  const isSuspended = enabled && before.suspended === true;
  const refusal = enabled ? undefined : await lockFurther(context, before, call);
  if (isEnabled !== enabled) await switchTo(context, before, { enabled, operation }, call);
  if (isSuspended) await context.client.activateUser(account.id, call);
  const change = isEnabled !== enabled || isSuspended ? 'done' : 'already';
  const after = change === 'already' ? before : await mustRead(context, account, operation, call);
  if (flagOf(context, after, operation) !== enabled)
    throw new VendorIgnoredWrite(
      `the vault took the change and shows enableUser=${String(!enabled)} for ${after.username}`,
      where(context, operation),
    );
  if (enabled && after.suspended === true)
    throw new VendorIgnoredWrite(
      `the vault still shows suspended=true for ${after.username}`,
      where(context, operation),
    );
  if (refusal !== undefined) throw refusal;
  return { change, after: toAccount(after, context.options) };
}

async function switchTo(
  context: Context,
  user: User,
  { enabled, operation }: { readonly enabled: boolean; readonly operation: string },
  call: Call,
): Promise<void> {
  const id = String(user.id);
  switch (context.options.disableStyle) {
    case 'endpoint':
      return context.client.switchUser(id, enabled ? 'enable' : 'disable', call);
    case 'put-bare':
      return context.client.putUser(id, { enableUser: enabled }, operation, call);
    case 'put-merged':
      return putMerged(context, { user, owned: { enableUser: enabled }, operation }, call);
  }
}

/**
 * Locks beside the disable, where the options ask for them. They come first: once the user is disabled, a repeated step
 * finds nothing left to do and would never run them. A refusal does not hold up the disable, it is told after it; an
 * outage holds up both. A directory's password is not the vault's to set.
 */
async function lockFurther(context: Context, user: User, call: Call): Promise<VendorRejected | undefined> {
  const { resetPasswordOnDisable, clearSshKeysOnDisable } = context.options;
  const id = String(user.id);
  const isMirrored = toAccount(user, context.options).ownedByDirectory !== undefined;
  try {
    if (clearSshKeysOnDisable) await context.client.clearSshKeys(id, call);
    if (resetPasswordOnDisable && !isMirrored) await context.client.resetPassword(id, newPassword(context), call);
    return undefined;
  } catch (error) {
    if (error instanceof VendorRejected) return error;
    throw error;
  }
}

function flagOf(context: Context, user: User, operation: string): boolean {
  if (typeof user.enableUser === 'boolean') return user.enableUser;
  throw new Unobservable(`the vault does not show enableUser of ${user.username}`, where(context, operation));
}

/** Nobody ever learns it: it exists to make the old one useless. */
function newPassword({ options }: Context): string {
  return generatePassword({ length: options.passwordLength, kinds: everyKind });
}
