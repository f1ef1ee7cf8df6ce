import {
  type ConnectorError,
  Unobservable,
  VendorConflict,
  VendorIgnoredWrite,
  VendorRejected,
} from '../connectors/errors';
import type { Account, AccountId, BeforeImage } from '../domain/account';
import type { DisableInput, DisableReport, Parked } from '../domain/containment';
import { errorTable } from '../connectors/errors';
import { stricter } from '../domain/target';
import { administratorsAmong } from './administrators';
import { report, sparedIn, type AccountResult, type Images } from './disable-report';
import { findAccounts, type Finding } from './finding';
import { keepingAdministrators, mustStay, type Kept } from './last-administrator';
import { listLive } from './live';
import { grantsIfObservable, imageOf } from './before-image';
import { asError } from './failures';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

/** What survives a lost attempt: how the accounts were before the first write. */
interface DisableProgress {
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
}

/**
 * Finds the person's accounts, keeps how they were, disables them all and reads each back. An account that the vendor
 * refuses parks the step; the others are disabled all the same.
 */
export async function disableAccounts(desk: TargetDesk, input: DisableInput): Promise<DisableReport> {
  return await onTarget<DisableProgress, DisableReport>(desk, input, async (run) => {
    const { finding, before, seenFirst } = await lookFirst(desk, input, run);
    const work = { desk, run, before, seenFirst, input };
    if (stricter(input.mode, desk.mode) === 'observe') return await observed(work, finding);
    // Durable before the first write: a worker that is killed now does not take the before-image with it.
    if (finding.accounts.some((account) => account.enabled !== false)) await run.save({ before });
    const losing = await administratorsHere(work, finding.accounts);
    const plain = await disableEach(
      work,
      finding.accounts.filter(({ id }) => !losing.has(id)),
    );
    const question = { ...keepingQuestion(work, finding), losing };
    const guarded = await keepingAdministrators(question, async (kept) => {
      const going = finding.accounts.filter(({ id }) => losing.has(id) && !kept.grants.has(id));
      return { kept, ...(await disableEach(work, going)) };
    });
    const failure = plain.failure ?? guarded.failure;
    if (failure !== undefined) throw failure;
    const results = [...plain.results, ...guarded.results];
    return report({ desk, run, finding: sparing(finding, guarded.kept), before, results, kept: guarded.kept });
  });
}

/**
 * Finds the accounts and takes their images. Nothing is written before these are saved: an attempt that fails here
 * tells the next one so, which may then trust what it sees.
 */
async function lookFirst(desk: TargetDesk, input: DisableInput, run: TargetRun<DisableProgress>) {
  try {
    const finding = await findAccounts(desk, input, run);
    return { finding, ...(await beforeImages(desk, input, run, finding)) };
  } catch (error) {
    if (run.attempt === 1 || run.saved !== undefined) run.keep({ before: { ...run.saved?.before } });
    throw error;
  }
}

interface Work {
  readonly desk: TargetDesk;
  readonly run: TargetRun<DisableProgress>;
  readonly before: Images;
  readonly seenFirst: ReadonlySet<AccountId>;
  readonly input: DisableInput;
}

/** What the accounts that are still enabled hold of administrators' grants: by the image of this attempt, else asked anew. */
async function administratorsHere(work: Work, accounts: readonly Account[]) {
  const { desk, run, before, seenFirst } = work;
  const holdings = [];
  for (const account of desk.administrators === undefined ? [] : accounts) {
    if (account.enabled === false) continue;
    const isFresh = seenFirst.has(account.id);
    const grants = isFresh ? before[account.id]?.grants : await grantsIfObservable(desk, run, account);
    holdings.push({ account, grants });
  }
  return await administratorsAmong(desk, run, holdings);
}

/** Accounts of this person that no step may touch do not count as somebody who stays. */
function keepingQuestion({ desk, run, input }: Work, { accounts, untouched }: Finding) {
  const person = [...accounts, ...untouched.map(({ account }) => account)];
  return { desk, run, person, released: input.lastAdministratorReleased === true };
}

/** The last administrators are left alone like protected accounts: no step of this track touches them. */
function sparing(finding: Finding, kept: Kept): Finding {
  if (kept.parked === undefined) return finding;
  const { parked } = kept;
  const spared = finding.accounts.filter(({ id }) => kept.grants.has(id));
  return {
    ...finding,
    accounts: finding.accounts.filter(({ id }) => !kept.grants.has(id)),
    untouched: [
      ...finding.untouched,
      ...spared.map((account) => ({ account, why: parked.detail, reason: parked.reason })),
    ],
    parked: finding.parked ?? parked,
  };
}

/** An account that fails does not keep the others from being tried; the attempt fails after all of them were. */
async function disableEach(
  work: Work,
  accounts: readonly Account[],
): Promise<{ readonly results: readonly AccountResult[]; readonly failure?: Error }> {
  const { run } = work;
  const results: AccountResult[] = [];
  let failure: Error | undefined;
  for (const account of accounts) {
    try {
      const result = await disableOne({ ...work, account });
      results.push({ ...result, requestIds: run.takeRequestIds() });
    } catch (error) {
      failure ??= asError(error);
      if (run.call.signal.aborted) break;
    }
  }
  return { results, ...(failure === undefined ? {} : { failure }) };
}

/**
 * Images of this attempt, unless an earlier one or the flow holds an older one. What an earlier one could not list is
 * asked for again while the account is enabled, hence not written yet.
 */
async function beforeImages(desk: TargetDesk, input: DisableInput, run: TargetRun<DisableProgress>, finding: Finding) {
  const known = { ...run.saved?.before, ...input.before };
  const seenFirst = new Set<AccountId>();
  const before: Record<AccountId, BeforeImage> = { ...known };
  for (const account of finding.accounts) {
    const older = before[account.id];
    if (older === undefined) {
      seenFirst.add(account.id);
      before[account.id] = await imageOf(desk, run, account);
    } else if (older.grants === undefined && account.enabled !== false) {
      const grants = await grantsIfObservable(desk, run, account);
      if (grants !== undefined) before[account.id] = { ...older, grants };
    }
  }
  return { before, seenFirst };
}

async function disableOne(work: Work & { readonly account: Account }): Promise<Omit<AccountResult, 'requestIds'>> {
  const { desk, run, account, before, seenFirst, input } = work;
  try {
    if (account.enabled === false) return { account, outcome: outcomeWhenDisabled() };
    const written = await desk.connector.setAccountEnabled(account, false, run.call);
    if (written.after.enabled !== false) {
      throw new VendorIgnoredWrite('the vendor accepted the disable, and the account still reads enabled', {
        target: desk.id,
        operation: `disable ${account.username}`,
      });
    }
    return { account: written.after, outcome: 'done' };
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof VendorConflict || error instanceof Unobservable))
      throw error;
    return { account, outcome: 'refused', refusal: refusalOf(error) };
  }

  /** Disabled already: by somebody before us, or by an attempt of ours whose answer was lost. */
  function outcomeWhenDisabled(): AccountResult['outcome'] {
    const wasEnabled = before[account.id]?.account.enabled;
    if (wasEnabled === true) return 'done';
    // An image that did not show the state is no proof that somebody else changed it.
    const proves = wasEnabled === false && !seenFirst.has(account.id);
    return mayHaveWritten() && !proves ? 'done-on-retry' : 'already';
  }

  /** An earlier attempt that left no word, or one that had saved this account's image and gone on to write. */
  function mayHaveWritten(): boolean {
    if (input.ranBefore === true) return true;
    return run.attempt > 1 && (run.saved === undefined || run.saved.before[account.id] !== undefined);
  }
}

export function refusalOf(error: ConnectorError): Parked {
  return {
    reason: error.name === 'Unobservable' ? 'unobservable' : 'rejected',
    detail: error.message.slice(0, 400),
    advice: errorTable[error.name].advice,
  };
}

/** Mode observe: the whole plan of the containment from live reads; nothing is written. */
async function observed(work: Work, found: Finding): Promise<DisableReport> {
  const { desk, run, before } = work;
  const losing = await administratorsHere(work, found.accounts);
  const finding = sparing(found, await mustStay({ ...keepingQuestion(work, found), losing }));
  const wouldStrip: string[] = [];
  const wouldEnd: string[] = [];
  for (const account of finding.accounts) {
    for (const grant of before[account.id]?.grants ?? [])
      wouldStrip.push(
        `${account.username}: ${grant.entitlement.kind} ${grant.entitlement.name ?? grant.entitlement.id}`,
      );
    for (const live of await listLive(desk, run, account))
      wouldEnd.push(`${account.username}: ${live.live.kind} ${live.live.id}`);
  }
  const isFound = finding.accounts.length > 0;
  const parked = finding.parked ?? finding.unseen;
  const detail = isFound
    ? `mode observe: would disable ${finding.accounts.map((account) => account.username).join(', ')}`
    : finding.tried.join(', ');
  return {
    outcome: isFound ? 'observed' : 'no-account-found',
    detail,
    ...(parked === undefined ? {} : { parked }),
    accounts: finding.accounts.map(({ id, username }) => ({ id, username })),
    ...sparedIn(finding),
    before,
    deletion: desk.connector.abilities.deletion,
    lostOnDelete: desk.connector.abilities.lostOnDelete,
    wouldStrip,
    wouldEnd,
    evidence: [
      run.draft({
        step: 'disableAccounts',
        outcome: isFound ? 'observed' : 'no-account-found',
        detail,
        data: { wouldStrip, wouldEnd },
      }),
    ],
  };
}
