import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, startServer, TokenDesk, type StandIn, type StandInOptions, type StandInState } from '../core';
import type { ScimDialect, Verb } from './dialect';
import type { Directory } from './directory';
import { groupRoutes } from './group-route';
import { ENTERPRISE_SCHEMA, ERROR_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from './resource';
import { Surface } from './surface';
import { userRoutes } from './user-route';

export type Route = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;
export type RouteTable = Partial<Record<Verb, Route>>;

/** What the caller of every SCIM stand-in may say. */
export interface ScimOptions extends StandInOptions {
  /** Differences from the vendor's own dialect. */
  readonly dialect?: Partial<ScimDialect>;
  /** What `auth` of the target says: a token from the console, or client credentials. Both work. */
  readonly auth?: 'token' | 'client-credentials';
  /** Seconds, for client credentials; default 3600. */
  readonly tokenLifetimeSeconds?: number;
}

export interface ScimProvider {
  readonly type: string;
  readonly apiRoot: string;
  readonly tokenPath: string;
  readonly staticToken: string;
  readonly dialect: ScimDialect;
  readonly directory: Directory;
  /** Default: the directory. More, where sessions belong to it. */
  readonly state?: StandInState;
}

const SCIM_TYPE = 'application/scim+json';
const CREDENTIALS = { clientId: 'play-scim-client', clientSecret: 'play-scim-secret' };

/** Starts a SCIM 2.0 service provider over a directory. */
export async function startScim(provider: ScimProvider, options: ScimOptions): Promise<StandIn> {
  const dialect = { ...provider.dialect, ...options.dialect };
  const surface = new Surface(provider.directory, dialect, provider.apiRoot);
  const lifetime = options.tokenLifetimeSeconds === undefined ? {} : { lifetimeSeconds: options.tokenLifetimeSeconds };
  const standIn = await startServer({
    ...options,
    type: provider.type,
    apiRoot: provider.apiRoot,
    state: provider.state ?? provider.directory,
    tokens: new TokenDesk({ ...CREDENTIALS, ...lifetime, staticTokens: [provider.staticToken] }),
    tokenPath: provider.tokenPath,
    auth: (origin) => authFor(options, provider, origin),
    contentType: SCIM_TYPE,
    alsoJson: [SCIM_TYPE],
    answers: { error: (status, detail, scimType) => scimError({ dialect, status, detail, scimType }) },
    routes: (app) => addRoutes(app, surface),
  });
  surface.root = standIn.baseUrl;
  return standIn;
}

function authFor(
  { auth }: ScimOptions,
  { tokenPath, staticToken }: ScimProvider,
  origin: string,
): Record<string, string> {
  return auth === 'client-credentials' ? { tokenUrl: `${origin}${tokenPath}`, ...CREDENTIALS } : { token: staticToken };
}

function addRoutes(app: FastifyInstance, surface: Surface): void {
  const { dialect } = surface;
  app.addHook('preHandler', async (request) => {
    const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (request.body === undefined || type === undefined) return;
    if (!dialect.requestTypes.some((accepted) => accepted === type))
      throw new Refusal(415, `The media type ${type.slice(0, 60)} is not supported.`);
    if (type === SCIM_TYPE && dialect.scimBodies === 'left-empty') throw new Refusal(400, 'The body is empty.');
  });
  const table: RouteTable = { ...userRoutes(surface), ...groupRoutes(surface), ...discovery(dialect) };
  for (const verb of dialect.verbs) {
    const [method = '', url = ''] = verb.split(' ');
    const handler = table[verb];
    if (handler) app.route({ method, url, handler });
  }
}

/** What the provider says of itself (RFC 7644 section 4). */
function discovery(dialect: ScimDialect): RouteTable {
  const yes = { supported: true };
  const no = { supported: false };
  const schemas = [
    { id: USER_SCHEMA, name: 'User' },
    { id: ENTERPRISE_SCHEMA, name: 'EnterpriseUser' },
    { id: GROUP_SCHEMA, name: 'Group' },
  ];
  return {
    'GET /ServiceProviderConfig': (_request, reply) =>
      reply.send({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
        patch: yes,
        bulk: { ...no, maxOperations: 0, maxPayloadSize: 0 },
        filter: { supported: dialect.userFilters.length > 0, maxResults: dialect.maxCount },
        changePassword: no,
        sort: no,
        etag: no,
        authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer token', description: 'RFC 6750' }],
      }),
    'GET /Schemas': (_request, reply) =>
      reply.send({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
        totalResults: schemas.length,
        startIndex: 1,
        itemsPerPage: schemas.length,
        Resources: schemas,
      }),
  };
}

interface ErrorWords {
  readonly dialect: ScimDialect;
  readonly status: number;
  readonly detail: string;
  readonly scimType: string | undefined;
}

function scimError({ dialect, status, detail, scimType }: ErrorWords): object {
  const asked = dialect.errorStatus === 'text' ? String(status) : status;
  return { schemas: [ERROR_SCHEMA], status: asked, ...(scimType ? { scimType } : {}), detail };
}
