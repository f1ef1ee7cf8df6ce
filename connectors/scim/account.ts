import type { Account, AccountId } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { AccountChanges, Call, Deleted, Difference, NewAccount, Page, PageToken, Written } from '../connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected, type ConnectorError } from '../errors';
import { listingPage, positionOf } from '../http';
import type { HttpAnswer, Problem } from '../http/contract';
import type { PatchOperation } from './client';
import { where, type Context } from './context';
import { fieldChanges, newUser, toAccount, type FieldChange } from './mapping';
import { holderOf } from './search';
import { neededForWrite, readForWrite, readUser, recordOf } from './user';
import type { User } from './wire';

export async function getAccount(context: Context, id: AccountId, call: Call): Promise<Account | undefined> {
  const user = await readUser(context, id, 'read account', call);
  return user === undefined ? undefined : context.reads.keep(user, call);
}

export async function listAccounts(context: Context, after: PageToken | undefined, call: Call): Promise<Page<Account>> {
  const operation = 'list accounts';
  const { habits, quirks, reads, target } = context;
  const position = positionOf(after);
  const page = await context.client.users({ offset: position.offset, operation }, call);
  habits.sawRows(page.rows);
  const idOf = ({ id }: User): string => id;
  const listing = { target: target.id, operation, pageSize: quirks.pageSize, idOf };
  const { items, next, total } = listingPage(position, page, listing);
  // A row that is not the whole record is nothing that a write may start from.
  const needed = neededForWrite(context);
  return {
    items: items.map((user) => (habits.isAbridged(user, needed) ? toAccount(user, quirks) : reads.keep(user, call))),
    ...(next !== undefined && { next }),
    ...(total !== undefined && { total }),
  };
}

export async function createAccount(context: Context, wanted: NewAccount, call: Call): Promise<Account> {
  const operation = 'create account';
  const missing = missingForCreate(context, wanted);
  if (missing !== undefined) throw new VendorRejected(missing, where(context, operation));
  context.reads.writing(call);
  const answer = await context.client.createUser(newUser(wanted, context.quirks), call);
  if ('problem' in answer) throw await refusedCreate(context, { wanted, answer }, call);
  const { id } = answer.body;
  const made = await readUser(context, id, operation, call);
  if (made === undefined || !sameText(made.username, wanted.username)) {
    throw new VendorIgnoredWrite(`account ${id} was accepted, and reading it back does not show it`, {
      ...where(context, operation),
    });
  }
  return context.reads.keep(made, call);
}

/** Taken or not wanted: the status does not tell, the name does. Adopting is not this room's decision. */
async function refusedCreate(
  context: Context,
  {
    wanted,
    answer,
  }: { readonly wanted: NewAccount; readonly answer: HttpAnswer<User> & { readonly problem: Problem } },
  call: Call,
): Promise<ConnectorError> {
  const { status, problem } = answer;
  const at = { ...where(context, 'create account'), status, ...(problem.code !== undefined && { code: problem.code }) };
  const holder = await holderOf(context, wanted.username, call);
  if (holder !== undefined) return new VendorConflict(`user name ${wanted.username} is taken by ${holder.id}`, at);
  const said = [problem.code, problem.message].filter((part) => part !== undefined).join(': ');
  const text = `user ${wanted.username} was refused: ${said === '' ? `status ${String(status)}` : said}`;
  return status === 409 || problem.code === 'uniqueness' ? new VendorConflict(text, at) : new VendorRejected(text, at);
}

function missingForCreate({ quirks }: Context, wanted: NewAccount): string | undefined {
  if (quirks.password === 'required' && wanted.initialPassword === undefined)
    return `${wanted.username} needs an initial password: this system creates no user without one`;
  if (quirks.externalId === 'every-write' && wanted.externalId === undefined)
    return `${wanted.username} needs an externalId: without it later changes create a second user (seed 003)`;
  return undefined;
}

/** What the PATCHes would say, from the user as it is; a field that is not shown counts as different. */
export async function compareAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<readonly Difference[]> {
  const before = await readForChange(context, account, changes, call);
  return fieldChanges(changes, before)
    .filter((change) => change.holds(before) !== true)
    .map(({ name, operation, from }) => ({ name, to: operation.value, ...(from !== undefined && { from }) }));
}

const updating = 'update account';

/** The user with the fields that are to be changed: a row of a search may leave them out where the record shows them. */
async function readForChange(context: Context, account: Account, changes: AccountChanges, call: Call): Promise<User> {
  const user = await readForWrite(context, account, updating, call);
  const names = fieldChanges(changes, user).map(({ name }) => name.toLowerCase());
  if (!context.habits.isAbridged(user, names)) return user;
  return (await recordOf(context, user, updating, call)) ?? user;
}

/** One operation per PATCH: servers apply several of them in part (vendor-apis 3.2). Nothing that holds already is written. */
export async function updateAccount(
  context: Context,
  account: Account,
  changes: AccountChanges,
  call: Call,
): Promise<Written> {
  const before = await readForChange(context, account, changes, call);
  if (changes.email !== undefined && before.emails === undefined)
    throw new Unobservable(
      `account ${account.id} (${account.username}) does not show its e-mail addresses: replacing one would reset the others`,
      where(context, updating),
    );
  const open = fieldChanges(changes, before).filter((change) => change.holds(before) !== true);
  if (open.length === 0) return { change: 'already', after: context.reads.keep(before, call) };
  for (const change of open)
    await patchUser(context, { user: before, change: change.operation, operation: updating }, call);
  const after = await readForWrite(context, { ...account }, updating, call);
  const notShown = open.filter((change) => change.mayBeUnkept === true && change.holds(after) === undefined);
  assertHolds(
    context,
    open.filter((change) => !notShown.includes(change)),
    after,
    updating,
  );
  const names = notShown.map(({ name }) => name);
  return { change: 'done', after: context.reads.keep(after, call), ...(names.length > 0 && { notShown: names }) };
}

/**
 * What a delete means differs: the cloud deletes for good, Delinea's on-prem connector only disables and then answers 404
 * for the record that it keeps (vendor-apis 5.2). So the record is read afterwards whatever the answer was.
 */
export async function deleteAccount(context: Context, account: Account, call: Call): Promise<Deleted> {
  const operation = 'delete account';
  context.reads.writing(call);
  const change = (await context.client.deleteUser(account.id, call)) ? 'done' : 'already';
  const left = await readUser(context, account.id, operation, call);
  if (left === undefined) return { change, proof: 'gone' };
  if (context.quirks.deletion === 'disables' && left.active === false) return { change, proof: 'only-disabled' };
  const state =
    left.active === false
      ? 'kept and disabled; if that is what DELETE does here, set options.deletion: disables'
      : 'still there';
  throw new VendorIgnoredWrite(`account ${account.id} (${account.username}) is ${state}`, where(context, operation));
}

export interface UserPatch {
  readonly user: User;
  readonly change: PatchOperation;
  readonly operation: string;
}

/** What the server answered, unread. Throws `VendorConflict` where the user is gone. */
export async function patchUser(
  context: Context,
  { user, change, operation }: UserPatch,
  call: Call,
): Promise<unknown> {
  context.reads.writing(call);
  const answer = await context.client.patchUser(user.id, withExternalId(context, user, change), operation, call);
  if ('problem' in answer)
    throw new VendorConflict(`account ${user.id} (${user.username}) is gone`, where(context, operation));
  return answer.body;
}

/** Delinea loses the link to the person when a write comes without the external id (seed 003). */
function withExternalId({ quirks }: Context, user: User, change: PatchOperation): readonly PatchOperation[] {
  const { externalid } = user;
  if (quirks.externalId !== 'every-write' || externalid === undefined || change.path === 'externalId') return [change];
  if (change.path === undefined && typeof change.value === 'object')
    return [{ ...change, value: { ...change.value, externalId: externalid } }];
  return [change, { op: 'replace', path: 'externalId', value: externalid }];
}

/** Throws `VendorIgnoredWrite` where a change does not hold, `Unobservable` where that cannot be seen. */
export function assertHolds(
  context: Context,
  changes: readonly Pick<FieldChange, 'name' | 'holds'>[],
  after: User,
  operation: string,
): void {
  const names = (holds: boolean | undefined): string =>
    changes
      .filter((change) => change.holds(after) === holds)
      .map(({ name }) => name)
      .join(', ');
  const who = `account ${after.id} (${after.username})`;
  if (names(false) !== '')
    throw new VendorIgnoredWrite(`${who} still has its old ${names(false)}`, where(context, operation));
  if (names(undefined) !== '')
    throw new Unobservable(
      `${who} was changed, and its ${names(undefined)} cannot be read back`,
      where(context, operation),
    );
}
