import { Unobservable, VendorRejected } from '../connectors/errors';
import type { Account, BeforeImage, Grant } from '../domain/account';
import type { Caller, TargetDesk } from './target-run';

/** How an account is, as whole as the vendor shows it: taken before the first write, and durable before it. */
export async function imageOf(desk: TargetDesk, run: Caller, account: Account): Promise<BeforeImage> {
  const { grants: _listed, ...plain } = account;
  const unlistable = Object.keys(desk.connector.abilities.unsupported);
  const grants = await grantsIfObservable(desk, run, account);
  return { account: plain, ...(grants === undefined ? {} : { grants }), unlistable, readAt: new Date().toISOString() };
}

/** Grants that cannot be observed stay unknown in the image; the strip step parks on it, the disable does not wait. */
export async function grantsIfObservable(
  desk: TargetDesk,
  run: Caller,
  account: Account,
): Promise<readonly Grant[] | undefined> {
  try {
    return await desk.connector.listGrants(account, run.call);
  } catch (error) {
    if (error instanceof Unobservable || error instanceof VendorRejected) return undefined;
    throw error;
  }
}
