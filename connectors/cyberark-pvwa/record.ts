import type { Call } from '../connector';
import { Unobservable, VendorConflict } from '../errors';
import { positionOf } from '../http';
import { where, type Context } from './context';
import type { Held } from './gone';
import type { User } from './mapping';
import { replacement, type OwnedFields, type Replacement } from './replacement';

/** The user now; `VendorConflict` where it is gone, since somebody else removed it under the step. */
export async function mustRead(context: Context, who: Held, operation: string, call: Call): Promise<User> {
  const user = await context.client.user(who, operation, call);
  if (user !== undefined) return user;
  throw new VendorConflict(`user ${String(who.id)} is no longer in the vault`, {
    ...where(context, operation),
    status: 404,
  });
}

export interface Replacing {
  readonly user: User;
  readonly owned: OwnedFields;
  readonly operation: string;
}

/** PUT of the whole user with the owned fields changed; `Unobservable` while it would reset something not shown. */
export async function putMerged(context: Context, replacing: Replacing, call: Call): Promise<void> {
  const { user, operation } = replacing;
  const made = await merged(context, replacing, call);
  if ('unknown' in made)
    throw new Unobservable(
      `the vault does not show ${made.unknown.join(', ')} of ${user.username}, and a full replace would reset that; ` +
        'set options.disableStyle to endpoint (12.6 and later), or name the field in options.mayReset',
      where(context, operation),
    );
  await context.client.putUser(String(user.id), made.body, operation, call);
}

/**
 * What a full replace would send, or the fields that stand in its way: those that this record hides and others show. As
 * long as no other record has been read that cannot be told apart from a version without the field, so one is read. It
 * takes a while on a large vault, hence the user is read again after it.
 */
export async function merged(
  context: Context,
  { user, owned, operation }: Replacing,
  call: Call,
): Promise<Replacement> {
  const { shown } = context.memory;
  const made = (from: User) => replacement(from, owned, context.options, (field) => shown.has(field, from));
  const now = made(user);
  const isSure = 'unknown' in now || now.without === undefined || shown.isWitnessedBeside(user);
  if (isSure) return now;
  await readAnother(context, user, call);
  return made(await mustRead(context, user, operation, call));
}

/** Nobody else may be visible: then this vault shows us no more than that one user does. */
async function readAnother(context: Context, { id, userType }: User, call: Call): Promise<void> {
  const operation = 'see which fields users have';
  const { items } = await context.client.users({ position: positionOf(undefined), operation }, call);
  const others = items.filter((row) => String(row.id) !== String(id));
  // One of the same kind, if there is one: the vault's own components may show less.
  const alike = others.find((row) => row.userType === userType) ?? others[0];
  if (alike !== undefined) await context.client.user(alike, operation, call);
}
