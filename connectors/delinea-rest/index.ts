import type { Abilities, Connector } from '../connector';
import { openHttp } from '../http';
import type { Target } from '../target';
import type { Vendor } from '../vendor';
import { compareAccount, createAccount, deleteAccount, getAccount, setAccountEnabled, updateAccount } from './account';
import { checkTarget } from './check';
import { openClient } from './client';
import { optionsSchema, type Options } from './config';
import { Reads, type Context } from './context';
import { findAccounts, listAccounts } from './finding';
import { holdersOf } from './holder';
import { grant, groupsNeedScim, listEntitlements, listGrants, revoke } from './membership';
import { ScimSurface } from './scim';
import { sessionDrain } from './session';

/** Delinea Platform's REST API as seed 003 describes it; group memberships go through the tenant's SCIM surface. */
export const delineaRest: Vendor = { type: 'delinea-rest', options: optionsSchema, open };

function open(target: Target): Connector {
  const options = target.options as Options;
  const http = openHttp(target);
  const context: Context = {
    ...{ client: openClient({ http, targetId: target.id, options }), target, options, reads: new Reads() },
    ...(target.scim !== undefined && { scim: new ScimSurface(target, target.scim, options.scim) }),
  };
  return {
    type: target.type,
    abilities: abilitiesOf(context),
    check: (call) => checkTarget(context, http, call),
    findAccounts: (keys, call) => findAccounts(context, keys, call),
    getAccount: (id, call) => getAccount(context, id, call),
    listAccounts: (after, call) => listAccounts(context, after, call),
    createAccount: (wanted, call) => createAccount(context, wanted, call),
    compareAccount: (account, changes, call) => compareAccount(context, account, changes, call),
    // Sign-on comes from the company's identity provider, which has to be set up first (seed 003).
    firstSignIn: () => ({}),
    updateAccount: (account, changes, call) => updateAccount(context, account, changes, call),
    setAccountEnabled: (account, enabled, call) => setAccountEnabled(context, account, enabled, call),
    deleteAccount: (account, call) => deleteAccount(context, account, call),
    listEntitlements: (after, call) => listEntitlements(context, after, call),
    listGrants: (account, call) => listGrants(context, account, call),
    grant: (account, wanted, call) => grant(context, account, wanted, call),
    revoke: (account, held, call) => revoke(context, account, held, call),
    members: { kinds: ['role', 'group'], of: (entitlement, call) => holdersOf(context, entitlement, call) },
    ...(options.sessions === 'on' && { sessions: sessionDrain(context) }),
  };
}

function abilitiesOf({ options, scim }: Context): Abilities {
  return {
    grants: scim === undefined ? ['role'] : ['role', 'group'],
    unsupported: {
      ...(scim === undefined && { group: groupsNeedScim }),
      ...(options.sessions === 'off' && {
        sessions:
          'This target is configured without a sessions API (options.sessions: off). A person ends the live sessions ' +
          'of this user in the Delinea Platform and notes it.',
      }),
      checkouts:
        'Delinea’s REST API has no published call for checked-out secrets. A person looks in Secret Server for secrets ' +
        'that this user has checked out, checks them in, rotates them, and notes it.',
    },
    deletion: 'permanent',
    lostOnDelete:
      'the user record with its roles, group memberships and external id; for good, on the REST and the SCIM surface of the tenant alike',
    tokenLifetime: options.tokenLifetime,
    searchableBy: ['username'],
    keeps: ['email', 'displayName', 'givenName', 'familyName', 'externalId', 'department', 'title', 'manager'],
    namedOnly: ['role'],
  };
}
