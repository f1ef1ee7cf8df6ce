import type { FastifyRequest } from 'fastify';
import {
  Refusal,
  startServer,
  TokenDesk,
  type SeedPerson,
  type StandIn,
  type StandInAccount,
  type StandInOptions,
  type StandInState,
} from '../core';
import { Realm, type Identity } from './realm';
import { addRoutes } from './route';

export interface BeyondIdentityOptions extends StandInOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tokenLifetimeSeconds?: number;
  /** Made in the console, without an end. */
  readonly consoleToken?: string;
  /** Resources that the token has no scope for, such as `resource-servers`: 403, as for an expired token. */
  readonly withheld?: readonly string[];
  /** Parts of the API that this realm does not have, with the status that says so: `{ 'resource-servers': 404 }`. */
  readonly lacks?: Readonly<Record<string, number>>;
  /** The filter by user name minds the case. */
  readonly exactCase?: boolean;
  /** Empty lists are null, as are optional fields that hold nothing. */
  readonly nulls?: boolean;
  /**
   * `:listRoles` also shows roles that come through a group. The vendor says "to which an identity is assigned" and no
   * more (OpenAPI 1.7.0); left out, it shows those that name the identity itself.
   */
  readonly rolesThroughGroups?: boolean;
  /** An application whose sign-ins leave a token per person. */
  readonly application?: string;
}

const tenant = '0001f1f460b1ace6';
const realmId = '19a95130480dfa79';
const apiRoot = `/v1/tenants/${tenant}/realms/${realmId}`;

/** A Beyond Identity realm over its v1 REST API: identities, groups, roles, passkeys, enrolment links; no sessions. */
export async function startBeyondIdentity(
  options: BeyondIdentityOptions = {},
): Promise<StandIn & { readonly tokens: TokenDesk; readonly realm: Realm }> {
  const { clientId = 'play-beyond-identity', clientSecret = 'play-beyond-identity-secret' } = options;
  const { withheld = [], lacks = {}, exactCase = false, nulls = false } = options;
  const tokens = new TokenDesk({
    clientId,
    clientSecret,
    clientAuth: 'basic',
    staticTokens: [options.consoleToken ?? 'play-console-token'],
    ...(options.tokenLifetimeSeconds !== undefined && { lifetimeSeconds: options.tokenLifetimeSeconds }),
  });
  const realm = new Realm(tenant, realmId, options.rolesThroughGroups);
  const tokenPath = `${apiRoot}/applications/play-api/token`;
  // 403 is also what a token gets that has expired or lacks the scope (vendor-apis 3.1).
  const forbidden = { status: 403, body: { code: 'forbidden', message: 'insufficient authorization', details: [] } };
  const server = await startServer({
    ...options,
    type: 'beyond-identity',
    apiRoot,
    state: stateOf(realm, options.application),
    tokens,
    tokenPath,
    auth: (origin) => ({ tokenUrl: `${origin}${tokenPath}`, clientId, clientSecret, clientAuth: 'basic' }),
    admits: (request) => admits(tokens, request, { withheld, lacks }),
    routes: (app) => addRoutes(app, realm, { exactCase, nulls }),
    requestIdHeader: 'x-request-id',
    answers: {
      error: (status, message, code) => ({
        code: code ?? (status === 404 ? 'not_found' : 'bad_request'),
        message,
        details: [],
      }),
      unauthorized: () => forbidden,
      expiredToken: () => forbidden,
      throttled: () => ({
        status: 429,
        body: { code: 'too_many_requests', message: 'rate limit exceeded', details: [] },
      }),
      serverError: () => ({ status: 500, body: { code: 'internal', message: 'internal error', details: [] } }),
    },
  });
  return Object.assign(server, { tokens, realm });
}

function admits(
  tokens: TokenDesk,
  request: FastifyRequest,
  { withheld, lacks }: { readonly withheld: readonly string[]; readonly lacks: Readonly<Record<string, number>> },
): boolean {
  if (request.headers.authorization === undefined) throw new Refusal(401, 'missing authorization', 'unauthorized');
  const below = request.url.slice(apiRoot.length).split(/[/?:]/);
  for (const [part, status] of Object.entries(lacks))
    if (below.includes(part)) throw new Refusal(status, 'not found', 'not_found');
  return tokens.admits(request) && !withheld.some((resource) => below.includes(resource));
}

function stateOf(realm: Realm, application: string | undefined): StandInState {
  return {
    seed: (people) => {
      for (const person of people) seedPerson(realm, person, application);
    },
    account(username) {
      const identity = realm.byUsername(username);
      if (identity !== undefined) return seen(realm, identity, holdingsOf(realm));
      const name = username.toLowerCase();
      const gone = [...realm.deleted.values()].findLast((one) => one.traits.username.toLowerCase() === name);
      return gone === undefined ? undefined : seen(realm, gone, holdingsOf(realm), true);
    },
    accounts: () => {
      const held = holdingsOf(realm);
      return realm.rows.map((identity) => seen(realm, identity, held));
    },
    save: () => realm.save(),
    restore: (saved) => realm.restore(saved),
  };
}

/** Who holds what, by identity: read once for a whole listing, since memberships are kept at the groups. */
interface Holdings {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly tokens: ReadonlyMap<string, readonly string[]>;
}

function holdingsOf({ groups, roles, tokens }: Realm): Holdings {
  const byMember = (held: Iterable<{ readonly display_name: string; readonly members: readonly string[] }>) => {
    const names = new Map<string, string[]>();
    for (const { display_name: name, members } of held)
      for (const id of members) names.set(id, [...(names.get(id) ?? []), name]);
    return names;
  };
  const owned = [...tokens.values()].map(({ id, principal_id: owner }) => ({ display_name: id, members: [owner] }));
  return { groups: byMember(groups.values()), roles: byMember(roles.values()), tokens: byMember(owned) };
}

function seen(realm: Realm, { id, traits, status }: Identity, held: Holdings, deleted = false): StandInAccount {
  const open = new Set(['LINK_SENT', 'LINK_OPENED', 'REQUEST_DELIVERED']);
  return {
    id,
    username: traits.username,
    enabled: status === 'active',
    groups: held.groups.get(id) ?? [],
    roles: held.roles.get(id) ?? [],
    live: {
      passkey: realm.credentialsOf(id).filter(({ state }) => state === 'ACTIVE').length,
      'pending-enrolment': realm.jobsOf(id).filter(({ state }) => open.has(state)).length,
      token: held.tokens.get(id)?.length ?? 0,
    },
    deleted,
  };
}

/** `sessions` become passkeys, and whoever has two also has an enrolment link that is still open. */
function seedPerson(realm: Realm, person: SeedPerson, application: string | undefined): void {
  const { id, username, email, displayName, groups, roles = [], extraUsernames = [], sessions } = person;
  for (const name of [username, ...extraUsernames]) {
    if (realm.byUsername(name) !== undefined) continue;
    const traits = {
      type: 'traits_v0',
      username: name,
      primary_email_address: email,
      external_id: id,
      ...(person.givenName !== undefined && { given_name: person.givenName }),
      ...(person.familyName !== undefined && { family_name: person.familyName }),
    };
    const identity = realm.createIdentity({ identity: { display_name: displayName, traits } });
    if (person.enabled === false) realm.patchIdentity(identity, { identity: { status: 'suspended' } });
    for (const group of groups) realm.ensureGroup(group).members.push(identity.id);
    const server = realm.ensureResourceServer('Play API');
    for (const role of roles) realm.ensureRole(server.id, role).members.push(identity.id);
    for (let made = 0; made < sessions; made++) realm.addCredential(identity.id);
    if (sessions > 1) realm.addJob(identity.id);
    if (application !== undefined) realm.addToken(application, identity.id);
  }
}
