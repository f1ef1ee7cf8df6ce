import type { Call, CheckReport } from '../connector';
import { Unobservable, VendorRejected } from '../errors';
import { pathOf } from '../http';
import type { Http } from '../http/contract';
import type { Listing } from './client';
import type { Context } from './context';
import type { ListName } from './mapping';
import { resourceServers } from './membership';
import { notOffered } from './offer';

type Finding = CheckReport['findings'][number];

/** Token, realm, and each reading right with one page; what only a write could prove is named as unknown. */
export async function checkTarget(context: Context, http: Http, call: Call): Promise<CheckReport> {
  const { client, options } = context;
  const { lifetimeSeconds, clockSkewMs } = await http.proveCredential(call);
  const life = lifetimeSeconds === undefined ? 'its lifetime is not told' : `it lives ${String(lifetimeSeconds)} s`;
  const findings: Finding[] = [
    { name: 'authentication', state: 'proven', detail: `there is a token; ${life}` },
    await finding('realms:read', async () => `realm ${(await client.getRealm(call)) ?? ''}`.trim()),
  ];
  for (const [right, listing] of readings)
    findings.push(
      await finding(right, async () => {
        const { rows, total } = await client.page(listing, undefined, call);
        return `${String(total ?? rows.length)} seen`;
      }),
    );
  if (options.roles) findings.push(await rolesFinding(context, call));
  for (const application of options.applications)
    findings.push(
      await finding(`tokens:read of ${application}`, async () => {
        const path = pathOf`/applications/${application}/tokens`;
        const { rows, total } = await client.page({ rows: 'tokens', path, operation: 'list tokens' }, undefined, call);
        return `${String(total ?? rows.length)} seen`;
      }),
    );
  const hasRoles = options.roles && !context.offer.lacks('roles');
  findings.push(...unproven(hasRoles, options.applications.length > 0));
  return {
    findings,
    ...(clockSkewMs !== undefined && { clockSkewMs }),
    ...(lifetimeSeconds !== undefined && { tokenLifetimeSeconds: lifetimeSeconds }),
    ...(context.target.ownAccount !== undefined && { ownAccount: { username: context.target.ownAccount } }),
  };
}

async function rolesFinding(context: Context, call: Call): Promise<Finding> {
  const name = 'resource-servers:read';
  const read = await finding(name, async () => `${String((await resourceServers(context, call)).length)} seen`);
  if (!context.offer.lacks('roles')) return read;
  return { name, state: 'declared', detail: 'this realm offers no roles: /resource-servers is not there' };
}

/** `-` in place of an identity asks across the realm (OpenAPI 1.7.0). */
const readings: readonly (readonly [string, Listing<ListName>])[] = [
  ['identities:read', { rows: 'identities', path: '/identities', operation: 'list accounts' }],
  ['groups:read', { rows: 'groups', path: '/groups', operation: 'list groups' }],
  ['credentials:read', { rows: 'credentials', path: '/identities/-/credentials', operation: 'list passkeys' }],
  [
    'credential-binding-jobs:read',
    {
      rows: 'credential_binding_jobs',
      path: '/identities/-/credential-binding-jobs',
      operation: 'list enrolment links',
    },
  ],
];

/** Not every deployment knows `-`; the steps do without it. */
const acrossTheRealm: readonly string[] = ['credentials:read', 'credential-binding-jobs:read'];

function unproven(roles: boolean, tokens: boolean): readonly Finding[] {
  const rights = ['identities:create', 'identities:update', 'identities:delete', 'groups:update'];
  rights.push('credentials:revoke', 'credential-binding-jobs:revoke');
  if (roles) rights.push('roles:read', 'roles:update');
  if (tokens) rights.push('tokens:delete');
  const detail = 'needed; only its use can prove it, see tenure check --canary';
  return rights.map((name) => ({ name, state: 'unknown', detail }));
}

/** A missing scope is one finding of several; a token that is refused for everything fails the whole check. */
async function finding(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, state: 'proven', detail: await look() };
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof Unobservable)) throw error;
    if (acrossTheRealm.includes(name) && notOffered.includes(error.context.status ?? 0)) {
      const detail =
        'this realm does not list them all at once; whether it does so for one identity shows when it is asked';
      return { name, state: 'unknown', detail };
    }
    return { name, state: 'failed', detail: error.message };
  }
}
