import type { Abilities, Connector } from '../connector';
import type { HttpDialect } from '../http/contract';
import { openHttp } from '../http';
import type { Target } from '../target';
import { compareAccount, createAccount, deleteAccount, getAccount, updateAccount } from './account';
import { checkTarget } from './check';
import { openClient } from './client';
import type { Context } from './context';
import { setAccountEnabled } from './enabling';
import { grant, listEntitlements, listGrants, revoke } from './grant';
import { holdersOf, safesOf } from './holder';
import { Memory } from './memory';
import type { Options } from './option';
import { firstSignIn } from './sign-in';
import { findAccounts, listAccounts } from './search';
import { sessionsOf } from './session';

export { pvwaOptions, type Options } from './option';

/** One PVWA: the same REST API in the cloud and on premises; what differs is how one logs on (`dialect`). */
export function pvwaConnector(target: Target, options: Options, dialect: HttpDialect): Connector {
  const http = openHttp(target, { ...dialect, retryableCodes: options.retryableCodes });
  const memory = new Memory(options);
  const client = openClient({ http, targetId: target.id, options, memory });
  const context: Context = { client, http, target, options, memory };
  return {
    type: target.type,
    abilities: abilitiesOf(options),
    check: (call) => checkTarget(context, call),
    findAccounts: (keys, call) => findAccounts(context, keys, call),
    getAccount: (id, call) => getAccount(context, id, call),
    listAccounts: (after, call) => listAccounts(context, after, call),
    createAccount: (wanted, call) => createAccount(context, wanted, call),
    compareAccount: (account, changes, call) => compareAccount(context, account, changes, call),
    firstSignIn: (wanted) => firstSignIn(wanted, options),
    updateAccount: (account, changes, call) => updateAccount(context, account, changes, call),
    setAccountEnabled: (account, enabled, call) => setAccountEnabled(context, account, enabled, call),
    deleteAccount: (account, call) => deleteAccount(context, account, call),
    listEntitlements: (after, call) => listEntitlements(context, after, call),
    listGrants: (account, call) => listGrants(context, account, call),
    grant: (account, wanted, call) => grant(context, account, wanted, call),
    revoke: (account, held, call) => revoke(context, account, held, call),
    ...(options.safes && { owned: async (account) => safesOf(account) }),
    members: { kinds: ['group'], of: (entitlement, call) => holdersOf(context, entitlement, call) },
    ...(options.sessions && { sessions: sessionsOf(context) }),
  };
}

function abilitiesOf(options: Options): Abilities {
  return {
    grants: options.safes ? ['group', 'safe'] : ['group'],
    unsupported: unsupportedBy(options),
    deletion: 'permanent',
    lostOnDelete:
      'every safe membership and group membership of the user, and the user record that recordings and audit entries point to',
    tokenLifetime: options.tokenLifetime,
    searchableBy: ['username'],
    keeps: ['email', 'givenName', 'familyName'],
    ...(options.safes && {
      notGranted: {
        safe: 'Tenure knows no permissions to give with a safe. A person adds the user to the safe in the vault with the permissions that are meant; better, policy gives a group that the safe has as its member.',
      },
    }),
  };
}

function unsupportedBy(options: Options): Record<string, string> {
  const keys = options.clearSshKeysOnDisable
    ? 'The disable step asks the vault to clear cached SSH keys; whether any is left cannot be read.'
    : 'Cached SSH keys (MFA caching) cannot be listed, and they outlive a disable.';
  return {
    checkouts:
      'The vault lists no checkouts by user. A person must look for accounts locked by this user (Accounts, view Locked), unlock them and let their passwords be changed.',
    credentials: `${keys} A person must make sure that the user has none left (DELETE /Users/{id}/Secret/SSHKeys/Cache), and remove public SSH keys that were stored for the user.`,
    ...(!options.safes && {
      safe: 'Safes that name the user directly are not read on this target (options.safes). A person must search the safes for this member and remove it; group memberships do not cover them.',
    }),
    ...(!options.sessions && {
      sessions:
        'Live sessions are not read on this target (options.sessions). A person must open Monitoring in PVWA and end the sessions of this user.',
    }),
  };
}
