import { Unobservable, VendorConflict, VendorRejected } from '../connectors/errors';
import type { Account, Grant } from '../domain/account';
import type { Parked, StepReport } from '../domain/containment';
import { keysOf, sameText } from '../domain/correlation';
import type { EvidenceDraft } from '../domain/evidence';
import type { ProvisionedAccount, WithdrawInput } from '../domain/provisioning';
import { stricter } from '../domain/target';
import { refusalOf } from './accounts';
import { administratorsAmong } from './administrators';
import { grantsIfObservable } from './before-image';
import { asError, notYet } from './failures';
import { findAccounts, whyUntouched } from './finding';
import { entitlementWords, isSame } from './grants';
import { isKept, keepingAdministrators, mustStay, type Kept } from './last-administrator';
import { evidenceOfAttributes, lookAtAttributes, putBack, type AttributesBack } from './put-back';
import { onTarget, type TargetDesk, type TargetRun } from './target-run';

/** What survives a lost attempt: how things were, and whether user names were looked for already. */
interface WithdrawProgress {
  readonly before: Readonly<Record<string, { readonly enabled?: boolean; readonly grants: readonly Grant[] }>>;
  readonly lookedFor: boolean;
}
interface Work {
  readonly desk: TargetDesk;
  readonly run: TargetRun<WithdrawProgress>;
  readonly input: WithdrawInput;
  readonly progress: { before: Record<string, WithdrawProgress['before'][string]>; lookedFor: boolean };
  readonly observes: boolean;
  /** All accounts of the person here: for the last administrator they count as one. */
  readonly person: ProvisionedAccount[];
}
interface Withdrawn {
  readonly account: { readonly id: string; readonly username: string };
  readonly would: readonly string[];
  readonly outcome: 'done' | 'already' | 'gone' | 'refused' | 'observed';
  readonly after?: unknown;
  readonly parked?: Parked;
  readonly attributes?: AttributesBack;
  /** What the target cannot tell about its administrators. */
  readonly notTold?: readonly string[];
  /** What two people let go although it leaves too few administrators. */
  readonly released?: readonly string[];
  readonly requestIds?: readonly string[];
}

const step = 'withdrawAccounts';
/** A vendor that spreads its news slowly may show an account only some time after its creation. */
const lookAgainInMs = 3_000;

/**
 * The undo of a joiner: what it created or enabled is disabled, what it granted is taken away, attributes that it changed
 * are put back; nothing is deleted. Accounts whose creation was begun and never reported are looked for as well, twice.
 */
export async function withdrawAccounts(desk: TargetDesk, input: WithdrawInput): Promise<StepReport> {
  return await onTarget<WithdrawProgress, StepReport>(desk, input, async (run) => {
    const observes = stricter(input.mode, desk.mode) === 'observe';
    const progress = { before: { ...run.saved?.before }, lookedFor: run.saved?.lookedFor ?? false };
    const work: Work = { desk, run, input, progress, observes, person: [...input.accounts] };
    const { lost, doubt } = await begunAccounts(work);
    work.person.push(...lost);
    const results: Withdrawn[] = [];
    let failure: Error | undefined;
    for (const known of work.person) {
      try {
        results.push({ ...(await withdrawOne(work, known)), requestIds: run.takeRequestIds() });
      } catch (error) {
        failure ??= asError(error);
        if (run.call.signal.aborted) break;
      }
    }
    if (failure !== undefined) throw failure;
    return report(work, results, doubt);
  });
}

/** Accounts that a lost reply may have made: of exactly an intended name, and created by this flow beyond doubt. */
async function begunAccounts(work: Work): Promise<{ lost: readonly ProvisionedAccount[]; doubt?: Parked }> {
  const { desk, run, input, progress, observes } = work;
  const open = input.intended.filter((name) => !input.accounts.some((one) => sameText(one.serves, name)));
  if (open.length === 0) return { lost: [] };
  const finding = await findAccounts(desk, input, run, open);
  const known = new Set(input.accounts.map(({ id }) => id));
  const found = finding.accounts.filter(
    (account) => !known.has(account.id) && open.some((name) => sameText(name, account.username)),
  );
  const unseen = open.filter((name) => !found.some((account) => sameText(account.username, name)));
  if (unseen.length > 0 && finding.parked === undefined && !progress.lookedFor && !observes) {
    progress.lookedFor = true;
    await run.save(progress);
    throw notYet({
      type: 'LookAgain',
      message: `${desk.id}: ${unseen.join(', ')} may have been created by a request whose reply was lost: looking once more before it counts as absent`,
      againInMs: lookAgainInMs,
    });
  }
  const ours = found.filter((account) => isOurs(work, account));
  const doubtful = found.filter((account) => !ours.includes(account) && account.enabled !== false);
  const lost = ours.map(({ id, username }) => ({
    id,
    username,
    serves: username,
    how: 'created' as const,
    enabledHere: true,
  }));
  const doubt =
    finding.accounts.length === 0 && finding.parked?.reason === 'ambiguous'
      ? finding.parked
      : doubtAbout(work, doubtful);
  return { lost, ...(doubt === undefined ? {} : { doubt }) };
}

/**
 * A search of this flow found its name absent. That is written down before every creation, so an account of another name
 * is not this flow's, whatever external id it bears: an HR system or an earlier employment may have set the same one. Only
 * a flow of an older version, which tells of no search, has nothing better than the external id.
 */
function isOurs({ desk, input }: Work, account: Account): boolean {
  if (input.links.some((link) => link.id === account.id)) return false;
  if (input.absentBefore !== undefined) return input.absentBefore.some((name) => sameText(name, account.username));
  const [externalId] = keysOf(input.person, { ...desk.correlation, by: ['externalId'] }).externalId;
  if (externalId === undefined || account.externalId === undefined) return false;
  return sameText(account.externalId, externalId) || sameText(account.externalId, `${externalId}:${account.username}`);
}

function doubtAbout({ input }: Work, accounts: readonly Account[]): Parked | undefined {
  if (accounts.length === 0) return undefined;
  const names = accounts.map(({ id, username }) => `${username} (${id})`).join(', ');
  return {
    reason: 'ambiguous',
    detail: `${names} is enabled, and nobody can tell whether this joiner made it or it was there before`,
    advice: `Look when it was created on ${input.target}. Made by this joiner: disable it there. Then resolve with skip and the reason.`,
  };
}

async function withdrawOne(work: Work, known: ProvisionedAccount): Promise<Withdrawn> {
  const { desk, run, input } = work;
  const account = await desk.connector.getAccount(known.id, run.call);
  if (account === undefined) return { account: known, would: [], outcome: 'gone', after: 'gone' };
  const why = whyUntouched(desk, input, account);
  if (why !== undefined) return { account, would: [], outcome: 'refused', parked: protectedAccount(account, why) };
  try {
    return await takeBack(work, known, account);
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof VendorConflict || error instanceof Unobservable))
      throw error;
    return { account, would: [], outcome: 'refused', parked: refusalOf(error) };
  }
}

/** What has to go from one account, from a live look. */
interface Going {
  readonly known: ProvisionedAccount;
  readonly account: Account;
  readonly isOff: boolean;
  readonly given: boolean;
  readonly held: readonly Grant[];
  readonly grants: readonly Grant[];
  readonly attributes: AttributesBack;
}

async function lookAt(work: Work, known: ProvisionedAccount, account: Account): Promise<Going> {
  const { desk, run, input } = work;
  const given = input.granted[known.id] ?? [];
  const held = given.length === 0 ? [] : await desk.connector.listGrants(account, run.call);
  const image = known.how === 'created' ? undefined : input.before?.[known.id];
  return {
    ...{ known, account, held, given: given.length > 0 },
    isOff: (known.how === 'created' || known.enabledHere) && account.enabled !== false,
    grants: held.filter((grant) => given.some((one) => isSame(one, grant.entitlement))),
    attributes: await lookAtAttributes({ desk, run, account, image }),
  };
}

/** Disables what the joiner made or enabled, takes what it granted and is still held, puts back what it changed. */
async function takeBack(work: Work, known: ProvisionedAccount, account: Account): Promise<Withdrawn> {
  const going = await lookAt(work, known, account);
  const question = await aboutAdministrators(work, going);
  const wanted = wouldTake(going);
  if (work.observes) {
    const { parked } = await mustStay(question);
    return { account, would: wanted, outcome: 'observed', ...(parked === undefined ? {} : { parked }) };
  }
  if (wanted.length === 0)
    return {
      ...{ account, would: wanted, attributes: going.attributes },
      ...{ outcome: wasBegun(work, known.id), after: stateOf(account, going.held) },
    };
  return await keepingAdministrators(question, async (kept) => await change(work, going, kept));
}

/** Made or enabled here, and meanwhile perhaps one of the last who can administer the target: then it must not go. */
async function aboutAdministrators({ desk, run, input, person }: Work, { account, isOff, grants }: Going) {
  const asks = desk.administrators !== undefined && account.enabled !== false && (isOff || grants.length > 0);
  const losing = isOff && asks ? await grantsIfObservable(desk, run, account) : grants;
  return {
    ...{ desk, run, person, released: input.lastAdministratorReleased === true },
    losing: await administratorsAmong(desk, run, asks ? [{ account, grants: losing }] : []),
  };
}

async function change(work: Work, going: Going, kept: Kept): Promise<Withdrawn> {
  const { desk, run, progress } = work;
  const { known, account, isOff, held, given } = going;
  const said = { would: wouldTake(going), notTold: kept.handOver, released: kept.released };
  // As for a leaver: whoever must stay enabled is left alone altogether.
  if (isOff && kept.grants.has(account.id) && kept.parked !== undefined)
    return { ...said, account, outcome: 'refused', after: stateOf(account, held), parked: kept.parked };
  const { enabled } = account;
  progress.before[known.id] ??= { ...(enabled === undefined ? {} : { enabled }), grants: held };
  await run.save(progress);
  const closed = isOff ? (await desk.connector.setAccountEnabled(account, false, run.call)).after : account;
  const refused = await refusalsOf(
    work,
    closed,
    going.grants.filter((grant) => !isKept(kept, account.id, grant)),
  );
  const attributes = await putBack({ desk, run, account: closed, attributes: going.attributes });
  const after = stateOf(closed, given ? await desk.connector.listGrants(closed, run.call) : []);
  const parked = kept.parked ?? (refused.length > 0 ? notTaken(desk, account, refused) : attributes.parked);
  const done = { ...said, account: closed, after, attributes };
  return parked === undefined ? { ...done, outcome: 'done' } : { ...done, outcome: 'refused', parked };
}

async function refusalsOf({ desk, run }: Work, account: Account, going: readonly Grant[]): Promise<readonly string[]> {
  const results = going.length === 0 ? [] : await desk.connector.revoke(account, going, run.call);
  return results.flatMap((one) =>
    'reason' in one ? [`${entitlementWords(one.grant.entitlement)}: ${one.reason}`] : [],
  );
}

function wouldTake({ account: { username }, isOff, grants, attributes }: Going): readonly string[] {
  return [
    ...(isOff ? [`disable ${username}`] : []),
    ...grants.map(({ entitlement }) => `take ${entitlementWords(entitlement)} from ${username}`),
    ...attributes.would,
  ];
}

function wasBegun({ progress }: Work, id: string): 'done' | 'already' {
  return progress.before[id] === undefined ? 'already' : 'done';
}

function stateOf({ enabled }: Account, grants: readonly Grant[]): unknown {
  return { ...(enabled === undefined ? {} : { enabled }), grants };
}

function protectedAccount({ id, username }: Account, why: string): Parked {
  return {
    reason: 'protected',
    detail: `${username} (${id}) ${why}`,
    advice: 'Two people may release it by resolve with retry, each once; or skip it with a reason.',
  };
}

function notTaken({ id }: TargetDesk, { username }: Account, refused: readonly string[]): Parked {
  return {
    reason: 'rejected',
    detail: `${username} keeps ${refused.join('; ')}`,
    advice: `Take ${username} out on ${id} by hand or mend what forbids it, then resolve with retry; or skip it with a reason.`,
  };
}

function report(work: Work, results: readonly Withdrawn[], doubt: Parked | undefined): StepReport {
  const parked = doubt ?? results.find((one) => one.parked !== undefined)?.parked;
  const done = results.some((one) => one.outcome === 'done');
  const handOver = results.flatMap((one) => one.notTold ?? []);
  const detail = work.observes
    ? `mode observe: would ${results.flatMap((one) => one.would).join('; ') || 'change nothing'}`
    : results.map(({ account, outcome }) => `${account.username} ${words[outcome]}`).join(', ') ||
      'nothing was made here';
  return {
    outcome: work.observes ? 'observed' : done ? 'done' : 'already',
    detail,
    ...(parked === undefined ? {} : { parked }),
    ...(handOver.length === 0 ? {} : { handOver }),
    evidence: evidenceOf(work, results, doubt),
  };
}

const words = {
  done: 'withdrawn',
  already: 'needed nothing',
  gone: 'is gone',
  refused: 'refused',
  observed: 'seen',
} as const;

function evidenceOf(work: Work, results: readonly Withdrawn[], doubt: Parked | undefined): readonly EvidenceDraft[] {
  const { run, progress } = work;
  const drafts = results.map((one) => {
    const { account, outcome, after, parked, would, attributes, notTold = [], released = [], requestIds = [] } = one;
    const { id, username } = account;
    return run.draft({
      ...{ step, outcome, account: { id, username }, requestIds },
      ...(progress.before[id] === undefined ? {} : { before: progress.before[id] }),
      ...(after === undefined ? {} : { after }),
      detail: parked?.detail ?? `${username} ${words[outcome]}`,
      data: {
        ...{ would, ...evidenceOfAttributes(attributes) },
        ...(notTold.length > 0 ? { handOver: notTold } : {}),
        ...(released.length > 0 ? { released } : {}),
      },
    });
  });
  const doubted = doubt === undefined ? [] : [run.draft({ step, outcome: doubt.reason, detail: doubt.detail })];
  const all = [...drafts, ...doubted];
  return all.length > 0 ? all : [run.draft({ step, outcome: 'already', detail: 'nothing was made here' })];
}
