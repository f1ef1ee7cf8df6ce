import {
  type ConnectorError,
  Unobservable,
  VendorConflict,
  VendorIgnoredWrite,
  VendorRejected,
} from '../connectors/errors';
import type { Account, AccountId, BeforeImage } from '../domain/account';
import type { DisableInput, DisableReport, Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import { errorTable } from '../connectors/errors';
import { stricter } from '../domain/target';
import { findAccounts, type Finding } from './finding';
import { listLive } from './live';
import { imageOf } from './before-image';
import { asError } from './failures';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

/** What survives a lost attempt: how the accounts were before the first write. */
interface DisableProgress {
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
}

interface AccountResult {
  readonly account: Account;
  readonly outcome: 'done' | 'already' | 'done-on-retry' | 'refused';
  readonly refusal?: Parked;
  readonly requestIds: readonly string[];
}

/**
 * Finds the person's accounts, keeps how they were, disables them all and reads each back. An account that the vendor
 * refuses parks the step; the others are disabled all the same.
 */
export async function disableAccounts(desk: TargetDesk, input: DisableInput): Promise<DisableReport> {
  return await onTarget<DisableProgress, DisableReport>(desk, input, async (run) => {
    const { finding, before, seenFirst } = await lookFirst(desk, input, run);
    if (stricter(input.mode, desk.mode) === 'observe') return await observed(desk, run, finding, before);
    // Durable before the first write: a worker that is killed now does not take the before-image with it.
    if (finding.accounts.some((account) => account.enabled !== false)) await run.save({ before });
    const results: AccountResult[] = [];
    let failure: Error | undefined;
    for (const account of finding.accounts) {
      try {
        const result = await disableOne({ desk, run, account, before, seenFirst, input });
        results.push({ ...result, requestIds: run.takeRequestIds() });
      } catch (error) {
        // The others come first; the attempt fails after all of them were tried.
        failure ??= asError(error);
        if (run.call.signal.aborted) break;
      }
    }
    if (failure !== undefined) throw failure;
    return report({ desk, run, finding, before, results });
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

/** Images of this attempt, unless an earlier one or the flow holds an older one. */
async function beforeImages(desk: TargetDesk, input: DisableInput, run: TargetRun<DisableProgress>, finding: Finding) {
  const known = { ...run.saved?.before, ...input.before };
  const seenFirst = new Set<AccountId>();
  const before: Record<AccountId, BeforeImage> = { ...known };
  for (const account of finding.accounts) {
    if (before[account.id] !== undefined) continue;
    seenFirst.add(account.id);
    before[account.id] = await imageOf(desk, run, account);
  }
  return { before, seenFirst };
}

async function disableOne(work: {
  readonly desk: TargetDesk;
  readonly run: TargetRun<DisableProgress>;
  readonly account: Account;
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
  readonly seenFirst: ReadonlySet<AccountId>;
  readonly input: DisableInput;
}): Promise<Omit<AccountResult, 'requestIds'>> {
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

function report({
  desk,
  run,
  finding,
  before,
  results,
}: {
  readonly desk: TargetDesk;
  readonly run: TargetRun<DisableProgress>;
  readonly finding: Finding;
  readonly before: Readonly<Record<AccountId, BeforeImage>>;
  readonly results: readonly AccountResult[];
}): DisableReport {
  const refused = results.find((result) => result.refusal !== undefined)?.refusal;
  const parked = finding.parked ?? refused;
  const outcomes = results.map((result) => result.outcome);
  const outcome =
    finding.accounts.length === 0
      ? 'no-account-found'
      : outcomes.includes('done')
        ? 'done'
        : outcomes.includes('done-on-retry')
          ? 'done-on-retry'
          : 'already';
  return {
    outcome,
    detail:
      finding.accounts.length === 0
        ? finding.tried.join(', ')
        : results.map(({ account, outcome: one }) => `${account.username} ${one}`).join(', '),
    ...(parked === undefined ? {} : { parked }),
    accounts: finding.accounts.map(({ id, username }) => ({ id, username })),
    before: knownImages(before, results),
    deletion: desk.connector.abilities.deletion,
    lostOnDelete: desk.connector.abilities.lostOnDelete,
    evidence: evidenceOf(run, finding, before, results),
  };
}

/** An image taken after an unseen write tells nothing: it is left out, and evidence says unknown. */
function knownImages(
  before: Readonly<Record<AccountId, BeforeImage>>,
  results: readonly AccountResult[],
): Record<AccountId, BeforeImage> {
  const unknown = new Set(results.filter((result) => tellsNothing(result, before)).map(({ account }) => account.id));
  return Object.fromEntries(Object.entries(before).filter(([id]) => !unknown.has(id)));
}

/** An image from before the write says so by what it does not show: only one taken after it reads disabled. */
function tellsNothing(
  { account, outcome }: Pick<AccountResult, 'account' | 'outcome'>,
  before: Readonly<Record<AccountId, BeforeImage>>,
): boolean {
  return outcome === 'done-on-retry' && before[account.id]?.account.enabled === false;
}

function evidenceOf(
  run: TargetRun<DisableProgress>,
  finding: Finding,
  before: Readonly<Record<AccountId, BeforeImage>>,
  results: readonly AccountResult[],
): readonly EvidenceDraft[] {
  const step = 'disableAccounts';
  const perAccount = results.map(({ account, outcome, refusal, requestIds }) =>
    run.draft({
      step,
      outcome,
      requestIds,
      account: { id: account.id, username: account.username },
      before: tellsNothing({ account, outcome }, before) ? 'unknown' : before[account.id],
      after: {
        enabled: account.enabled,
        ...(account.vendorState === undefined ? {} : { vendorState: account.vendorState }),
      },
      ...(refusal === undefined ? {} : { detail: refusal.detail }),
    }),
  );
  const untouched = finding.untouched.map(({ account, why }) =>
    run.draft({ step, outcome: 'protected', account: { id: account.id, username: account.username }, detail: why }),
  );
  if (perAccount.length + untouched.length > 0) return [...perAccount, ...untouched];
  return [
    run.draft({
      step,
      outcome: finding.parked?.reason ?? 'no-account-found',
      detail: finding.parked?.detail ?? `keys tried: ${finding.tried.join(', ')}`,
    }),
  ];
}

/** Mode observe: the whole plan of the containment from live reads; nothing is written. */
async function observed(
  desk: TargetDesk,
  run: TargetRun<DisableProgress>,
  finding: Finding,
  before: Readonly<Record<AccountId, BeforeImage>>,
): Promise<DisableReport> {
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
  const found = finding.accounts.length > 0;
  const detail = found
    ? `mode observe: would disable ${finding.accounts.map((account) => account.username).join(', ')}`
    : finding.tried.join(', ');
  return {
    outcome: found ? 'observed' : 'no-account-found',
    detail,
    ...(finding.parked === undefined ? {} : { parked: finding.parked }),
    accounts: finding.accounts.map(({ id, username }) => ({ id, username })),
    before,
    deletion: desk.connector.abilities.deletion,
    lostOnDelete: desk.connector.abilities.lostOnDelete,
    wouldStrip,
    wouldEnd,
    evidence: [
      run.draft({
        step: 'disableAccounts',
        outcome: found ? 'observed' : 'no-account-found',
        detail,
        data: { wouldStrip, wouldEnd },
      }),
    ],
  };
}
