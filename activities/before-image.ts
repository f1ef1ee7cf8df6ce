import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError, Unobservable, VendorThrottled, VendorUnavailable } from '../connectors/errors';
import type { Account, BeforeImage, Grant } from '../domain/account';
import type { Caller, TargetDesk } from './target-run';

/** A disable waits no longer than this for a vendor that is busy just now. */
const patienceMs = 1_000;
const shortestWaitMs = 250;

/** How an account is, as whole as the vendor shows it: taken before the first write, and durable before it. */
export async function imageOf(desk: TargetDesk, run: Caller, account: Account): Promise<BeforeImage> {
  const { grants: _listed, ...plain } = account;
  const unlistable = Object.keys(desk.connector.abilities.unsupported);
  const grants = await grantsIfObservable(desk, run, account);
  return { account: plain, ...(grants === undefined ? {} : { grants }), unlistable, readAt: new Date().toISOString() };
}

/**
 * The disable never waits for what the account holds, which may live behind an address and a credential of its own
 * (Delinea's groups: seed 003). Where it cannot be listed now, the account's own record tells it, if that shows grants at
 * all; else it stays unknown in the image. Nothing is lost for an undo: the strip step lists it again before it takes
 * anything away, waits or parks until it can, and keeps what it took.
 */
export async function grantsIfObservable(
  desk: TargetDesk,
  run: Caller,
  account: Account,
): Promise<readonly Grant[] | undefined> {
  try {
    return await listPatiently(desk, run, account);
  } catch (error) {
    if (!(error instanceof ConnectorError) || run.call.signal.aborted) throw error;
    // The vendor says that it does not show them: what the record shows may not be all.
    if (error instanceof Unobservable) return undefined;
    const { grants: kinds } = desk.connector.abilities;
    return account.grants?.filter(({ entitlement }) => kinds.includes(entitlement.kind));
  }
}

/** Once more where the vendor answered "not now": that heals most of these. Temporal's retry would hold up the disable. */
async function listPatiently(desk: TargetDesk, { call }: Caller, account: Account): Promise<readonly Grant[]> {
  try {
    return await desk.connector.listGrants(account, call);
  } catch (error) {
    const waitMs = soonAgainMs(error);
    if (waitMs === undefined || call.signal.aborted) throw error;
    await wait(waitMs, undefined, { signal: call.signal });
    return await desk.connector.listGrants(account, call);
  }
}

/** Undefined: no answer at all, or not so soon. */
function soonAgainMs(error: unknown): number | undefined {
  if (!(error instanceof VendorUnavailable || error instanceof VendorThrottled)) return undefined;
  const { status, retryAfterMs = 0 } = error.context;
  return status === undefined || retryAfterMs > patienceMs ? undefined : Math.max(shortestWaitMs, retryAfterMs);
}
