import { randomUUID } from 'node:crypto';
import type { Call, Connector, Exchange } from '../../../connectors/connector';
import { delineaRest } from '../../../connectors/delinea-rest';
import type { Target } from '../../../connectors/target';
import { Secret } from '../../../domain/secret';
import type { CorrelationKeys } from '../../../domain/correlation';
import type { SeedPerson, StandIn } from '../../../sandbox/core';

export const secret = (value: string) => new Secret('${env:TEST}', () => value);

/** A `delinea-rest` target at a stand-in, as the configuration would have it. */
export function targetAt(
  standIn: Pick<StandIn, 'baseUrl' | 'auth'>,
  { options = {}, scim }: { readonly options?: object; readonly scim?: NonNullable<Target['scim']> } = {},
): Target {
  const { tokenUrl = '', clientId = '', clientSecret = '', scope = '' } = standIn.auth;
  return {
    ...{ id: 'delinea', type: 'delinea-rest', baseUrl: standIn.baseUrl, system: 'delinea', mode: 'full', tls: {} },
    auth: { tokenUrl, clientId, clientSecret: secret(clientSecret), scope, clientAuth: 'body' },
    limits: { requestsPerSecond: 1000, concurrency: 4, timeoutMs: 5_000 },
    options: delineaRest.options.parse(options),
    correlation: { by: ['externalId', 'username', 'email'], extraUsernames: [] },
    ...(scim !== undefined && { scim }),
  };
}

export function connect(standIn: StandIn, more: Parameters<typeof targetAt>[1] = {}): Connector {
  return delineaRest.open(targetAt(standIn, more));
}

export interface RecordedCall extends Call {
  readonly exchanges: readonly Exchange[];
  readonly writes: readonly string[];
}

export function aCall(signal = new AbortController().signal): RecordedCall {
  const exchanges: Exchange[] = [];
  const writes: string[] = [];
  return {
    signal,
    exchanges,
    writes,
    beforeWrite: async (operation) => void writes.push(operation),
    noteExchange: (exchange) => void exchanges.push(exchange),
  };
}

export function keysFor(username: string, more: Partial<CorrelationKeys> = {}): CorrelationKeys {
  return { externalId: [], email: [], username: [username], ...more };
}

export const anna: SeedPerson = {
  id: 'e1042',
  username: 'anna.eriksen@acme.test',
  email: 'anna.eriksen@acme.test',
  givenName: 'Anna',
  familyName: 'Eriksen',
  displayName: 'Anna Eriksen',
  groups: ['Vault Users', 'Unix Admins'],
  roles: ['User', 'Vault Admin'],
  sessions: 2,
};

/** People whom nobody asks about, so that the person asked about is on a later page. */
export function crowd(count: number): readonly SeedPerson[] {
  return Array.from({ length: count }, (_, index) => {
    const username = `person${String(index).padStart(4, '0')}@acme.test`;
    return {
      id: randomUUID(),
      username,
      email: username,
      displayName: username,
      groups: [],
      roles: ['User'],
      sessions: 0,
    };
  });
}

/** What the stand-in was asked, as `METHOD path`, tokens aside. */
export function asked(standIn: StandIn): readonly string[] {
  return standIn.requests
    .filter(({ path }) => !path.includes('connect/token'))
    .map(({ method, path }) => `${method} ${path}`);
}
