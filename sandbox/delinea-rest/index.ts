import { startServer, TokenDesk, type StandIn, type StandInOptions } from '../core';
import { DelineaTenant, type TenantOptions } from '../delinea-tenant';
import { addRoutes, type Dialect } from './route';

export interface DelineaRestOptions extends StandInOptions, TenantOptions, Partial<Dialect> {
  /** Share it with the tenant's SCIM surface; without it the stand-in has a tenant of its own. */
  readonly tenant?: DelineaTenant;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tokenLifetimeSeconds?: number;
}

const scopes = ['delinea:api:read', 'delinea:api:write', 'delinea:api:admin'];

/** A Delinea Platform tenant with the REST API of seed 003: users, roles, live sessions; groups can only be read. */
export async function startDelineaRest(
  options: DelineaRestOptions = {},
): Promise<StandIn & { readonly tokens: TokenDesk; readonly tenant: DelineaTenant }> {
  const { clientId = 'play-delinea', clientSecret = 'play-delinea-secret', tokenLifetimeSeconds } = options;
  const lifetime = tokenLifetimeSeconds === undefined ? {} : { lifetimeSeconds: tokenLifetimeSeconds };
  const tokens = new TokenDesk({ clientId, clientSecret, scopes, ...lifetime });
  const tenant = options.tenant ?? new DelineaTenant(options);
  const server = await startServer({
    ...options,
    type: 'delinea-rest',
    apiRoot: '/api/v1',
    state: tenant,
    tokens,
    tokenPath: '/identity/connect/token',
    auth: (origin) => ({
      ...{ tokenUrl: `${origin}/identity/connect/token`, clientId, clientSecret },
      scope: scopes.join(' '),
    }),
    routes: (app) => addRoutes(app, tenant, dialectOf(options)),
    answers: { error: (_status, message, code) => ({ message, ...(code === undefined ? {} : { errorCode: code }) }) },
    requestIdHeader: 'x-request-id',
  });
  return Object.defineProperties({ tokens, tenant }, Object.getOwnPropertyDescriptors(server)) as StandIn & {
    readonly tokens: TokenDesk;
    readonly tenant: DelineaTenant;
  };
}

const usual: Dialect = {
  abridgedRows: true,
  hiddenFields: [],
  filterIgnoredEvery: 5,
  filters: 'accepted',
  filterRefusal: 400,
  maxTake: 100,
  totals: 'counted',
  shapes: 'seed',
  roleWrites: 'allowed',
  patchAnswer: 'alternating',
  sessionsApi: true,
  sessionNumbers: false,
  sessionUserIds: 'platform',
};

function dialectOf(options: DelineaRestOptions): Dialect {
  const names = [...Object.keys(usual), 'roles'];
  const given = Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined);
  return { ...usual, ...Object.fromEntries(given) };
}
