import { VendorConflict, VendorRejected } from '../connectors/errors';
import type { Account, AccountId } from '../domain/account';
import type { DeleteInput, DeleteProgress, DeleteReport, Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { RemovalAccount } from '../domain/removal';
import { stricter } from '../domain/target';
import { refusalOf } from './accounts';
import { whyUntouched } from './finding';
import { listLive } from './live';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

interface Removed {
  readonly account: RemovalAccount;
  readonly outcome: 'done' | 'already' | 'only-disabled' | 'refused' | 'kept';
  readonly refusal?: Parked;
  readonly requestIds?: readonly string[];
}
interface Work {
  readonly desk: TargetDesk;
  readonly run: TargetRun<DeleteProgress>;
  readonly input: DeleteInput;
  /** Accounts whose deletion was sent, by this attempt or one before. */
  readonly going: Set<AccountId>;
  /** Those that are still there, as they are now. */
  readonly present: Map<AccountId, Account>;
}

/**
 * Deletes what people approved, after one more look: disabled, stripped, session-free, still theirs, and approved for this
 * very run. Whatever differs, nothing more is deleted and the flow asks again.
 */
export async function deleteAccounts(desk: TargetDesk, input: DeleteInput): Promise<DeleteReport> {
  return await onTarget<DeleteProgress, DeleteReport>(desk, input, async (run) => {
    const going = new Set([...(run.saved?.going ?? []), ...(input.begun?.going ?? [])]);
    const work: Work = { desk, run, input, going, present: new Map() };
    try {
      const changed = [...standingAgainst(work)];
      for (const account of input.plan.accounts) changed.push(...(await differences(work, account)));
      if (input.stopped !== undefined) return stopped(work, input.stopped);
      if (changed.length > 0) return askAgain(work, changed);
      const results: Removed[] = [];
      for (const account of input.plan.accounts)
        results.push({ ...(await removeOne(work, account)), requestIds: run.takeRequestIds() });
      return report(work, results);
    } catch (error) {
      // The next attempt finds gone what this one deleted, and must not take it for somebody else's work.
      run.keep({ going: [...going] });
      throw error;
    }
  });
}

function standingAgainst({ desk, input, run }: Work): readonly string[] {
  const reasons: string[] = [];
  if (input.approvedRunId !== run.runId)
    reasons.push('the workflow was reset after the approval: a decision counts for its own run only');
  const mode = stricter(input.mode, desk.mode);
  if (mode !== 'full') reasons.push(`mode is ${mode}: nothing is deleted`);
  if (input.plan.deletion !== desk.connector.abilities.deletion)
    reasons.push(`delete means ${desk.connector.abilities.deletion} now, not ${input.plan.deletion}`);
  return reasons;
}

async function differences(work: Work, account: RemovalAccount): Promise<readonly string[]> {
  const { desk, run, input, present } = work;
  const now = await desk.connector.getAccount(account.id, run.call);
  if (now === undefined) return []; // gone already: a stored id that is not found proves it
  present.set(account.id, now);
  if (input.stopped !== undefined) return [];
  const found = [...whyNotTheirs(work, now)];
  if (now.username.toLowerCase() !== account.username.toLowerCase())
    found.push(`${account.id} is now named ${now.username}`);
  if (now.enabled !== false)
    found.push(`${now.username} is ${now.enabled === true ? 'enabled' : 'not known to be disabled'}`);
  const grants = (await desk.connector.listGrants(now, run.call)).filter(
    (grant) => grant.ownedByDirectory === undefined,
  );
  for (const { entitlement } of grants)
    found.push(`${now.username} holds ${entitlement.kind} ${entitlement.name ?? entitlement.id}`);
  for (const { live, ability } of await listLive(desk, run, now))
    found.push(`${now.username} has a live ${live.kind} (${ability} ${live.id})`);
  return found;
}

/** Whose it is may have been put right since the approval, and what is protected as well. */
function whyNotTheirs({ desk, input }: Work, account: Account): readonly string[] {
  const named = `${account.username} (${account.id})`;
  const untouched = whyUntouched(desk, input, account);
  return [
    ...(input.notTheirs?.includes(account.id) === true
      ? [`${named} is not this person's any more: it was unlinked`]
      : []),
    ...(input.linkedToOthers?.includes(account.id) === true ? [`${named} is linked to somebody else`] : []),
    ...(untouched === undefined ? [] : [`${named} ${untouched}`]),
  ];
}

async function removeOne(work: Work, account: RemovalAccount): Promise<Removed> {
  const { desk, run, going, present } = work;
  const now = present.get(account.id);
  if (now === undefined) return { account, outcome: goneAs(work, account) };
  try {
    going.add(account.id);
    const deleted = await desk.connector.deleteAccount(now, run.call);
    if (deleted.proof === 'only-disabled') return { account, outcome: 'only-disabled' };
    return { account, outcome: deleted.change === 'already' ? goneAs(work, account) : deleted.change };
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof VendorConflict)) throw error;
    return { account, outcome: 'refused', refusal: refusalOf(error) };
  }
}

/** An earlier attempt of ours that lost its reply deleted it: it is done, whoever's answer said so. */
function goneAs({ run, input, going }: Work, { id }: RemovalAccount): 'done' | 'already' {
  if (going.has(id)) return 'done';
  // A worker that was killed could not say what it had sent.
  const isUnknown =
    run.saved === undefined && (run.attempt > 1 || (input.ranBefore === true && input.begun === undefined));
  return isUnknown ? 'done' : 'already';
}

/** What is gone has its evidence all the same. */
function goneSoFar(work: Work): readonly Removed[] {
  return work.input.plan.accounts
    .filter(({ id }) => !work.present.has(id))
    .map((account) => ({ account, outcome: goneAs(work, account) }));
}

function askAgain(work: Work, changed: readonly string[]): DeleteReport {
  const { run, input } = work;
  const detail = changed.join('; ');
  const gone = goneSoFar(work);
  return {
    outcome: 'pending',
    detail,
    changed,
    evidence: [
      ...gone.map((one) => evidenceOf(work, one)),
      run.draft({
        step: 'deleteAccounts',
        outcome: 'world-changed',
        planHash: input.planHash,
        detail: `nothing ${gone.length > 0 ? 'more ' : ''}was deleted: ${detail}`,
      }),
    ],
  };
}

/** Nothing is sent any more; it is only said what became of what had been sent. */
function stopped(work: Work, why: string): DeleteReport {
  const { present, input } = work;
  const kept = input.plan.accounts.filter(({ id }) => present.has(id));
  const results: Removed[] = [...goneSoFar(work), ...kept.map((account) => ({ account, outcome: 'kept' as const }))];
  const said = report(work, results);
  return kept.length === 0 ? said : { ...said, outcome: 'skipped', detail: `${said.detail}: ${why}` };
}

function report(work: Work, results: readonly Removed[]): DeleteReport {
  const parked = results.find((one) => one.refusal !== undefined)?.refusal;
  const outcomes = results.map((one) => one.outcome);
  const outcome = outcomes.includes('only-disabled') ? 'only-disabled' : outcomes.includes('done') ? 'done' : 'already';
  return {
    outcome,
    detail: results.map((one) => `${one.account.username} ${words[one.outcome]}`).join(', '),
    ...(parked === undefined ? {} : { parked }),
    evidence: results.map((one) => evidenceOf(work, one)),
  };
}

const words = {
  done: 'deleted, proven gone',
  already: 'was gone already',
  'only-disabled': 'only disabled: the vendor keeps the record',
  refused: 'refused',
  kept: 'was not deleted',
} as const;

function evidenceOf({ run, input }: Work, { account, outcome, refusal, requestIds = [] }: Removed): EvidenceDraft {
  return run.draft({
    step: 'deleteAccounts',
    outcome: outcome === 'kept' ? 'skipped' : outcome,
    requestIds,
    account: { id: account.id, username: account.username },
    planHash: input.planHash,
    before: { held: account.held },
    after:
      outcome === 'done' || outcome === 'already'
        ? 'gone'
        : outcome === 'only-disabled'
          ? 'disabled, record kept'
          : 'still there',
    detail: refusal?.detail ?? (outcome === 'kept' ? `${words.kept}: ${input.stopped ?? ''}` : words[outcome]),
  });
}
