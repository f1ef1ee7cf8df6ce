import type { Abilities, Connector, FirstSignIn, NewAccount } from '../connector';
import { openHttp } from '../http';
import type { Target } from '../target';
import type { Vendor } from '../vendor';
import {
  compareAccount,
  createAccount,
  deleteAccount,
  findAccounts,
  getAccount,
  listAccounts,
  setAccountEnabled,
  updateAccount,
} from './account';
import { checkTarget } from './check';
import { openClient } from './client';
import { optionsSchema, type Options } from './config';
import type { Context } from './context';
import { tellingDeadTokens } from './dead-token';
import { credentialDrain } from './credential';
import { holdersOf } from './holder';
import { grant, listEntitlements, listGrants, revoke } from './membership';
import { Offer } from './offer';

/** Beyond Identity over its v1 REST API: an identity provider, so passkeys and enrolment links take the place of sessions. */
export const beyondIdentity: Vendor = { type: 'beyond-identity', options: optionsSchema, open };

function open(target: Target): Connector {
  const options = target.options as Options;
  // 403 is also the answer for an expired token (bi-cli refreshes on it; vendor-apis 3.1).
  const http = tellingDeadTokens(openHttp(target, { refreshOn: [401, 403] }), target);
  const offer = new Offer();
  const context: Context = { client: openClient({ http, target, options }), target, options, offer };
  return {
    type: target.type,
    abilities: abilitiesOf(options, offer),
    check: (call) => checkTarget(context, http, call),
    findAccounts: (keys, call) => findAccounts(context, keys, call),
    getAccount: (id, call) => getAccount(context, id, call),
    listAccounts: (after, call) => listAccounts(context, after, call),
    createAccount: (wanted, call) => createAccount(context, wanted, call),
    compareAccount: (account, changes, call) => compareAccount(context, account, changes, call),
    firstSignIn,
    updateAccount: (account, changes, call) => updateAccount(context, account, changes, call),
    setAccountEnabled: (account, enabled, call) => setAccountEnabled(context, account, enabled, call),
    deleteAccount: (account, call) => deleteAccount(context, account, call),
    listEntitlements: (after, call) => listEntitlements(context, after, call),
    listGrants: (account, call) => listGrants(context, account, call),
    grant: (account, wanted, call) => grant(context, account, wanted, call),
    revoke: (account, held, call) => revoke(context, account, held, call),
    credentials: credentialDrain(context),
    members: {
      kinds: options.roles ? ['group', 'role'] : ['group'],
      of: (entitlement, call) => holdersOf(context, entitlement, call),
    },
  };
}

function abilitiesOf(options: Options, offer: Offer): Abilities {
  const fixed = unsupportedBy(options);
  return {
    grants: options.roles ? ['group', 'role'] : ['group'],
    // Asked for after a step: what this realm does not offer shows when it is asked.
    get unsupported() {
      return { ...fixed, ...offer.handOvers() };
    },
    deletion: 'permanent',
    lostOnDelete: 'the identity with its passkeys, group memberships and roles; the person would have to enrol anew',
    tokenLifetime: options.tokenLifetime,
    searchableBy: ['username'],
    keeps: ['email', 'displayName', 'givenName', 'familyName', 'externalId'],
  };
}

function unsupportedBy(options: Options): Readonly<Record<string, string>> {
  return {
    sessions:
      'Beyond Identity is an identity provider and has no sessions of its own: suspension bars new sign-ins and the ' +
      'credentials drain revokes passkeys and open enrolment links. Sessions that are open in the applications behind ' +
      'it are ended there, by their own target or by a person.',
    ...(options.applications.length === 0 && {
      tokens:
        'Tokens can be ended only per application, and options.applications names none: they live until they expire. ' +
        "A person ends this identity's tokens in the console where that is too late.",
    }),
    ...(!options.roles && {
      role: 'options.roles is false: roles are neither listed nor taken away. A person removes them in the console.',
    }),
  };
}

/**
 * There is no password: the person enrols a passkey, and somebody has to send them the link (seed 004). A suspended
 * identity gets no new passkey (vendor-apis 3).
 */
function firstSignIn({ username }: NewAccount): FirstSignIn {
  return {
    needsEnabled: true,
    handOver:
      `${username}: has no passkey yet. A person sends the enrolment link from the Beyond Identity Admin Console ` +
      '(Identities, this identity, Add a passkey); the new one opens it on their own device.',
  };
}
