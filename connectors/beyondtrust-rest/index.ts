import type { Abilities, Connector } from '../connector';
import { openHttp } from '../http';
import type { Target } from '../target';
import type { Vendor } from '../vendor';
import { createAccount, deleteAccount, findAccounts, getAccount, setAccountEnabled, updateAccount } from './account';
import { checkTarget } from './check';
import { openClient } from './client';
import { optionsSchema, type Options } from './config';
import { Reads, type Context } from './context';
import { compareAccount } from './comparison';
import { holdersOf } from './holder';
import { grant, listAccounts, listEntitlements, listGrants, revoke } from './membership';
import type { User } from './mapping';
import { Records } from './record';
import { firstSignIn } from './sign-in';

/** BeyondTrust's REST API as seed 000 describes it: users and groups; sessions are out of its reach. */
export const beyondTrustRest: Vendor = { type: 'beyondtrust-rest', options: optionsSchema, open };

function open(target: Target): Connector {
  const options = target.options as Options;
  const http = openHttp(target);
  const records = new Records();
  const seeUser = (user: User): void => {
    records.see(user);
  };
  const context: Context = {
    client: openClient({ http, targetId: target.id, options, seeUser }),
    target,
    options,
    namesByCall: new WeakMap(),
    reads: new Reads(options),
    records,
  };
  return {
    type: target.type,
    abilities: abilitiesOf(options, records),
    check: (call) => checkTarget(context, http, call),
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
    members: { kinds: ['group'], of: (entitlement, call) => holdersOf(context, entitlement, call) },
  };
}

function abilitiesOf(options: Options, records: Records): Abilities {
  return {
    grants: ['group'],
    // Asked for after a step: what only the writes tell is known by then.
    get unsupported() {
      return { ...unsupported, ...records.handOvers() };
    },
    deletion: 'permanent',
    lostOnDelete: 'the user record with its group memberships, SSH public key and last login; the id is not used again',
    tokenLifetime: options.tokenLifetime,
    searchableBy: ['username'],
    keeps: ['email', 'displayName'],
  };
}

const unsupported = {
  sessions:
    'BeyondTrust does not offer live sessions on this API surface. A person looks at the sessions in the console ' +
    'of the appliance (Privileged Remote Access, Remote Support or Password Safe), ends those of this user, and notes it.',
  checkouts:
    'BeyondTrust does not offer checked-out credentials on this API surface. A person checks them in, or ends the ' +
    "user's requests, in the console of the appliance, and notes it.",
};
