import type { StepInput, TargetPlan } from '../domain/containment';
import type { TargetCheck } from './contract';
import { Unobservable } from '../connectors/errors';
import type { Account, Grant } from '../domain/account';
import { administratorsAmong, checkAdministrators } from './administrators';
import { findAccounts } from './finding';
import { mustStay, type Kept } from './last-administrator';
import { drainNames, handOversOf, listLive } from './live';
import { onTarget, type Caller, type TargetDesk } from './target-run';

/** Dry run on one target, from live reads: what a leaver would change. Sends nothing that changes anything. */
export async function planTarget(desk: TargetDesk, input: StepInput): Promise<TargetPlan> {
  return await onTarget<never, TargetPlan>(desk, input, async (run) => {
    const found = await findAccounts(desk, input, run);
    const accounts = [];
    for (const account of found.accounts) accounts.push(await planOne(desk, run, account));
    const parked = found.parked ?? (await lastAdministrators(desk, run, accounts)).parked ?? found.unseen;
    const wouldChange = accounts.some((one) => one.would.length > 0);
    const empty = found.accounts.length === 0 && found.parked === undefined;
    return {
      target: desk.id,
      outcome:
        parked !== undefined
          ? 'needs-person'
          : empty
            ? 'no-account-found'
            : wouldChange
              ? 'would-change'
              : 'nothing-to-do',
      accounts,
      handOver: handOversOf(
        desk,
        [...drainNames, ...Object.keys(desk.connector.abilities.unsupported)].filter(
          (name, index, all) => all.indexOf(name) === index,
        ),
      ),
      ...(parked === undefined ? {} : { parked }),
    };
  });
}

/** Whether a leaver here would leave a group without enabled administrators. */
async function lastAdministrators(desk: TargetDesk, run: Caller, accounts: TargetPlan['accounts']): Promise<Kept> {
  const person = accounts.map(({ account }) => account);
  const enabled = accounts.filter(({ account }) => account.enabled !== false);
  const holdings = enabled.map(({ account, grants }) => ({ account, grants }));
  const losing = await administratorsAmong(desk, run, holdings);
  return await mustStay({ desk, run, person, losing, released: false });
}

async function planOne(desk: TargetDesk, run: Caller, account: Account): Promise<TargetPlan['accounts'][number]> {
  const grants = await observableGrants(desk, run, account);
  const live = (await listLive(desk, run, account)).map((thing) => `${thing.live.kind} ${thing.live.id}`);
  const would = [
    ...(account.enabled === false ? [] : ['disable']),
    ...(grants ?? []).map(({ entitlement, ownedByDirectory }) =>
      ownedByDirectory === undefined
        ? `take away ${entitlement.kind} ${entitlement.name ?? entitlement.id}`
        : `leave ${entitlement.kind} ${entitlement.name ?? entitlement.id}: owned by ${ownedByDirectory}`,
    ),
    ...live.map((one) => `end ${one}`),
  ];
  return { account, live, would, ...(grants === undefined ? {} : { grants }) };
}

async function observableGrants(
  desk: TargetDesk,
  run: Caller,
  account: Account,
): Promise<readonly Grant[] | undefined> {
  try {
    return await desk.connector.listGrants(account, run.call);
  } catch (error) {
    if (error instanceof Unobservable) return undefined;
    throw error;
  }
}

const skewLimitMs = 60_000;

/** Proves address, TLS, credentials and, with a canary, that disabling works; each finding as proven, declared or unknown. */
export async function checkTarget(
  desk: TargetDesk,
  { canary }: { readonly target: string; readonly canary?: string },
): Promise<TargetCheck> {
  return await onTarget<never, TargetCheck>(desk, { askedByPerson: true }, async (run) => {
    const report = await desk.connector.check(run.call);
    const findings = [...report.findings];
    if (report.clockSkewMs !== undefined) {
      const skewed = Math.abs(report.clockSkewMs) > skewLimitMs;
      findings.push({
        name: 'clock',
        state: skewed ? 'failed' : 'proven',
        detail: `the vendor's clock is ${Math.round(report.clockSkewMs / 1000)} s ahead of this worker's`,
      });
    }
    if (report.tokenLifetimeSeconds !== undefined)
      findings.push({ name: 'token life', state: 'proven', detail: `${report.tokenLifetimeSeconds} s` });
    findings.push({
      name: 'own account',
      state: report.ownAccount === undefined ? 'declared' : 'proven',
      detail: `${report.ownAccount?.username ?? desk.serviceAccount}: never changed`,
    });
    for (const item of handOversOf(desk, Object.keys(desk.connector.abilities.unsupported)))
      findings.push({ name: 'not offered', state: 'declared', detail: item });
    findings.push(...(await checkAdministrators(desk, run)));
    if (canary !== undefined) findings.push(await tryCanary(desk, run, canary));
    return { target: desk.id, type: desk.type, ok: findings.every((finding) => finding.state !== 'failed'), findings };
  });
}

/** Disables, reads back and enables one named test account. */
async function tryCanary(desk: TargetDesk, run: Caller, username: string): Promise<TargetCheck['findings'][number]> {
  if (desk.mode === 'observe')
    return { name: 'canary', state: 'unknown', detail: 'mode is observe: nothing is written, so nothing was tried' };
  const { found } = await desk.connector.findAccounts({ externalId: [], username: [username], email: [] }, run.call);
  const account = found[0]?.account;
  if (account === undefined || found.length > 1)
    return {
      name: 'canary',
      state: 'failed',
      detail: `${username}: ${found.length} accounts found, exactly one is needed`,
    };
  if (account.enabled !== true)
    return { name: 'canary', state: 'failed', detail: `${username} is not enabled: nothing was tried` };
  const disabled = await desk.connector.setAccountEnabled(account, false, run.call);
  const enabled = await desk.connector.setAccountEnabled(disabled.after, true, run.call);
  const works = disabled.after.enabled === false && enabled.after.enabled === true;
  return {
    name: 'canary',
    state: works ? 'proven' : 'failed',
    detail: works
      ? `${username} was disabled, read back and enabled again`
      : `${username} did not follow: it reads ${String(enabled.after.enabled)} now`,
  };
}
