import type { Revoked } from '../connectors/connector';
import { Unobservable, VendorIgnoredWrite } from '../connectors/errors';
import { names } from '../domain/access';
import type { Account, AccountId, Grant } from '../domain/account';
import type { Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { ProvisionedAccount, RevokeInput, RevokeReport } from '../domain/provisioning';
import { stricter } from '../domain/target';
import { refusalOf } from './accounts';
import { administratorsAmong } from './administrators';
import { sameGrant, stays } from './entitlements';
import { asError } from './failures';
import { entitlementWords } from './grants';
import { keepingAdministrators, type Kept } from './last-administrator';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

/** What survives a lost attempt. */
interface RevokeProgress {
  readonly removed: Readonly<Record<AccountId, readonly Grant[]>>;
}
interface Lost {
  readonly account: ProvisionedAccount;
  readonly before?: readonly Grant[];
  readonly after?: readonly Grant[];
  readonly would: readonly string[];
  readonly handOver: readonly string[];
  readonly unmanaged: readonly string[];
  readonly ownedByDirectory?: boolean;
  /** What two people let go although it leaves too few administrators. */
  readonly released?: readonly string[];
  readonly parked?: Parked;
  readonly gone?: true;
  readonly requestIds?: readonly string[];
}
interface Work {
  readonly desk: TargetDesk;
  readonly run: TargetRun<RevokeProgress>;
  readonly input: RevokeInput;
  readonly removed: Record<AccountId, readonly Grant[]>;
  readonly observes: boolean;
}

const step = 'revokeEntitlements';

/** Takes away what policy gave and gives no longer, and looks at both sides: what goes is gone, what stays is held. */
export async function revokeEntitlements(desk: TargetDesk, input: RevokeInput): Promise<RevokeReport> {
  return await onTarget<RevokeProgress, RevokeReport>(desk, input, async (run) => {
    const work: Work = {
      ...{ desk, run, input, removed: { ...run.saved?.removed } },
      observes: stricter(input.mode, desk.mode) === 'observe',
    };
    const results: Lost[] = [];
    let failure: Error | undefined;
    for (const account of input.accounts) {
      try {
        results.push({ ...(await revokeFrom(work, account)), requestIds: run.takeRequestIds() });
      } catch (error) {
        failure ??= asError(error);
        if (run.call.signal.aborted) break;
      }
    }
    if (failure !== undefined) throw failure;
    return report(work, results);
  });
}

async function revokeFrom(work: Work, known: ProvisionedAccount): Promise<Lost> {
  const { desk, run } = work;
  const nothing = { account: known, would: [], handOver: [], unmanaged: [] };
  const account = await desk.connector.getAccount(known.id, run.call);
  if (account === undefined) return { ...nothing, gone: true };
  try {
    const before = await desk.connector.listGrants(account, run.call);
    const split = splitOf(work.input, known, before);
    const would = split.going.map((one) => `take ${entitlementWords(one.entitlement)} from ${account.username}`);
    const said = {
      ...nothing,
      before,
      would,
      handOver: split.handOver.map((one) => ownedBy(account, one)),
      unmanaged: split.unmanaged,
    };
    if (work.observes) return said;
    return await guarded(work, account, split.going, async (kept) => {
      const staying = kept.grants.get(account.id);
      const going = split.going.filter((one) => !stays(one, staying));
      const refusal = await takeAway(work, account, going);
      const after = going.length === 0 ? before : await desk.connector.listGrants(account, run.call);
      const parked = refusal ?? kept.parked ?? lostBesides(work, known, after);
      return {
        ...{
          ...said,
          after,
          handOver: [...said.handOver, ...kept.handOver],
          ownedByDirectory: said.handOver.length > 0,
        },
        ...(kept.released.length === 0 ? {} : { released: kept.released }),
        ...(parked === undefined ? {} : { parked }),
      };
    });
  } catch (error) {
    if (error instanceof Unobservable) return { ...nothing, parked: refusalOf(error) };
    throw error;
  }
}

/** A mover may be the last administrator of a system as well as a leaver: what makes them one stays until somebody else is. */
async function guarded(
  { desk, run, input }: Work,
  account: Account,
  going: readonly Grant[],
  write: (kept: Kept) => Promise<Lost>,
): Promise<Lost> {
  const losing = await administratorsAmong(desk, run, account.enabled === false ? [] : [{ account, grants: going }]);
  const released = input.lastAdministratorReleased === true;
  return await keepingAdministrators({ desk, run, person: input.accounts, losing, released }, write);
}

/** What goes, what only a directory can take, and what no rule gave: that one is left alone. */
function splitOf(
  { lost, kept }: Pick<RevokeInput, 'lost' | 'kept'>,
  { serves }: ProvisionedAccount,
  held: readonly Grant[],
) {
  const isIn = (side: RevokeInput['lost'], grant: Grant) =>
    (side[serves] ?? []).some((one) => names(one, grant.entitlement));
  const stays = held.filter((grant) => isIn(kept, grant));
  const goes = held.filter((grant) => !stays.includes(grant) && isIn(lost, grant));
  const others = held.filter((grant) => !stays.includes(grant) && !goes.includes(grant));
  return {
    going: goes.filter((grant) => grant.ownedByDirectory === undefined),
    handOver: goes.filter((grant) => grant.ownedByDirectory !== undefined),
    unmanaged: others.map((grant) => entitlementWords(grant.entitlement)),
  };
}

function ownedBy({ username }: Account, { entitlement, ownedByDirectory }: Grant): string {
  return `${username}: ${entitlementWords(entitlement)} is owned by ${ownedByDirectory ?? 'a directory'}: ask whoever runs that directory to remove the person`;
}

async function takeAway(work: Work, account: Account, going: readonly Grant[]): Promise<Parked | undefined> {
  const { desk, run, removed } = work;
  if (going.length === 0) return undefined;
  // Kept before the first removal, so that a lost reply does not lose what was taken away.
  const known = removed[account.id] ?? [];
  removed[account.id] = [...known, ...going.filter((one) => !known.some((other) => sameGrant(one, other)))];
  await run.save({ removed });
  const results = await desk.connector.revoke(account, going, run.call);
  const left = results.filter((one): one is Extract<Revoked, { reason: string }> => 'reason' in one);
  removed[account.id] = (removed[account.id] ?? []).filter((one) => !left.some(({ grant }) => sameGrant(grant, one)));
  const [first] = left;
  if (first === undefined) return undefined;
  return {
    reason: 'rejected',
    detail: left
      .map(({ grant, reason }) => `${account.username} cannot leave ${entitlementWords(grant.entitlement)}: ${reason}`)
      .join('; '),
    advice: `Take ${account.username} out on ${desk.id} by hand or mend what forbids it, then resolve with retry; or skip it with a reason.`,
  };
}

/** The other side: what stays by policy is still held, and what was to go does not come back. */
function lostBesides({ desk, input }: Work, known: ProvisionedAccount, after: readonly Grant[]): Parked | undefined {
  const { going } = splitOf(input, known, after);
  if (going.length > 0)
    throw new VendorIgnoredWrite(
      `${known.username} still holds ${going.map((one) => entitlementWords(one.entitlement)).join(', ')}`,
      { target: desk.id, operation: 'revoke' },
    );
  const { grants } = desk.connector.abilities;
  const missing = (input.kept[known.serves] ?? []).filter(
    (one) => grants.includes(one.kind) && !after.some(({ entitlement }) => names(one, entitlement)),
  );
  if (missing.length === 0) return undefined;
  const what = missing.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return {
    reason: 'rejected',
    detail: `${known.username} does not hold ${what}, which policy gives`,
    advice: `Give it on ${desk.id} and find out who took it away, then resolve with retry; or skip it with a reason.`,
  };
}

function report(work: Work, results: readonly Lost[]): RevokeReport {
  const parked = results.find((one) => one.parked !== undefined)?.parked;
  const handOver = results.flatMap((one) => one.handOver);
  return {
    outcome: outcomeOf(work, results),
    detail: detailOf(work, results),
    ...(parked === undefined ? {} : { parked }),
    ...(handOver.length === 0 ? {} : { handOver }),
    removed: Object.fromEntries(Object.entries(work.removed).filter(([, grants]) => grants.length > 0)),
    unmanaged: [...new Set(results.flatMap((one) => one.unmanaged))],
    evidence: results.map((one) => evidenceOf(work, one)),
  };
}

function outcomeOf({ observes, removed }: Work, results: readonly Lost[]): RevokeReport['outcome'] {
  if (observes) return 'observed';
  if (results.some((one) => one.ownedByDirectory === true)) return 'owned-by-directory';
  const changed = results.some(({ account }) => (removed[account.id] ?? []).length > 0);
  return changed ? 'done' : 'already';
}

function detailOf({ observes, removed }: Work, results: readonly Lost[]): string {
  const would = results.flatMap((one) => one.would);
  if (observes) return `mode observe: would ${would.length === 0 ? 'change nothing' : would.join('; ')}`;
  const parts = results.flatMap(({ account, gone }) => [
    ...(removed[account.id] ?? []).map(
      ({ entitlement }) => `took ${entitlementWords(entitlement)} from ${account.username}`,
    ),
    ...(gone === true ? [`${account.username} is gone`] : []),
  ]);
  const unmanaged = new Set(results.flatMap((one) => one.unmanaged));
  if (unmanaged.size > 0) parts.push(`left alone, given by no rule: ${[...unmanaged].join(', ')}`);
  return parts.length === 0 ? 'nothing to take away' : parts.join('; ');
}

function evidenceOf(work: Work, one: Lost): EvidenceDraft {
  const { account, before, after, parked, unmanaged, handOver, gone, requestIds = [] } = one;
  const { id, username } = account;
  const changed = (work.removed[id] ?? []).length > 0;
  const outcome = parked !== undefined ? 'refused' : changed ? 'done' : 'already';
  return work.run.draft({
    ...{ step, account: { id, username }, requestIds },
    outcome: work.observes ? 'observed' : outcome,
    before: before ?? 'unknown',
    ...(gone === true ? { after: 'gone' } : after === undefined ? {} : { after }),
    detail: parked?.detail ?? detailOf(work, [one]),
    data: {
      ...{ serves: account.serves, removed: work.removed[id] ?? [], unmanaged, handOver },
      ...(one.released === undefined ? {} : { released: one.released }),
    },
  });
}
