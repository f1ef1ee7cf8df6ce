import type { Call, CheckReport } from '../connector';
import { VendorRejected } from '../errors';
import type { Http } from '../http/contract';
import { requiredFields, type WritableField } from './config';
import type { Context } from './context';
import { missingFields, type User } from './mapping';

type Finding = CheckReport['findings'][number];

/** Token, reading rights, and whether a user shows every field that a full replace would otherwise reset. */
export async function checkTarget(context: Context, http: Http, call: Call): Promise<CheckReport> {
  const { lifetimeSeconds, clockSkewMs } = await http.proveCredential(call);
  const life = lifetimeSeconds === undefined ? 'its lifetime is not told' : `it lives ${String(lifetimeSeconds)} s`;
  const findings: Finding[] = [{ name: 'authentication', state: 'proven', detail: `a token was issued; ${life}` }];
  await attempt('read users', findings, async () => {
    const { rows, total } = await context.client.listUsers(0, call);
    findings.push(
      proven('read users', `${String(total ?? rows.length)} users seen`),
      await seenFields(context, rows, call),
    );
  });
  await attempt('read groups', findings, async () => {
    const { rows } = await context.client.listGroups({ offset: 0 }, call);
    findings.push(proven('read groups', `${String(rows.length)} groups seen`));
  });
  const detail = 'needs the scope full_access; only a write can prove it, see tenure check --canary';
  findings.push({ name: 'change users', state: 'unknown', detail });
  const { ownAccount } = context.target;
  return {
    findings,
    ...(clockSkewMs !== undefined && { clockSkewMs }),
    ...(lifetimeSeconds !== undefined && { tokenLifetimeSeconds: lifetimeSeconds }),
    ...(ownAccount !== undefined && { ownAccount: { username: ownAccount } }),
  };
}

async function seenFields(context: Context, rows: readonly User[], call: Call): Promise<Finding> {
  const name = 'whole user visible';
  const sample = rows[0] === undefined ? undefined : await context.client.getUser(String(rows[0].id), 'check', call);
  if (sample === undefined) return { name, state: 'unknown', detail: 'there is no user to look at' };
  const { options, records } = context;
  const missing = missingFields(sample, {}, options);
  // Without memberships a strip is refused, whoever else shows them.
  const needed: readonly WritableField[] = [...requiredFields, 'group_memberships'];
  const hidden = missing.filter((field) => needed.includes(field) || records.show(field));
  if (missing.length === 0) return proven(name, 'a full replace resets nothing unseen');
  if (hidden.length === 0)
    return proven(name, `no user shows ${missing.join(', ')}: this server seems not to have it, a PUT is sent without`);
  const advice = 'changes will be refused; let the API account read it, or name it in options.mayReset';
  return { name, state: 'failed', detail: `users do not show ${hidden.join(', ')}: ${advice}` };
}

/** A refused right is a finding; everything else (down, bad credential, no valid answer) fails the check. */
async function attempt(name: string, findings: Finding[], look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof VendorRejected)) throw error;
    findings.push({ name, state: 'failed', detail: error.message });
  }
}

function proven(name: string, detail: string): Finding {
  return { name, state: 'proven', detail };
}
