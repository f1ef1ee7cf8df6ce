import type { Call, CheckReport } from '../connector';
import { ConnectorError, VendorRejected } from '../errors';
import type { Http } from '../http/contract';
import type { Context } from './context';
import { noSuchPath } from './session';

type Finding = CheckReport['findings'][number];

/** Token, reading rights, what a user shows, the sessions API and the SCIM surface. Changes nothing. */
export async function checkTarget(context: Context, http: Http, call: Call): Promise<CheckReport> {
  const { lifetimeSeconds, clockSkewMs } = await http.proveCredential(call);
  const life = lifetimeSeconds === undefined ? 'its lifetime is not told' : `it lives ${String(lifetimeSeconds)} s`;
  const findings: Finding[] = [proven('authentication', `a token was issued; ${life}`)];
  await attempt('read users', findings, () => readUsers(context, call));
  await attempt('read sessions', findings, () => readSessions(context, call));
  await attempt('change groups', findings, () => readScim(context, call));
  findings.push(...declaredRights(context));
  const { ownAccount } = context.target;
  return {
    findings,
    ...(clockSkewMs !== undefined && { clockSkewMs }),
    ...(ownAccount !== undefined && { ownAccount: { username: ownAccount } }),
    ...(lifetimeSeconds !== undefined && { tokenLifetimeSeconds: lifetimeSeconds }),
  };
}

async function readUsers(context: Context, call: Call): Promise<readonly Finding[]> {
  const { rows, total } = await context.client.listUsers({ skip: 0, operation: 'check' }, call);
  const seen = proven('read users', `${String(total ?? rows.length)} users seen`);
  const name = 'whole user visible';
  const sample = rows[0] === undefined ? undefined : await context.client.getUser(rows[0].id, 'check', call);
  if (sample === undefined) return [seen, { name, state: 'unknown', detail: 'there is no user to look at' }];
  const hidden = (['active', 'roles'] as const).filter((field) => sample[field] == null);
  if (hidden.length === 0) return [seen, proven(name, 'users show active and roles')];
  const detail = `users do not show ${hidden.join(', ')}: let the API client read them, or steps that need them park`;
  return [seen, { name, state: 'failed', detail }];
}

async function readSessions(context: Context, call: Call): Promise<readonly Finding[]> {
  const name = 'read sessions';
  if (context.options.sessions === 'off')
    return [{ name, state: 'declared', detail: 'options.sessions is off: a person looks after sessions' }];
  const page = await context.client.listSessions({ skip: 0 }, call);
  if (page === 'absent') return [{ name, state: 'failed', detail: noSuchPath(context).message }];
  return [proven(name, `${String(page.total ?? page.rows.length)} live sessions seen`)];
}

/** SSO has to be configured on the tenant before its SCIM surface works (seed 003). */
async function readScim(context: Context, call: Call): Promise<readonly Finding[]> {
  const name = 'change groups';
  if (context.scim === undefined)
    return [{ name, state: 'declared', detail: 'no scim on the target: groups are unsupported' }];
  try {
    await context.scim.connector.listEntitlements(undefined, call);
  } catch (error) {
    // The other surface still works: what is wrong with this one is a finding, not the end of the check.
    if (!(error instanceof ConnectorError) || call.signal.aborted) throw error;
    return [{ name, state: 'failed', detail: error.message }];
  }
  return [
    proven(
      'read groups through SCIM',
      'the SCIM surface answers; only a write can prove that memberships can be changed',
    ),
  ];
}

/** What the scope promises; only a write proves it, see `tenure check --canary`. */
function declaredRights({ target }: Context): readonly Finding[] {
  const scope = 'scope' in target.auth ? target.auth.scope : undefined;
  if (scope === undefined) return [{ name: 'scope', state: 'unknown', detail: 'auth.scope is not given' }];
  const granted = scope.split(' ');
  return [
    ['change users', 'delinea:api:write'],
    ['assign roles', 'delinea:api:admin'],
  ].map(([name = '', needed = '']) =>
    granted.includes(needed)
      ? { name, state: 'declared', detail: `${needed} is asked for; only a write proves it` }
      : {
          name,
          state: 'unknown',
          detail: `${needed} is not in auth.scope; a tenant with scopes of its own may grant it all the same`,
        },
  );
}

/** A refused right is a finding; everything else (down, bad credential, no valid answer) fails the check. */
async function attempt(name: string, findings: Finding[], look: () => Promise<readonly Finding[]>): Promise<void> {
  try {
    findings.push(...(await look()));
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    findings.push({ name, state: 'failed', detail: error.message });
  }
}

function proven(name: string, detail: string): Finding {
  return { name, state: 'proven', detail };
}
