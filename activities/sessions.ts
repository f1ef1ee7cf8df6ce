import type { Account } from '../domain/account';
import type { DrainInput, DrainReport, KnownAccount } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import { millisecondsOf } from './duration';
import { notYet } from './failures';
import { findAccounts } from './finding';
import { drainNames, handOversOf, listLive, type LiveThing } from './live';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

/** What every poll hands to the next: attempts come and go, the watch goes on. */
interface DrainProgress {
  /** The deadline runs from the first good listing: an unreachable vendor is waiting, not residual. */
  readonly firstListingAt?: number;
  /** Since when the list has been empty. */
  readonly emptySince?: number;
  /** Things that were asked to end, by kind and id. */
  readonly ended: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, string>>;
  /** What is live as of the last poll; shown by the Web UI with the pending activity. */
  readonly live: number;
  readonly polls: number;
}

/**
 * Ends sessions, checkouts and credentials and watches until the list stayed empty throughout the quiet period: a
 * token that lives at the disable can open a new session later. Each poll is one attempt; "not yet" is no failure.
 */
export async function drainSessions(desk: TargetDesk, input: DrainInput): Promise<DrainReport> {
  return await onTarget<DrainProgress, DrainReport>(desk, input, async (run) => {
    const offered = drainNames.filter((name) => desk.connector[name] !== undefined);
    if (offered.length === 0) return await notOffered({ desk, input, run, handOver: handOversOf(desk, drainNames) });
    const things = await liveOf(desk, run, input.accounts);
    // After the listing, which is where a list that a target does not have shows.
    const handOver = handOversOf(desk, drainNames);
    const progress = await endAll({ run, things, progress: started(run, input) });
    const quietMs = millisecondsOf(input.sessions.quiet ?? desk.connector.abilities.tokenLifetime);
    const now = Date.now();
    if (progress.emptySince !== undefined && now - progress.emptySince >= quietMs)
      return await conclude({ desk, input, run, progress, handOver });
    // Only a poll that found the list empty concludes: what this one ended is not lost with it.
    await run.save(progress);
    const pastDeadline = now - (progress.firstListingAt ?? now) > millisecondsOf(input.sessions.deadline);
    if (pastDeadline && progress.live > 0 && input.pastDeadline !== true)
      return residual({ run, input, things, progress, handOver });
    throw again({ desk, input, progress, quietMs, now });
  });
}

function started(run: TargetRun<DrainProgress>, { endedThings = {} }: DrainInput): DrainProgress {
  return { firstListingAt: Date.now(), ended: endedThings, refused: {}, live: 0, polls: 0, ...run.saved };
}

async function liveOf(
  desk: TargetDesk,
  run: TargetRun<DrainProgress>,
  accounts: readonly KnownAccount[],
): Promise<readonly LiveThing[]> {
  const things: LiveThing[] = [];
  for (const known of accounts) things.push(...(await listLive(desk, run, { id: known.id, username: known.username })));
  return things;
}

/** Asks for the end of everything listed; only a list that stays empty proves it. */
async function endAll({
  run,
  things,
  progress,
}: {
  run: TargetRun<DrainProgress>;
  things: readonly LiveThing[];
  progress: DrainProgress;
}): Promise<DrainProgress> {
  const ended: Record<string, number> = { ...progress.ended };
  const refused: Record<string, string> = {};
  for (const { drain, live, account, ability } of things) {
    const key = `${ability}/${live.id}`;
    if (live.endable === false) {
      refused[key] = live.detail ?? 'the vendor says that it cannot be ended by this account';
      continue;
    }
    const result = await drain.end(live, account, run.call);
    if (result.change === 'refused') refused[key] = result.reason;
    else ended[key] = (ended[key] ?? 0) + 1;
  }
  const { emptySince: wasEmptySince, ...rest } = progress;
  return {
    ...rest,
    ...(things.length === 0 ? { emptySince: wasEmptySince ?? Date.now() } : {}),
    ended,
    refused,
    live: things.length,
    polls: progress.polls + 1,
  };
}

function again({
  desk,
  input,
  progress,
  quietMs,
  now,
}: {
  desk: TargetDesk;
  input: DrainInput;
  progress: DrainProgress;
  quietMs: number;
  now: number;
}): Error {
  const pollMs = millisecondsOf(input.sessions.poll);
  const quietLeft = progress.emptySince === undefined ? pollMs : progress.emptySince + quietMs - now;
  const refused = Object.entries(progress.refused).map(([key, why]) => `${key}: ${why}`);
  const message =
    progress.live > 0
      ? `${desk.id}: ${progress.live} still live${refused.length > 0 ? `; a person must end ${refused.join('; ')}` : ''}`.slice(
          0,
          400,
        )
      : `${desk.id}: nothing live; watching until the quiet period is over`;
  return notYet({ type: 'StillDraining', message, againInMs: Math.max(50, Math.min(pollMs, quietLeft)) });
}

/** The last poll looks once more at everything: an account made or revived meanwhile enters the track. */
async function conclude({
  desk,
  input,
  run,
  progress,
  handOver,
}: {
  desk: TargetDesk;
  input: DrainInput;
  run: TargetRun<DrainProgress>;
  progress: DrainProgress;
  handOver: readonly string[];
}): Promise<DrainReport> {
  const { reopened, doubts } = await lookAgain(desk, input, run);
  const named = [...handOver, ...doubts];
  const ended = Object.keys(progress.ended).length;
  const outcome = reopened.length > 0 ? 'running' : 'clean';
  const detail =
    reopened.length > 0
      ? `begun again: ${reopened.join('; ')}`
      : ended === 0
        ? 'nothing was live'
        : `${ended} ended, none came back`;
  return {
    outcome,
    detail,
    ended,
    ...(reopened.length === 0 ? {} : { reopened }),
    ...(named.length === 0 ? {} : { handOver: named }),
    evidence: [drained({ run, input, progress, outcome: reopened.length > 0 ? 'reopened' : 'clean', detail })],
  };
}

async function notOffered({
  desk,
  input,
  run,
  handOver,
}: {
  desk: TargetDesk;
  input: DrainInput;
  run: TargetRun<DrainProgress>;
  handOver: readonly string[];
}): Promise<DrainReport> {
  const { reopened, doubts } = await lookAgain(desk, input, run);
  const named = [...handOver, ...doubts];
  const detail = reopened.length > 0 ? `begun again: ${reopened.join('; ')}` : 'not offered by this target, unproved';
  return {
    outcome: reopened.length > 0 ? 'running' : 'unsupported',
    detail,
    ended: 0,
    handOver: named,
    ...(reopened.length === 0 ? {} : { reopened }),
    evidence: [
      run.draft({
        step: 'drainSessions',
        outcome: reopened.length > 0 ? 'reopened' : 'unsupported',
        detail,
        data: { handOver: named },
      }),
    ],
  };
}

function residual({
  run,
  input,
  things,
  progress,
  handOver,
}: {
  run: TargetRun<DrainProgress>;
  input: DrainInput;
  things: readonly LiveThing[];
  progress: DrainProgress;
  handOver: readonly string[];
}): DrainReport {
  const { ended, refused } = progress;
  const left = things.map(
    ({ ability, live, account }) =>
      `${account.username}: ${ability} ${live.id}${live.endable === false ? ' (a person must end it)' : ''}`,
  );
  const detail = `past the deadline and still live: ${left.join(', ')}`;
  return {
    outcome: 'residual-sessions',
    detail,
    ended: Object.keys(ended).length,
    endedThings: ended,
    ...(handOver.length === 0 ? {} : { handOver }),
    evidence: [
      run.draft({
        step: 'drainSessions',
        outcome: 'residual-sessions',
        detail,
        data: { accounts: input.accounts, left, ended, refused },
      }),
    ],
  };
}

function drained({
  run,
  input,
  progress,
  outcome,
  detail,
}: {
  run: TargetRun<DrainProgress>;
  input: DrainInput;
  progress: DrainProgress;
  outcome: string;
  detail: string;
}): EvidenceDraft {
  return run.draft({
    step: 'drainSessions',
    outcome,
    detail,
    data: {
      accounts: input.accounts,
      ended: progress.ended,
      polls: progress.polls,
      emptySince: progress.emptySince === undefined ? undefined : new Date(progress.emptySince).toISOString(),
    },
  });
}

interface LastLook {
  /** What is not as it was left: a new account, an account alive again, grants that came back. */
  readonly reopened: readonly string[];
  /** What nobody can decide here: a person has the disable step in hand already. */
  readonly doubts: readonly string[];
}

/**
 * Accounts of which nobody can tell whose they are hide neither themselves nor those that are known: the disable step,
 * begun again, parks them. Not one that a person has skipped or has yet to resolve: it would begin again for ever.
 */
async function lookAgain(desk: TargetDesk, input: DrainInput, run: TargetRun<DrainProgress>): Promise<LastLook> {
  const others = input.links.filter(({ id }) => !input.accounts.some((known) => known.id === id));
  const { accounts, parked } = await findAccounts(desk, { ...input, links: [...input.accounts, ...others] }, run);
  if (parked?.reason !== 'ambiguous') return { reopened: await newsOf(desk, input, run, accounts), doubts: [] };
  const reopened = await newsOf(desk, input, run, await accountsAsTheyAre(desk, input, run));
  if (input.undone?.includes('disable') === true) return { reopened, doubts: [`${parked.detail}. ${parked.advice}`] };
  return { reopened: [...reopened, `${parked.detail}, and a person decides`], doubts: [] };
}

async function newsOf(
  desk: TargetDesk,
  input: DrainInput,
  run: TargetRun<DrainProgress>,
  accounts: readonly Account[],
): Promise<readonly string[]> {
  const { undone = [], spared = [] } = input;
  const news: string[] = [];
  for (const account of accounts) {
    if (spared.some(({ id }) => id === account.id)) continue; // stays enabled until a person has resolved it
    if (!input.accounts.some((known) => known.id === account.id))
      news.push(`${account.username} (${account.id}) is new`);
    else if (account.enabled === true && !undone.includes('disable')) news.push(`${account.username} is enabled again`);
    else if (!undone.includes('strip')) news.push(...(await grantsBack(desk, run, account)));
  }
  return news;
}

/** By their ids: a search that ends in doubt shows none. */
async function accountsAsTheyAre(
  desk: TargetDesk,
  { accounts }: DrainInput,
  { call }: TargetRun<DrainProgress>,
): Promise<readonly Account[]> {
  const known: Account[] = [];
  for (const { id } of accounts) {
    const account = await desk.connector.getAccount(id, call);
    if (account !== undefined) known.push(account);
  }
  return known;
}

async function grantsBack(
  desk: TargetDesk,
  run: TargetRun<DrainProgress>,
  account: Account,
): Promise<readonly string[]> {
  if (desk.connector.abilities.grants.length === 0) return [];
  const held = (await desk.connector.listGrants(account, run.call)).filter(
    (grant) => grant.ownedByDirectory === undefined,
  );
  return held.map(
    (grant) =>
      `${account.username} holds ${grant.entitlement.kind} ${grant.entitlement.name ?? grant.entitlement.id} again`,
  );
}
