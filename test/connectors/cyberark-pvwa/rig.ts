import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, Connector } from '../../../connectors/connector';
import { cyberArkPamSelfHosted } from '../../../connectors/cyberark-pam-self-hosted';
import { cyberArkPrivilegeCloud } from '../../../connectors/cyberark-privilege-cloud';
import type { Auth, Target } from '../../../connectors/target';
import { Secret } from '../../../domain/secret';
import type { SeedPerson, StandIn } from '../../../sandbox/core';
import { startCyberArkPamSelfHosted } from '../../../sandbox/cyberark-pam-self-hosted';
import { startCyberArkPrivilegeCloud } from '../../../sandbox/cyberark-privilege-cloud';

export const call: Call = {
  signal: new AbortController().signal,
  beforeWrite: () => Promise.resolve(),
  noteExchange: () => undefined,
};

export function person(username: string, more: Partial<SeedPerson> = {}): SeedPerson {
  return {
    id: `e-${username}`,
    username,
    email: `${username.replace(/@.*/, '')}@acme.test`,
    givenName: 'Anna',
    familyName: 'Eriksen',
    displayName: 'Anna Eriksen',
    groups: ['Admins', 'Auditors'],
    roles: ['Linux-Root'],
    sessions: 2,
    ...more,
  };
}

type Dialect = Readonly<Record<string, unknown>>;
type CloudOptions = NonNullable<Parameters<typeof startCyberArkPrivilegeCloud>[0]>;
type HostedOptions = NonNullable<Parameters<typeof startCyberArkPamSelfHosted>[0]>;

/** What a target must say to speak with the vendor's own profile of the stand-in. */
export const vendorDialect: Dialect = {
  memberRef: 'name',
  memberType: 'vault',
  memberRemove: 'trailing-slash',
  disableStyle: 'endpoint',
  userShape: 'nested',
  paging: 'pageOffset',
  findBy: 'filter',
  extendedDetails: true,
  safes: true,
};

export async function cloudRig({ standIn = {}, options = {} }: { standIn?: CloudOptions; options?: Dialect } = {}) {
  const vendor = await startCyberArkPrivilegeCloud({ people: [person('anna'), person('annaliese')], ...standIn });
  const target = targetOf(vendor, { options: cyberArkPrivilegeCloud.options.parse(options) });
  return { vendor, target, connector: cyberArkPrivilegeCloud.open(target) };
}

export async function hostedRig({ standIn = {}, options = {} }: { standIn?: HostedOptions; options?: Dialect } = {}) {
  const vendor = await startCyberArkPamSelfHosted({ people: [person('anna'), person('annaliese')], ...standIn });
  const target = targetOf(vendor, { options: cyberArkPamSelfHosted.options.parse(options) });
  return { vendor, target, connector: cyberArkPamSelfHosted.open(target) };
}

export function targetOf(vendor: StandIn, more: Partial<Target>): Target {
  const { password = '', clientSecret = '', username = '', method = '', tokenUrl = '', clientId = '' } = vendor.auth;
  const hosted = { username, method, password: new Secret('${env:PVWA}', () => password) };
  const cloud = { tokenUrl, clientId, clientSecret: new Secret('${env:CLOUD}', () => clientSecret) };
  const auth: Auth = username === '' ? { ...cloud, clientAuth: 'body' } : hosted;
  return {
    id: 'vault',
    type: vendor.type,
    baseUrl: vendor.baseUrl,
    auth,
    tls: vendor.ca === undefined ? {} : { caFile: fileOf(vendor.ca) },
    limits: { requestsPerSecond: 1000, concurrency: 4, timeoutMs: 3000 },
    options: {},
    correlation: { by: ['username'], extraUsernames: [] },
    mode: 'full',
    system: 'vault',
    ...more,
  };
}

function fileOf(pem: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'tenure-ca-')), 'ca.pem');
  writeFileSync(file, pem);
  return file;
}

/** The account of this user name as a step of its own finds it, unless `within` names the step. */
export async function found(connector: Connector, username: string, within: Call = { ...call }) {
  const { found: matches } = await connector.findAccounts({ externalId: [], username: [username], email: [] }, within);
  const [match] = matches;
  if (match === undefined || matches.length > 1) throw new Error(`${String(matches.length)} accounts for ${username}`);
  return match.account;
}

/** Method and path of what was asked, log-ons aside. */
export function asked(vendor: StandIn): readonly string[] {
  return vendor.requests
    .filter(({ path }) => !/Logon|oauth2/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
}
