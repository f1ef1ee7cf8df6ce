import { startServer, TokenDesk, type SeedPerson, type StandIn, type StandInOptions, type StandInState } from '../core';
import { addRoutes, plainDialect, type Dialect } from './route';
import { Appliance, type User } from './state';

export interface BeyondTrustRestOptions extends StandInOptions, Partial<Dialect> {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tokenLifetimeSeconds?: number;
}

/** A BeyondTrust appliance with the REST API of seed 000: users, groups, a PUT that replaces everything, no sessions. */
export async function startBeyondTrustRest(
  options: BeyondTrustRestOptions = {},
): Promise<StandIn & { readonly tokens: TokenDesk; readonly appliance: Appliance }> {
  const { clientId = 'play-beyondtrust', clientSecret = 'play-beyondtrust-secret', tokenLifetimeSeconds } = options;
  const lifetime = tokenLifetimeSeconds === undefined ? {} : { lifetimeSeconds: tokenLifetimeSeconds };
  const tokens = new TokenDesk({ clientId, clientSecret, ...lifetime });
  const appliance = new Appliance();
  const dialect: Dialect = { ...plainDialect, ...options };
  const server = await startServer({
    ...options,
    type: 'beyondtrust-rest',
    apiRoot: '/api/public/v3',
    state: stateOf(appliance, dialect),
    tokens,
    tokenPath: '/oauth2/token',
    auth: (origin) => ({ tokenUrl: `${origin}/oauth2/token`, clientId, clientSecret }),
    routes: (app) => addRoutes(app, appliance, dialect),
    answers: {
      error: (status, message, code) => ({ error: code ?? String(status), message }),
      expiredToken: () => ({ status: 401, body: { error: 'invalid_token', message: 'The access token has expired.' } }),
    },
  });
  return Object.assign(server, { tokens, appliance });
}

function stateOf(appliance: Appliance, dialect: Dialect): StandInState {
  const seen = (user: User, deleted: boolean) => ({
    id: String(user.id),
    username: user.username,
    enabled: user.enabled,
    groups: user.group_memberships.map((id) => appliance.groups.get(id)?.name ?? String(id)),
    roles: [],
    live: {},
    deleted,
  });
  return {
    seed: (people) => {
      for (const person of people) seedPerson(appliance, person, dialect);
    },
    account(username) {
      const user = appliance.byUsername(username);
      if (user !== undefined) return seen(user, false);
      const gone = [...appliance.deleted.values()].findLast((one) => sameName(one.username, username));
      return gone === undefined ? undefined : seen(gone, true);
    },
    accounts: () => appliance.rows.map((user) => seen(user, false)),
    save: () => appliance.save(),
    restore: (saved) => appliance.restore(saved),
  };
}

/**
 * The API has no sessions (vendor-apis 2.2), so those of the person are left out. Whoever is in a group that a directory
 * keeps has a directory account.
 */
function seedPerson(appliance: Appliance, person: SeedPerson, { directoryKeeps }: Dialect): void {
  const { username, email, displayName, extraUsernames = [], groups, roles = [], enabled = true } = person;
  const group_memberships = [...groups, ...roles].map((name) => appliance.ensureGroup(name).id);
  const account_type = groups.some((group) => directoryKeeps.includes(group)) ? 'LDAP' : 'local';
  for (const name of [username, ...extraUsernames]) {
    if (appliance.byUsername(name) !== undefined) continue;
    const profile = { username: name, display_name: displayName, email_address: email, locale: 'en-US' };
    appliance.create({ ...profile, account_type, password: `play-${name}`, enabled, group_memberships });
  }
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
