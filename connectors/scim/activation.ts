import type { Account } from '../../domain/account';
import type { Call, Written } from '../connector';
import { VendorIgnoredWrite, VendorRejected, VendorUnavailable, type ConnectorError } from '../errors';
import { assertHolds, patchUser } from './account';
import type { Context } from './context';
import { activeOperation } from './mapping';
import type { ActiveStyle } from './quirk';
import { readForWrite } from './user';
import { activeIn, type User } from './wire';

/**
 * Always a PATCH: a DELETE may be for good, and a PUT may reset what it leaves out (vendor-apis 2.5). Servers read the
 * change in different forms (vendor-apis 6: rancher#54025, kortix-ai/suna#7297, FusionAuth#3311); where the first is
 * refused or overlooked the others follow, since all of them say the same. Where none has an effect, what came of the main
 * one is thrown: the one that had an effect before, else the one that the options name.
 */
export async function setAccountEnabled(
  context: Context,
  account: Account,
  enabled: boolean,
  call: Call,
): Promise<Written> {
  const { habits, quirks, reads } = context;
  const operation = enabled ? 'enable account' : 'disable account';
  const before = await readForWrite(context, account, operation, call);
  if (before.active === enabled) return { change: 'already', after: reads.keep(before, call) };
  const main = habits.activeStyle ?? quirks.activeStyle;
  let failure: ConnectorError | undefined;
  for (const style of habits.activeStyles(quirks.activeStyle)) {
    const isMain = style === main;
    const tried = await attempt(context, { account, before, enabled, operation, style, isMain }, call);
    if ('after' in tried) return { change: 'done', after: reads.keep(tried.after, call) };
    if (isMain) failure = tried.failure;
    if (isMain && tried.isFinal) break;
  }
  throw failure ?? new Error(`${main} is not among the forms that were tried`);
}

interface Attempt {
  readonly account: Account;
  readonly before: User;
  readonly enabled: boolean;
  readonly operation: string;
  readonly style: ActiveStyle;
  readonly isMain: boolean;
}

/** `isFinal`: not because of the form, or nobody can tell. */
type Tried = { readonly after: User } | { readonly failure: ConnectorError; readonly isFinal: boolean };

/** One form, proven by reading back. Throws what has nothing to do with forms. */
async function attempt(context: Context, tried: Attempt, call: Call): Promise<Tried> {
  const { account, enabled, operation, style } = tried;
  const said = await written(context, tried, call);
  if ('refusal' in said) return { failure: said.refusal, isFinal: false };
  const after = await readForWrite(context, { ...account }, operation, call);
  const failure = overlooked(context, { enabled, operation, after });
  if (failure !== undefined) return { failure, isFinal: isFinal(context, said, tried) };
  context.habits.readActive(style);
  return { after };
}

type Said = { readonly active: boolean | undefined } | { readonly refusal: ConnectorError };

async function written(
  context: Context,
  { before, enabled, operation, style, isMain }: Attempt,
  call: Call,
): Promise<Said> {
  const change = activeOperation(enabled, { activeStyle: style });
  try {
    return { active: activeIn(await patchUser(context, { user: before, change, operation }, call)) };
  } catch (error) {
    const refusal = aboutForm(error, isMain);
    if (refusal === undefined) throw error;
    return { refusal };
  }
}

/** What is to be thrown where the user is as before; throws `Unobservable` where the state is not shown. */
function overlooked(
  context: Context,
  { enabled, operation, after }: Pick<Attempt, 'enabled' | 'operation'> & { readonly after: User },
): VendorIgnoredWrite | undefined {
  const holds = ({ active }: User): boolean | undefined => (active === undefined ? undefined : active === enabled);
  try {
    assertHolds(context, [{ name: 'active', holds }], after, operation);
    return undefined;
  } catch (error) {
    if (error instanceof VendorIgnoredWrite) return error;
    throw error;
  }
}

/**
 * An answer that shows the new state has read the form and did not keep the change; one that shows the old state has not
 * read it, and another form may do. One that shows nothing (204) may be either: the step is repeated anyway, and then
 * begins with another form.
 */
function isFinal(
  { habits }: Context,
  { active }: { readonly active: boolean | undefined },
  { enabled, style }: Attempt,
): boolean {
  if (active === undefined) habits.overlookedActive(style);
  return active !== !enabled;
}

/**
 * The refusal, where another form may do better: not where somebody else keeps the attribute (`mutability`, RFC 7644 3.12).
 * A form that nobody promised may crash the server: that is no outage, and what the main form met says more.
 */
function aboutForm(error: unknown, isMain: boolean): ConnectorError | undefined {
  const isRefusal = error instanceof VendorRejected;
  if (!isRefusal && !(error instanceof VendorUnavailable)) return undefined;
  const { status, code } = error.context;
  if (!isMain) return isRefusal || status === 500 ? error : undefined;
  const isForm = status === 400 || status === 501;
  return isRefusal && isForm && code?.toLowerCase() !== 'mutability' ? error : undefined;
}
