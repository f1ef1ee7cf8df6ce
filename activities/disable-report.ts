import type { Account, AccountId, BeforeImage } from '../domain/account';
import type { DisableReport, Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { Finding } from './finding';
import type { Kept } from './last-administrator';
import type { TargetDesk, TargetRun } from './target-run';

/** What became of one account. */
export interface AccountResult {
  readonly account: Account;
  readonly outcome: 'done' | 'already' | 'done-on-retry' | 'refused';
  readonly refusal?: Parked;
  readonly requestIds: readonly string[];
}

export type Images = Readonly<Record<AccountId, BeforeImage>>;

/** What a disable step did, account by account, with its evidence. */
export function report({
  desk,
  run,
  finding,
  before,
  results,
  kept,
}: {
  readonly desk: TargetDesk;
  readonly run: TargetRun<unknown>;
  readonly finding: Finding;
  readonly before: Images;
  readonly results: readonly AccountResult[];
  readonly kept: Kept;
}): DisableReport {
  const refused = results.find((result) => result.refusal !== undefined)?.refusal;
  const parked = finding.parked ?? refused ?? finding.unseen;
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
    ...(kept.handOver.length === 0 ? {} : { handOver: kept.handOver }),
    accounts: finding.accounts.map(({ id, username }) => ({ id, username })),
    ...sparedIn(finding),
    before: knownImages(before, results),
    deletion: desk.connector.abilities.deletion,
    lostOnDelete: desk.connector.abilities.lostOnDelete,
    evidence: [...evidenceOf(run, finding, before, results), ...evidenceOfKept(run, kept)],
  };
}

/** The last administrators that were left enabled. */
export function sparedIn({ untouched }: Finding): Pick<DisableReport, 'spared'> {
  const spared = untouched.filter(({ reason }) => reason === 'last-administrator');
  return spared.length === 0 ? {} : { spared: spared.map(({ account: { id, username } }) => ({ id, username })) };
}

function evidenceOfKept(run: TargetRun<unknown>, { released, handOver }: Kept): readonly EvidenceDraft[] {
  const step = 'disableAccounts';
  const drafts = released.map((detail) =>
    run.draft({ step, outcome: 'released', detail: `two people let it go: ${detail}` }),
  );
  return [
    ...drafts,
    ...handOver.map((detail) => run.draft({ step, outcome: 'unsupported', detail, data: { handOver: [detail] } })),
  ];
}

/** An image taken after an unseen write tells nothing: it is left out, and evidence says unknown. */
function knownImages(before: Images, results: readonly AccountResult[]): Record<AccountId, BeforeImage> {
  const unknown = new Set(results.filter((result) => tellsNothing(result, before)).map(({ account }) => account.id));
  return Object.fromEntries(Object.entries(before).filter(([id]) => !unknown.has(id)));
}

/** An image from before the write says so by what it does not show: only one taken after it reads disabled. */
function tellsNothing({ account, outcome }: Pick<AccountResult, 'account' | 'outcome'>, before: Images): boolean {
  return outcome === 'done-on-retry' && before[account.id]?.account.enabled === false;
}

function evidenceOf(
  run: TargetRun<unknown>,
  finding: Finding,
  before: Images,
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
  const untouched = finding.untouched.map(({ account, why, reason = 'protected' }) =>
    run.draft({
      ...{ step, outcome: reason, detail: why, account: { id: account.id, username: account.username } },
      ...(reason === 'last-administrator' ? { before: before[account.id] } : {}),
    }),
  );
  const { unseen } = finding;
  const outOfSight = unseen === undefined ? [] : [run.draft({ step, outcome: unseen.reason, detail: unseen.detail })];
  if (perAccount.length + untouched.length > 0) return [...perAccount, ...untouched, ...outOfSight];
  return [
    run.draft({
      step,
      outcome: finding.parked?.reason ?? 'no-account-found',
      detail: finding.parked?.detail ?? `keys tried: ${finding.tried.join(', ')}`,
    }),
  ];
}
