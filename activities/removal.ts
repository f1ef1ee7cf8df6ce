import { VendorConflict, VendorRejected } from '../connectors/errors';
import type { Account } from '../domain/account';
import type { DeleteInput, DeleteReport, Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { RemovalAccount } from '../domain/removal';
import { stricter } from '../domain/target';
import { refusalOf } from './accounts';
import { listLive } from './live';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

interface Removed {
  readonly account: RemovalAccount;
  readonly outcome: 'done' | 'already' | 'only-disabled' | 'refused';
  readonly refusal?: Parked;
  readonly requestIds?: readonly string[];
}

/**
 * Deletes what people approved, after one more look: disabled, stripped, session-free, and approved for this very run.
 * Whatever differs, nothing is deleted and the flow asks again.
 */
export async function deleteAccounts(desk: TargetDesk, input: DeleteInput): Promise<DeleteReport> {
  return await onTarget<never, DeleteReport>(desk, input, async (run) => {
    const changed = [...standingAgainst(desk, input, run)];
    const present = new Map<string, Account>();
    for (const account of input.plan.accounts) changed.push(...(await differences({ desk, run, account, present })));
    if (changed.length > 0) return askAgain(run, input, changed);
    const results: Removed[] = [];
    for (const account of input.plan.accounts) {
      const one = await removeOne({ desk, run, account, present });
      results.push({ ...one, requestIds: run.takeRequestIds() });
    }
    return report(run, input, results);
  });
}

function standingAgainst(desk: TargetDesk, input: DeleteInput, run: TargetRun<never>): readonly string[] {
  const reasons: string[] = [];
  if (input.approvedRunId !== run.runId)
    reasons.push('the workflow was reset after the approval: a decision counts for its own run only');
  const mode = stricter(input.mode, desk.mode);
  if (mode !== 'full') reasons.push(`mode is ${mode}: nothing is deleted`);
  if (input.plan.deletion !== desk.connector.abilities.deletion)
    reasons.push(`delete means ${desk.connector.abilities.deletion} now, not ${input.plan.deletion}`);
  return reasons;
}

async function differences({
  desk,
  run,
  account,
  present,
}: {
  desk: TargetDesk;
  run: TargetRun<never>;
  account: RemovalAccount;
  present: Map<string, Account>;
}): Promise<readonly string[]> {
  const now = await desk.connector.getAccount(account.id, run.call);
  if (now === undefined) return []; // gone already: a stored id that is not found proves it
  present.set(account.id, now);
  const found: string[] = [];
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

async function removeOne({
  desk,
  run,
  account,
  present,
}: {
  desk: TargetDesk;
  run: TargetRun<never>;
  account: RemovalAccount;
  present: ReadonlyMap<string, Account>;
}): Promise<Removed> {
  const now = present.get(account.id);
  if (now === undefined) return { account, outcome: 'already' };
  try {
    const deleted = await desk.connector.deleteAccount(now, run.call);
    if (deleted.proof === 'only-disabled') return { account, outcome: 'only-disabled' };
    // An earlier attempt of ours that lost its reply deleted it too: it is done, whoever's answer said so.
    return { account, outcome: deleted.change };
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof VendorConflict)) throw error;
    return { account, outcome: 'refused', refusal: refusalOf(error) };
  }
}

function askAgain(run: TargetRun<never>, input: DeleteInput, changed: readonly string[]): DeleteReport {
  const detail = changed.join('; ');
  return {
    outcome: 'pending',
    detail,
    changed,
    evidence: [
      run.draft({
        step: 'deleteAccounts',
        outcome: 'world-changed',
        planHash: input.planHash,
        detail: `nothing was deleted: ${detail}`,
      }),
    ],
  };
}

function report(run: TargetRun<never>, input: DeleteInput, results: readonly Removed[]): DeleteReport {
  const parked = results.find((one) => one.refusal !== undefined)?.refusal;
  const outcomes = results.map((one) => one.outcome);
  const outcome = outcomes.includes('only-disabled')
    ? 'only-disabled'
    : outcomes.includes('done') || run.attempt > 1
      ? 'done'
      : 'already';
  return {
    outcome,
    detail: results.map((one) => `${one.account.username} ${words[one.outcome]}`).join(', '),
    ...(parked === undefined ? {} : { parked }),
    evidence: results.map((one) => evidenceOf(run, input, one)),
  };
}

const words = {
  done: 'deleted, proven gone',
  already: 'was gone already',
  'only-disabled': 'only disabled: the vendor keeps the record',
  refused: 'refused',
} as const;

function evidenceOf(
  run: TargetRun<never>,
  input: DeleteInput,
  { account, outcome, refusal, requestIds = [] }: Removed,
): EvidenceDraft {
  return run.draft({
    step: 'deleteAccounts',
    outcome,
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
    detail: refusal?.detail ?? words[outcome],
  });
}
