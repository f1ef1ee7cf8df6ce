import { beyondIdentity } from '../../../connectors/beyond-identity';
import type { Call, Connector, PageToken } from '../../../connectors/connector';
import type { Target } from '../../../connectors/target';
import { Secret } from '../../../domain/secret';
import { startBeyondIdentity, type BeyondIdentityOptions } from '../../../sandbox/beyond-identity';
import type { SeedPerson } from '../../../sandbox/core';

export function person(username: string, given: Partial<SeedPerson> = {}): SeedPerson {
  const email = `${username}@example.test`;
  const roles = ['Help desk'];
  const base = { id: `e-${username}`, username, email, displayName: `Name of ${username}`, roles, sessions: 2 };
  return { ...base, groups: ['Administrators', 'Engineers'], ...given };
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
  consoleToken,
}: {
  readonly options?: Record<string, unknown>;
  readonly vendor?: BeyondIdentityOptions;
  readonly consoleToken?: string;
} = {}) {
  const people = ['anna', 'ben'].map((name) => person(name));
  const vendor = await startBeyondIdentity({ people, ...vendorOptions });
  const { tokenUrl = '', clientId = '', clientSecret = '' } = vendor.auth;
  const secret = new Secret('${env:BI}', () => consoleToken ?? clientSecret);
  const target: Target = {
    id: 'bi',
    type: 'beyond-identity',
    baseUrl: vendor.baseUrl,
    auth:
      consoleToken === undefined
        ? { tokenUrl, clientId, clientSecret: secret, clientAuth: 'basic' }
        : { token: secret },
    tls: {},
    limits: { requestsPerSecond: 1000, concurrency: 4, timeoutMs: 2000 },
    options: beyondIdentity.options.parse(options),
    correlation: { by: ['username'], extraUsernames: [] },
    mode: 'full',
    system: 'bi',
  };
  return { vendor, connector: beyondIdentity.open(target) };
}

/** The account of this user name as `findAccounts` sees it. */
export async function found(connector: Connector, username: string) {
  const { found: matches } = await connector.findAccounts({ externalId: [], username: [username], email: [] }, call);
  const [match] = matches;
  if (match === undefined || matches.length > 1) throw new Error(`${String(matches.length)} accounts for ${username}`);
  return match.account;
}

export async function everyPage<T>(
  list: (after: PageToken | undefined) => Promise<{ readonly items: readonly T[]; readonly next?: PageToken }>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let after: PageToken | undefined;
  do {
    const page = await list(after);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
