import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../connectors/errors';
import type { Account, Grant } from '../domain/account';
import type { Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { RestorableAccount, RestoreInput, RestoreReport } from '../domain/provisioning';
import { stricter } from '../domain/target';
import { refusalOf } from './accounts';
import { distinct, sameGrant } from './entitlements';
import { asError } from './failures';
import { whyUntouched } from './finding';
import { entitlementWords } from './grants';
import { onTarget, type Caller, type TargetDesk, type TargetRun } from './target-run';

/** What survives a lost attempt: how the accounts were when the undo began. */
interface RestoreProgress {
  readonly found: Readonly<Record<string, { readonly enabled?: boolean; readonly grants?: readonly Grant[] }>>;
}

/** What is to be given back to one account, from a live look. Nothing here has been changed yet. */
export interface Restoring {
  readonly known: RestorableAccount;
  /** Absent: it is gone, or must not be touched. */
  readonly account?: Account;
  readonly held?: readonly Grant[];
  readonly enables: boolean;
  readonly regrants: readonly Grant[];
  readonly would: readonly string[];
  readonly notRestored: readonly string[];
  readonly parked?: Parked;
}
interface Restored extends Restoring {
  readonly outcome: 'done' | 'already' | 'refused' | 'not-restored' | 'observed';
  readonly after?: unknown;
  readonly requestIds?: readonly string[];
}

const step = 'restoreAccounts';

/** Gives back what a leaver or a suspension took: enabled, then groups and roles; reads each back and names what stays lost. */
export async function restoreAccounts(desk: TargetDesk, input: RestoreInput): Promise<RestoreReport> {
  return await onTarget<RestoreProgress, RestoreReport>(desk, input, async (run) => {
    const observes = stricter(input.mode, desk.mode) === 'observe';
    const found = { ...run.saved?.found };
    const results: Restored[] = [];
    let failure: Error | undefined;
    for (const known of input.accounts) {
      try {
        const restoring = await lookAtRestorable({ desk, run, input, known });
        const restored: Restored = observes
          ? { ...restoring, outcome: 'observed' }
          : await restoreOne({ desk, run, restoring, found });
        results.push({ ...restored, requestIds: run.takeRequestIds() });
      } catch (error) {
        failure ??= asError(error);
        if (run.call.signal.aborted) break;
      }
    }
    if (failure !== undefined) throw failure;
    return report({ run, results, found, observes });
  });
}

/** What an undo would give back to this account, and what it cannot; reads only. */
export async function lookAtRestorable(work: {
  readonly desk: TargetDesk;
  readonly run: Caller;
  readonly input: RestoreInput;
  readonly known: RestorableAccount;
}): Promise<Restoring> {
  const { desk, run, input, known } = work;
  const { username, before, removed } = known;
  const lost = known.lost.map((one) => `${username}: ${one}`);
  const nothing = { known, enables: false, regrants: [], would: [], notRestored: lost };
  const account = await desk.connector.getAccount(known.id, run.call);
  if (account === undefined)
    return { ...nothing, notRestored: [`${username} (${known.id}) is gone: only a joiner makes a new one`, ...lost] };
  const parked = reasonNotToTouch(desk, input, account);
  if (parked !== undefined) return { ...nothing, account, parked };
  if (before === undefined)
    return {
      ...nothing,
      account,
      notRestored: [`${username}: how it was before is not known, so that nothing is given back`, ...lost],
    };
  try {
    const held = await desk.connector.listGrants(account, run.call);
    const missing = distinct(removed).filter((one) => !held.some((other) => sameGrant(one, other)));
    const regrants = missing.filter((one) => canBeGiven(desk, one) === undefined);
    const enables = before.account.enabled === true && account.enabled !== true;
    return {
      ...{ known, account, held, enables, regrants },
      would: [
        ...(enables ? [`enable ${account.username}`] : []),
        ...regrants.map((one) => `grant ${entitlementWords(one.entitlement)} to ${account.username}`),
      ],
      notRestored: [...staysDisabled(known, account), ...missing.flatMap((one) => whyNot(desk, account, one)), ...lost],
    };
  } catch (error) {
    if (error instanceof Unobservable) return { ...nothing, account, parked: refusalOf(error) };
    throw error;
  }
}

function reasonNotToTouch(desk: TargetDesk, input: RestoreInput, account: Account): Parked | undefined {
  const { id, username } = account;
  if (input.linkedToOthers?.includes(id) === true || input.notTheirs?.includes(id) === true)
    return {
      reason: 'ambiguous',
      detail: `${username} (${id}) is not linked to this person any more`,
      advice: `Find out whose it is now. Theirs: tenure link ${input.person.id} ${input.target} ${id}, then resolve with retry. Not theirs: skip it with a reason.`,
    };
  const why = whyUntouched(desk, input, account);
  if (why === undefined) return undefined;
  return {
    reason: 'protected',
    detail: `${username} (${id}) ${why}`,
    advice: 'Two people may release it by resolve with retry, each once; or skip it with a reason.',
  };
}

/** An account that was disabled when Tenure came, or whose state nobody saw, is not enabled by an undo. */
function staysDisabled({ before }: RestorableAccount, { username, enabled }: Account): readonly string[] {
  if (before?.account.enabled === true || enabled === true) return [];
  const why =
    before?.account.enabled === false ? 'it was disabled before' : 'whether it was enabled before is not known';
  return [`${username} stays disabled: ${why}`];
}

/** Why a grant cannot be given back by us; undefined where it can. */
function canBeGiven(desk: TargetDesk, { entitlement, ownedByDirectory }: Grant): string | undefined {
  if (ownedByDirectory !== undefined) return `is owned by ${ownedByDirectory}: ask whoever runs that directory`;
  const { notGranted = {}, grants, unsupported } = desk.connector.abilities;
  const { kind } = entitlement;
  if (notGranted[kind] !== undefined) return notGranted[kind];
  return grants.includes(kind) ? undefined : (unsupported[kind] ?? `Tenure cannot give a ${kind} here`);
}

function whyNot(desk: TargetDesk, { username }: Account, grant: Grant): readonly string[] {
  const why = canBeGiven(desk, grant);
  return why === undefined ? [] : [`${username}: ${entitlementWords(grant.entitlement)}: ${why}`];
}

interface RestoringOne {
  readonly desk: TargetDesk;
  readonly run: TargetRun<RestoreProgress>;
  readonly restoring: Restoring;
  readonly found: Record<string, RestoreProgress['found'][string]>;
}

async function restoreOne(work: RestoringOne): Promise<Restored> {
  const { desk, run, restoring, found } = work;
  const { known, account, held = [], enables, regrants, parked } = restoring;
  if (parked !== undefined) return { ...restoring, outcome: 'refused' };
  if (account === undefined || known.before === undefined) return { ...restoring, outcome: 'not-restored' };
  if (restoring.would.length === 0)
    return {
      ...restoring,
      outcome: found[known.id] === undefined ? 'already' : 'done',
      after: { enabled: account.enabled, grants: held },
    };
  found[known.id] ??= { ...(account.enabled === undefined ? {} : { enabled: account.enabled }), grants: held };
  await run.save({ found });
  const enabled = await enabledFirst(desk, run, { account, enables });
  if ('refusal' in enabled) return { ...restoring, outcome: 'refused', parked: enabled.refusal };
  const { gone, refused } = await giveBack(desk, run, { account: enabled.account, regrants });
  const after = await desk.connector.listGrants(enabled.account, run.call);
  const absent = regrants.filter(
    (one) => !gone.includes(one) && !refused.has(one) && !after.some((other) => sameGrant(one, other)),
  );
  if (absent.length > 0)
    throw new VendorIgnoredWrite(
      `${account.username} does not hold ${absent.map((one) => entitlementWords(one.entitlement)).join(', ')} after all`,
      {
        target: desk.id,
        operation: 'grant',
      },
    );
  const [refusal] = [...refused.values()];
  return {
    ...restoring,
    notRestored: [
      ...gone.map((one) => `${account.username}: ${entitlementWords(one.entitlement)} does not exist any more`),
      ...restoring.notRestored,
    ],
    outcome: refusal === undefined ? 'done' : 'refused',
    after: { enabled: enabled.account.enabled, grants: after },
    ...(refusal === undefined ? {} : { parked: refusal }),
  };
}

/** Enabled comes first: some systems give no groups to a disabled user. */
async function enabledFirst(
  desk: TargetDesk,
  run: TargetRun<RestoreProgress>,
  { account, enables }: { readonly account: Account; readonly enables: boolean },
): Promise<{ readonly account: Account } | { readonly refusal: Parked }> {
  if (!enables) return { account };
  try {
    return { account: (await desk.connector.setAccountEnabled(account, true, run.call)).after };
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof VendorConflict || error instanceof Unobservable))
      throw error;
    return { refusal: refusalOf(error) };
  }
}

/** A refusal may mean that the group is gone; only the list of groups tells, and it is read only then. */
async function giveBack(
  desk: TargetDesk,
  run: TargetRun<RestoreProgress>,
  { account, regrants }: { readonly account: Account; readonly regrants: readonly Grant[] },
): Promise<{ readonly gone: readonly Grant[]; readonly refused: ReadonlyMap<Grant, Parked> }> {
  const gone: Grant[] = [];
  const refused = new Map<Grant, Parked>();
  let ids: ReadonlySet<string> | undefined;
  for (const one of regrants) {
    try {
      await desk.connector.grant(account, one.entitlement, run.call);
    } catch (error) {
      if (!(error instanceof VendorRejected || error instanceof VendorConflict)) throw error;
      const { kind, id } = one.entitlement;
      const isListed = desk.connector.abilities.namedOnly?.includes(kind) !== true;
      if (isListed) ids ??= await idsHere(desk, run);
      if (isListed && ids?.has(`${kind} ${id}`) === false) gone.push(one);
      else refused.set(one, refusalOf(error));
    }
  }
  return { gone, refused };
}

async function idsHere(desk: TargetDesk, run: Caller): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const page = await desk.connector.listEntitlements(after, run.call);
    for (const { kind, id } of page.items) ids.add(`${kind} ${id}`);
    after = page.next;
  } while (after !== undefined);
  return ids;
}

interface Reporting {
  readonly run: TargetRun<RestoreProgress>;
  readonly results: readonly Restored[];
  readonly found: RestoreProgress['found'];
  readonly observes: boolean;
}

function report(reporting: Reporting): RestoreReport {
  const { results, observes } = reporting;
  const parked = results.find((one) => one.parked !== undefined)?.parked;
  const notRestored = results.flatMap((one) => one.notRestored);
  const would = results.flatMap((one) => one.would);
  const isDone = results.some((one) => one.outcome === 'done');
  return {
    outcome: observes ? 'observed' : isDone ? 'done' : 'already',
    detail: observes ? `mode observe: would ${would.join('; ') || 'change nothing'}` : results.map(wordsFor).join(', '),
    ...(parked === undefined ? {} : { parked }),
    notRestored,
    evidence: evidenceOf(reporting),
  };
}

function wordsFor({ known: { username }, outcome, would }: Restored): string {
  const words = {
    done: would.length === 0 ? 'is back' : `is back (${would.join('; ')})`,
    already: 'is as it was',
    refused: 'refused',
    'not-restored': 'not given back',
    observed: 'seen',
  };
  return `${username} ${words[outcome]}`;
}

function evidenceOf({ run, results, found, observes }: Reporting): readonly EvidenceDraft[] {
  const drafts = results.map((one) => {
    const { known, outcome, after, would, notRestored, parked, requestIds = [] } = one;
    const { id, username } = known;
    return run.draft({
      ...{ step, outcome, account: { id, username }, requestIds },
      ...(found[id] === undefined ? {} : { before: found[id] }),
      ...(after === undefined ? {} : { after }),
      detail: parked?.detail ?? wordsFor(one),
      data: { would, notRestored, restores: known.before ?? 'unknown' },
    });
  });
  return drafts.length > 0
    ? drafts
    : [run.draft({ step, outcome: observes ? 'observed' : 'already', detail: 'nothing was taken here' })];
}
