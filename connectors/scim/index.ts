import type { Abilities, Connector, FirstSignIn, NewAccount } from '../connector';
import { openHttp } from '../http';
import type { Auth, Target } from '../target';
import type { TargetType } from '../../domain/target';
import { compareAccount, createAccount, deleteAccount, getAccount, listAccounts, updateAccount } from './account';
import { setAccountEnabled } from './activation';
import { checkTarget } from './check';
import { openClient } from './client';
import { Reads, type Context } from './context';
import { Habits } from './habit';
import { holdersOf } from './holder';
import { grant, listEntitlements, listGrants, revoke } from './membership';
import { everyKind, generatePassword } from '../password';
import { coreFields, type Quirks } from './quirk';
import { findAccounts } from './search';

export { delineaQuirks } from './delinea';
export { scimOptions, standardQuirks, type Quirks } from './quirk';

export interface ScimConnectorOptions {
  readonly type: TargetType;
  readonly target: Target;
  readonly quirks: Quirks;
  /** What the SCIM surface does not have, and what a person does instead. */
  readonly unsupported: Abilities['unsupported'];
  readonly lostOnDelete: string;
  /** What a person does before somebody new can sign in; absent where the company's single sign-on lets them in. */
  readonly handOver?: (username: string) => string;
  /** The vendor lists `GET /ServiceProviderConfig` among its calls; only then is it asked. */
  readonly hasProviderConfig?: boolean;
  /** As `Abilities.grantsNeedEnabled`. */
  readonly grantsNeedEnabled?: string;
  /** Instead of the target's own address and credential: a SCIM surface beside another API. */
  readonly surface?: { readonly baseUrl: string; readonly auth: Auth };
}

/**
 * SCIM 2.0 (RFC 7643, 7644), built once; how servers differ is data. It uses GET, POST, PATCH and DELETE of users, GET
 * and PATCH of groups, and nothing else: that much every vendor of ours lists. Sessions are no part of SCIM.
 */
export function scimConnector(options: ScimConnectorOptions): Connector {
  const { type, target, quirks, unsupported, lostOnDelete, surface, handOver, hasProviderConfig = false } = options;
  const accept = 'application/scim+json, application/json';
  const http = openHttp(target, { accept }, surface);
  const client = openClient(http, quirks);
  const context: Context = { client, target, quirks, reads: new Reads(quirks), habits: new Habits() };
  const hasStaticToken = 'token' in (surface?.auth ?? target.auth);
  return {
    type,
    abilities: {
      ...{ grants: ['group'], unsupported, lostOnDelete },
      deletion: quirks.deletion,
      tokenLifetime: quirks.tokenLifetime,
      searchableBy: quirks.searchBy,
      keeps: [...coreFields, ...quirks.keeps],
      ...(options.grantsNeedEnabled !== undefined && { grantsNeedEnabled: options.grantsNeedEnabled }),
    },
    check: (call) => checkTarget(context, { http, hasStaticToken, hasProviderConfig }, call),
    findAccounts: (keys, call) => findAccounts(context, keys, call),
    getAccount: (id, call) => getAccount(context, id, call),
    listAccounts: (after, call) => listAccounts(context, after, call),
    createAccount: (wanted, call) => createAccount(context, wanted, call),
    compareAccount: (account, changes, call) => compareAccount(context, account, changes, call),
    firstSignIn: (wanted) => firstSignIn(wanted, { quirks, handOver }),
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

function firstSignIn(
  { username }: NewAccount,
  { quirks, handOver }: { readonly quirks: Quirks; readonly handOver: ScimConnectorOptions['handOver'] },
): FirstSignIn {
  const password = () => generatePassword({ length: quirks.passwordLength, kinds: everyKind });
  return {
    ...(quirks.password === 'required' && { password }),
    ...(handOver !== undefined && { handOver: handOver(username) }),
  };
}
