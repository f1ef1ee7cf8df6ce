import type { Call, CheckReport } from '../connector';
import { VendorRejected } from '../errors';
import type { Http } from '../http/contract';
import type { Context } from './context';

type Finding = CheckReport['findings'][number];

export interface Surface {
  readonly http: Http;
  readonly hasStaticToken: boolean;
  /** The vendor offers `GET /ServiceProviderConfig`. */
  readonly hasProviderConfig: boolean;
}

/** Credential, reading rights, what users and groups show, and what the server says of itself. Changes nothing. */
export async function checkTarget(context: Context, surface: Surface, call: Call): Promise<CheckReport> {
  const { http, hasStaticToken, hasProviderConfig } = surface;
  const credential = await http.proveCredential(call);
  const findings: Finding[] = [];
  await attempt('read users', findings, () => readUsers(context, call));
  await attempt('read groups', findings, () => readGroups(context, call));
  if (hasProviderConfig) await attempt('server', findings, () => readProvider(context, call));
  const detail = 'only a write can prove it, see tenure check --canary';
  findings.push({ name: 'change users and groups', state: 'unknown', detail });
  const { lifetimeSeconds } = credential;
  // A static token asks for nothing, so the clock shows only in the answers that came since.
  const { clockSkewMs } = hasStaticToken ? await http.proveCredential(call) : credential;
  const { ownAccount } = context.target;
  return {
    findings: [authentication(findings, hasStaticToken, lifetimeSeconds), ...findings],
    ...(clockSkewMs !== undefined && { clockSkewMs }),
    ...(lifetimeSeconds !== undefined && { tokenLifetimeSeconds: lifetimeSeconds }),
    ...(ownAccount !== undefined && { ownAccount: { username: ownAccount } }),
  };
}

function authentication(findings: readonly Finding[], isStatic: boolean, lifetime: number | undefined): Finding {
  const name = 'authentication';
  if (!isStatic) {
    const life = lifetime === undefined ? 'its lifetime is not told' : `it lives ${String(lifetime)} s`;
    return { name, state: 'proven', detail: `a token was issued; ${life}` };
  }
  const isProven = findings.some(({ state }) => state === 'proven');
  const note = 'its end, if it has one, is known only in the vendor’s console';
  return isProven
    ? { name, state: 'proven', detail: `the static token is accepted; ${note}` }
    : { name, state: 'unknown', detail: `the static token opened nothing that was asked for; ${note}` };
}

async function readUsers({ client }: Context, call: Call): Promise<readonly Finding[]> {
  const { rows, total } = await client.users({ offset: 0, operation: 'check' }, call);
  const seen: Finding = { name: 'read users', state: 'proven', detail: `${String(total ?? rows.length)} users seen` };
  const [sample] = rows;
  const name = 'user state visible';
  const whole = sample === undefined ? undefined : await client.user(sample.id, 'check', call);
  if (whole === undefined) return [seen, { name, state: 'unknown', detail: 'there is no user to look at' }];
  if (whole.active === undefined)
    return [seen, { name, state: 'failed', detail: 'users do not show active: a disable cannot be proven' }];
  return [seen, { name, state: 'proven', detail: 'users show active' }];
}

async function readGroups({ client, quirks, habits }: Context, call: Call): Promise<readonly Finding[]> {
  const { rows, total } = await client.groups(0, call);
  habits.sawGroups(rows);
  const seen: Finding = { name: 'read groups', state: 'proven', detail: `${String(total ?? rows.length)} groups seen` };
  const silent = rows.filter(({ members }) => members === undefined).length;
  if (silent === 0 || quirks.omittedMembers === 'none' || habits.meansEmpty(rows)) return [seen];
  const detail = `${String(silent)} of ${String(rows.length)} groups show no members; users must show their groups, or set options.omittedMembers`;
  return [seen, { name: 'memberships visible', state: 'unknown', detail }];
}

async function readProvider({ client }: Context, call: Call): Promise<readonly Finding[]> {
  const { patch, filter } = await client.provider(call);
  const name = 'server';
  if (patch?.supported === false)
    return [{ name, state: 'failed', detail: 'it says that it takes no PATCH; without it nothing can be disabled' }];
  const filters = filter?.supported === false ? 'no filters: each search reads everybody' : 'filters';
  return [{ name, state: 'declared', detail: `ServiceProviderConfig: PATCH, ${filters}` }];
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
