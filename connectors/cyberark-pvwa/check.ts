import type { Call, CheckReport } from '../connector';
import { ConnectorError } from '../errors';
import { positionOf } from '../http';
import type { Context } from './context';
import type { User } from './mapping';
import { merged } from './record';
import { findUser } from './search';

type Finding = CheckReport['findings'][number];

/** Reads what each step will need; the vault has no dry run, so rights to change are at best declared by the own record. */
export async function checkTarget(context: Context, call: Call): Promise<CheckReport> {
  const { lifetimeSeconds, clockSkewMs } = await context.http.proveCredential(call);
  const findings: Finding[] = [
    {
      name: 'authentication',
      state: 'proven',
      detail: lifetimeSeconds === undefined ? 'logged on' : `token for ${String(lifetimeSeconds)} s`,
    },
    await proveRead('read users', () => seenUsers(context, call)),
    await proveRead('read groups', () => seenGroups(context, call)),
  ];
  if (context.options.sessions) findings.push(await proveRead('read live sessions', () => seenSessions(context, call)));
  const username = ownUsername(context);
  const own = username === undefined ? undefined : await ownRecord(context, username, call);
  findings.push(
    ...(own?.findings ?? [{ name: 'own account', state: 'unknown', detail: 'name it as ownAccount' } as const]),
  );
  return {
    findings,
    ...(clockSkewMs !== undefined && { clockSkewMs }),
    ...(lifetimeSeconds !== undefined && { tokenLifetimeSeconds: lifetimeSeconds }),
    ...(username !== undefined && { ownAccount: { username, ...(own?.id !== undefined && { id: own.id }) } }),
  };
}

/** At Privilege Cloud the client id is the service user's own name. */
function ownUsername({ target: { auth, ownAccount } }: Context): string | undefined {
  if (ownAccount !== undefined) return ownAccount;
  if ('username' in auth) return auth.username;
  return 'clientId' in auth ? auth.clientId : undefined;
}

async function proveRead(name: string, read: () => Promise<string>): Promise<Finding> {
  try {
    return { name, state: 'proven', detail: await read() };
  } catch (error) {
    if (error instanceof ConnectorError) return { name, state: 'failed', detail: error.message };
    throw error;
  }
}

async function seenUsers(context: Context, call: Call): Promise<string> {
  const ask = { position: positionOf(undefined), operation: 'check users' };
  const { items, total } = await context.client.users(ask, call);
  return `${String(total ?? items.length)} users in the service account's own vault location and below; others stay invisible`;
}

async function seenGroups(context: Context, call: Call): Promise<string> {
  const { items, total } = await context.client.groups(undefined, call);
  return `${String(total ?? items.length)} groups`;
}

async function seenSessions(context: Context, call: Call): Promise<string> {
  return `${String((await context.client.sessions(call)).length)} live sessions`;
}

/** Which of the vault's authorizations a step needs. */
const neededRights: readonly (readonly [string, string])[] = [
  ['AddUpdateUsers', 'create, disable and delete users'],
  ['ActivateUsers', 'lift suspensions'],
  ['ResetUsersPasswords', 'reset passwords'],
];

async function ownRecord(
  context: Context,
  username: string,
  call: Call,
): Promise<{ readonly id?: string; readonly findings: readonly Finding[] }> {
  const operation = 'check own account';
  const unknown = (detail: string) => ({ findings: [{ name: 'own account', state: 'unknown', detail } as const] });
  try {
    const row = await findUser(context, username, operation, call);
    if (row === undefined)
      return unknown(`${username} is not visible in the vault; name the own account as ownAccount`);
    const id = String(row.id);
    const own = await context.client.user(row, operation, call);
    const found: Finding = { name: 'own account', state: 'proven', detail: `${username} is user ${id}` };
    if (own === undefined) return { id, findings: [found] };
    return { id, findings: [found, await wholeUserVisible(own, context, call), ...declaredRights(own)] };
  } catch (error) {
    if (error instanceof ConnectorError) return unknown(error.message);
    throw error;
  }
}

function declaredRights({ vaultAuthorization: rights }: User): readonly Finding[] {
  return neededRights.map(([name, purpose]): Finding => {
    if (!Array.isArray(rights))
      return { name, state: 'unknown', detail: `to ${purpose}; the vault does not show its authorizations` };
    if (rights.includes(name)) return { name, state: 'declared', detail: `to ${purpose}` };
    return {
      name,
      state: 'unknown',
      detail: `to ${purpose}; not among the own record's authorizations, a group may give it`,
    };
  });
}

/** Finds out before the first leaver does whether a full replace would have to reset something that is not shown. */
async function wholeUserVisible(user: User, context: Context, call: Call): Promise<Finding> {
  const name = 'whole user visible';
  const { disableStyle } = context.options;
  if (disableStyle !== 'put-merged')
    return { name, state: 'unknown', detail: `not needed to disable with disableStyle ${disableStyle}` };
  const made = await merged(context, { user, owned: { enableUser: false }, operation: 'check own account' }, call);
  if ('unknown' in made) {
    const detail = `the vault does not show ${made.unknown.join(', ')}: disabling will be refused; set options.disableStyle to endpoint, or name them in options.mayReset`;
    return { name, state: 'failed', detail };
  }
  if (made.without === undefined)
    return { name, state: 'proven', detail: 'a full replace resets nothing that is not shown' };
  const detail = `no user of this vault shows ${made.without.join(', ')}: a full replace is sent without, as by a version that does not have it`;
  return { name, state: 'unknown', detail };
}
