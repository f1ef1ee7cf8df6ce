import type { Revoked } from '../connectors/connector';
import { Unobservable } from '../connectors/errors';
import type { Account, AccountId, Grant, Owned } from '../domain/account';
import type { KnownAccount, Parked, StripInput, StripReport } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import { refusalOf } from './accounts';
import { administratorsAmong } from './administrators';
import { asError } from './failures';
import { isKept, keepingAdministrators, type Kept } from './last-administrator';
import { handOversOf } from './live';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

interface StripProgress {
  /** What lost attempts have taken away already. */
  readonly removed: Readonly<Record<AccountId, readonly Grant[]>>;
}
interface Stripped {
  readonly account: KnownAccount;
  readonly results: readonly Revoked[];
  readonly parked?: Parked;
  readonly gone?: boolean;
  /** What the target cannot tell about its administrators. */
  readonly handOver?: readonly string[];
  /** What outlives the account and somebody else has to take over. */
  readonly owned?: readonly Owned[];
  /** What two people let go although it leaves too few administrators. */
  readonly released?: readonly string[];
  readonly requestIds?: readonly string[];
}

/** Groups, roles and direct grants are taken away and read back until none is left but what a directory owns. */
export async function stripEntitlements(desk: TargetDesk, input: StripInput): Promise<StripReport> {
  return await onTarget<StripProgress, StripReport>(desk, input, async (run) => {
    const removed: Record<AccountId, readonly Grant[]> = { ...run.saved?.removed };
    const stripped: Stripped[] = [];
    let failure: Error | undefined;
    for (const account of input.accounts) {
      try {
        const one = await stripOne({ desk, input, run, known: account, removed });
        const owned = await leftBehind({ desk, input, run, known: account, removed }, one);
        stripped.push({ ...one, owned, requestIds: run.takeRequestIds() });
      } catch (error) {
        failure ??= asError(error);
        if (run.call.signal.aborted) break;
      }
    }
    if (failure !== undefined) throw failure;
    return report({ desk, input, run, stripped, removed });
  });
}

interface Stripping {
  readonly desk: TargetDesk;
  readonly input: StripInput;
  readonly run: TargetRun<StripProgress>;
  readonly known: KnownAccount;
  readonly removed: Record<AccountId, readonly Grant[]>;
}

async function stripOne(work: Stripping): Promise<Stripped> {
  const { desk, input, run, known, removed } = work;
  try {
    const account = await desk.connector.getAccount(known.id, run.call);
    if (account === undefined) return { account: known, results: [], gone: true };
    const { held, hidden } = await heldBy(work, account);
    const ours = held.filter((grant) => grant.ownedByDirectory === undefined);
    const directory = held.filter((grant) => grant.ownedByDirectory !== undefined).map(ownedByDirectory);
    const image = input.before[known.id]?.grants ?? [];
    // What lost attempts and cut-off runs took away: what they kept, and what the flow's before-image shows and is gone now.
    const ranBefore = run.attempt > 1 || input.ranBefore === true;
    const gone = ranBefore && hidden.parked === undefined ? missing(image, held) : [];
    const taken = distinct([...(removed[known.id] ?? []), ...gone]);
    if (taken.length > 0) removed[known.id] = taken;
    if (ours.length === 0) return { account: known, results: directory, ...hidden };
    // Whoever is disabled is no administrator any more; only an account that stays enabled takes one away here.
    const enabled = account.enabled === false ? [] : [{ account, grants: ours }];
    const losing = await administratorsAmong(desk, run, enabled);
    const person = [...input.accounts, ...(input.spared ?? [])];
    const question = { desk, run, person, losing, released: input.lastAdministratorReleased === true };
    return await keepingAdministrators(question, async (kept) => {
      const stripped = await takeAway(work, { account, ours, kept });
      return { ...hidden, ...stripped, results: [...stripped.results, ...directory] };
    });
  } catch (error) {
    if (error instanceof Unobservable) return { account: known, results: [], parked: refusalOf(error) };
    throw error;
  }
}

/** What the account holds. Where only some kinds can be seen, these; the step parks for the others once these are gone. */
async function heldBy({ desk, run }: Stripping, account: Account): Promise<Holding> {
  try {
    return { held: await desk.connector.listGrants(account, run.call), hidden: {} };
  } catch (error) {
    if (!(error instanceof Unobservable) || error.seen === undefined) throw error;
    return { held: error.seen, hidden: { parked: refusalOf(error) } };
  }
}

interface Holding {
  readonly held: readonly Grant[];
  readonly hidden: { readonly parked?: Parked };
}

/**
 * What the account looked after and leaves: told from all that it held, by the image, by what is gone already and by what
 * this attempt saw.
 */
async function leftBehind(
  { desk, input, run, known, removed }: Stripping,
  { results }: Stripped,
): Promise<readonly Owned[]> {
  if (desk.connector.owned === undefined) return [];
  const seen = results.map(({ grant }) => grant);
  const grants = distinct([...(input.before[known.id]?.grants ?? []), ...(removed[known.id] ?? []), ...seen]);
  return await desk.connector.owned({ ...known, grants }, run.call);
}

async function takeAway(
  { desk, input, run, known, removed }: Stripping,
  { account, ours, kept }: { readonly account: Account; readonly ours: readonly Grant[]; readonly kept: Kept },
): Promise<Stripped> {
  const { parked, handOver, released } = kept;
  const going = ours.filter((grant) => !isKept(kept, known.id, grant));
  const staying = ours.filter((grant) => !going.includes(grant));
  const refused = staying.map((grant) => ({ grant, change: 'refused', reason: parked?.detail ?? '' }) as const);
  const about = { account: known, handOver, released, ...(parked === undefined ? {} : { parked }) };
  if (going.length === 0) return { ...about, results: refused };
  removed[known.id] = distinct([...(removed[known.id] ?? []), ...going]);
  // Kept before the first removal, so that a lost reply does not lose what was taken away; the image is kept already.
  if (missing(going, input.before[known.id]?.grants ?? []).length > 0) await run.save({ removed });
  const results = [...(await desk.connector.revoke(account, going, run.call)), ...refused];
  const left = results.flatMap((result) => ('reason' in result ? [result.grant] : []));
  removed[known.id] = missing(removed[known.id] ?? [], left);
  const first = results.find((result) => result.change === 'refused');
  return {
    ...about,
    results,
    ...(first === undefined || parked !== undefined ? {} : { parked: refusedGrant(desk, known, first) }),
  };
}

function ownedByDirectory(grant: Grant): Revoked {
  return {
    grant,
    change: 'owned-by-directory',
    reason: `${nameOf(grant)} is owned by ${grant.ownedByDirectory ?? 'a directory'}: ask whoever runs that directory to remove the person`,
  };
}

function takeOver({ username }: KnownAccount, { kind, id, name, advice }: Owned): string {
  return `left behind by ${username}: ${kind} ${name ?? id} ${advice}`;
}

function refusedGrant(desk: TargetDesk, account: KnownAccount, refused: Revoked): Parked {
  const reason = 'reason' in refused ? refused.reason : '';
  return {
    reason: 'rejected',
    detail: `${account.username} cannot leave ${nameOf(refused.grant)}: ${reason}`,
    advice: `Take ${account.username} out on ${desk.id} by hand or mend what forbids it, then resolve with retry; or skip it with a reason.`,
  };
}

function report({
  desk,
  input,
  run,
  stripped,
  removed,
}: {
  desk: TargetDesk;
  input: StripInput;
  run: TargetRun<StripProgress>;
  stripped: readonly Stripped[];
  removed: Record<AccountId, readonly Grant[]>;
}): StripReport {
  const parked = stripped.find((one) => one.parked !== undefined)?.parked;
  const results = stripped.flatMap((one) => one.results);
  const handOver = [
    ...handOversOf(
      desk,
      Object.keys(desk.connector.abilities.unsupported).filter(
        (ability) => !['sessions', 'checkouts', 'credentials'].includes(ability),
      ),
    ),
    ...results.flatMap((result) => (result.change === 'owned-by-directory' ? [result.reason] : [])),
    ...stripped.flatMap((one) => one.handOver ?? []),
    ...stripped.flatMap(({ account, owned = [] }) => owned.map((one) => takeOver(account, one))),
  ];
  return {
    outcome: outcomeOf(desk, results, removed),
    detail: detailOf(results),
    ...(parked === undefined ? {} : { parked }),
    ...(handOver.length === 0 ? {} : { handOver }),
    removed,
    evidence: stripped.map((one) => evidenceOf({ input, run, stripped: one, removed })),
  };
}

function outcomeOf(
  desk: TargetDesk,
  results: readonly Revoked[],
  removed: Readonly<Record<AccountId, readonly Grant[]>>,
): StripReport['outcome'] {
  if (results.some((result) => result.change === 'owned-by-directory')) return 'owned-by-directory';
  if (desk.connector.abilities.grants.length === 0) return 'unsupported';
  return Object.values(removed).some((grants) => grants.length > 0) ? 'done' : 'already';
}

function detailOf(results: readonly Revoked[]): string {
  const count = (change: string) => results.filter((result) => result.change === change).length;
  const taken = count('done') + count('already');
  const parts = [taken > 0 ? `${taken} taken away` : 'nothing held'];
  if (count('owned-by-directory') > 0) parts.push(`${count('owned-by-directory')} owned by a directory`);
  if (count('refused') > 0) parts.push(`${count('refused')} refused`);
  return parts.join(', ');
}

function evidenceOf({
  input,
  run,
  stripped,
  removed,
}: {
  input: StripInput;
  run: TargetRun<StripProgress>;
  stripped: Stripped;
  removed: Readonly<Record<AccountId, readonly Grant[]>>;
}): EvidenceDraft {
  const { account, results, parked, owned = [], released = [] } = stripped;
  const more = {
    ...(owned.length > 0 ? { owned, handOver: owned.map((one) => takeOver(account, one)) } : {}),
    ...(released.length > 0 ? { released } : {}),
  };
  const taken = removed[account.id] ?? [];
  return run.draft({
    step: 'stripEntitlements',
    requestIds: stripped.requestIds ?? [],
    outcome: parked !== undefined ? 'refused' : taken.length > 0 ? 'done' : 'already',
    account,
    before: input.before[account.id]?.grants ?? 'unknown',
    after: results
      .filter((result) => result.change === 'owned-by-directory' || result.change === 'refused')
      .map((result) => result.grant),
    detail: parked?.detail ?? (stripped.gone === true ? 'the account is gone' : detailOf(results)),
    data: { removed: taken, results, ...more },
  });
}

export function sameGrant(a: Grant, b: Grant): boolean {
  return a.entitlement.kind === b.entitlement.kind && a.entitlement.id === b.entitlement.id;
}
function nameOf(grant: Grant): string {
  return `${grant.entitlement.kind} ${grant.entitlement.name ?? grant.entitlement.id}`;
}
/** Grants among `these` that are ours to take away and not among `those`. */
function missing(these: readonly Grant[], those: readonly Grant[]): readonly Grant[] {
  return these.filter(
    (grant) => grant.ownedByDirectory === undefined && !those.some((other) => sameGrant(grant, other)),
  );
}
/** A run that was begun again names what the one before took as well. */
export function distinct(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter((grant, index) => grants.findIndex((other) => sameGrant(grant, other)) === index);
}
