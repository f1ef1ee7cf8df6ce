import { beyondTrustRest } from '../../../connectors/beyondtrust-rest';
import type { Call, Connector } from '../../../connectors/connector';
import type { Target } from '../../../connectors/target';
import { Secret } from '../../../domain/secret';
import { startBeyondTrustRest, type BeyondTrustRestOptions } from '../../../sandbox/beyondtrust-rest';
import type { SeedPerson } from '../../../sandbox/core';

export function person(username: string, groups: readonly string[] = ['Admins', 'Vault users']): SeedPerson {
  const email = `${username}@example.test`;
  return { id: `e-${username}`, username, email, displayName: `Name of ${username}`, groups, sessions: 0 };
}

export const call: Call = {
  signal: new AbortController().signal,
  beforeWrite: () => Promise.resolve(),
  noteExchange: () => undefined,
};

/** The stand-in and a connector opened on it, with the options that a target would give. */
export async function rig({
  options = {},
  vendor: vendorOptions = {},
}: { readonly options?: Record<string, unknown>; readonly vendor?: BeyondTrustRestOptions } = {}) {
  const vendor = await startBeyondTrustRest({
    people: ['jdoe', 'asmith'].map((name) => person(name)),
    ...vendorOptions,
  });
  const { tokenUrl = '', clientId = '', clientSecret = '' } = vendor.auth;
  const target: Target = {
    id: 'bt',
    type: 'beyondtrust-rest',
    baseUrl: vendor.baseUrl,
    auth: { tokenUrl, clientId, clientSecret: new Secret('${env:BT}', () => clientSecret), clientAuth: 'body' },
    tls: {},
    limits: { requestsPerSecond: 1000, concurrency: 4, timeoutMs: 2000 },
    options: beyondTrustRest.options.parse(options),
    correlation: { by: ['username'], extraUsernames: [] },
    mode: 'full',
    system: 'bt',
  };
  return { vendor, connector: beyondTrustRest.open(target) };
}

/** The account of this user name as `findAccounts` sees it. */
export async function found(connector: Connector, username: string) {
  const { found: matches } = await connector.findAccounts({ externalId: [], username: [username], email: [] }, call);
  const [match] = matches;
  if (match === undefined || matches.length > 1) throw new Error(`${String(matches.length)} accounts for ${username}`);
  return match.account;
}
