import type { Difference } from '../connectors/connector';
import { Unobservable, VendorConflict, VendorRejected } from '../connectors/errors';
import type { Account, BeforeImage } from '../domain/account';
import type { Parked } from '../domain/containment';
import { sameText } from '../domain/correlation';
import type { ProvisionedAccount, ProvisionInput, ProvisionReport } from '../domain/provisioning';
import { stricter } from '../domain/target';
import { refusalOf } from './accounts';
import { imageOf } from './before-image';
import { createOne, keep, type Creation, type Progress, type ProvisionProgress } from './creation';
import { asError } from './failures';
import { findAccounts } from './finding';
import { changesFor, fieldsOf, type ToldFields } from './person-fields';
import { provisionReport, type Provisioned } from './provision-report';
import { whoServes, type Pair, type Serving } from './serving';
import { onTarget, type TargetDesk } from './target-run';
import { wouldProvision } from './would-provision';

/**
 * Finds the accounts that policy wants, creates those that are missing, and brings all of them to what they have to be:
 * names, attributes, enabled. Each is read back. What the vendor refuses parks the step; the others are done all the same.
 */
export async function provisionAccounts(desk: TargetDesk, input: ProvisionInput): Promise<ProvisionReport> {
  return await onTarget<ProvisionProgress, ProvisionReport>(desk, input, async (run) => {
    const finding = await findAccounts(desk, input, run, namesIn(input));
    const serving = whoServes(input, finding, desk.correlation);
    const progress: Progress = {
      creating: { ...run.saved?.creating, ...input.begun?.creating },
      before: { ...run.saved?.before, ...input.begun?.before, ...input.before },
      seen: {},
    };
    const parked = finding.accounts.length === 0 && finding.untouched.length === 0 ? finding.parked : undefined;
    const doubt = parked ?? serving.doubt;
    const told = await fieldsOf(desk, run, input.person);
    const common = { desk, run, input, finding, serving, told, progress };
    if (doubt !== undefined) return provisionReport({ ...common, results: [], doubt });
    if (stricter(input.mode, desk.mode) === 'observe') {
      const observed = await wouldProvision({ desk, run, input, serving, told });
      return provisionReport({ ...common, results: [], observed });
    }
    return provisionReport({ ...common, results: await provisionEach({ desk, run, input, serving, told, progress }) });
  });
}

export function namesIn({ desired }: ProvisionInput): readonly string[] {
  return desired.map(({ username }) => username);
}

interface Work extends Omit<Creation, 'desired' | 'fields'> {
  readonly serving: Serving;
  readonly told: ToldFields;
}

async function provisionEach(work: Work): Promise<readonly Provisioned[]> {
  const results: Provisioned[] = [];
  let failure: Error | undefined;
  for (const pair of work.serving.pairs) {
    if (pair.isUntouchable) continue;
    try {
      results.push({ ...(await provisionOne(work, pair)), requestIds: work.run.takeRequestIds() });
    } catch (error) {
      // The others come first; the attempt fails after all of them were tried.
      failure ??= asError(error);
      if (work.run.call.signal.aborted) break;
    }
  }
  if (failure !== undefined) throw failure;
  return results;
}

type Outcome = Omit<Provisioned, 'requestIds'>;

async function provisionOne(work: Work, { desired, account }: Pair): Promise<Outcome> {
  if (account !== undefined) return await bringUp(work, { desired, account });
  const made = await orRefusal(() => createOne({ ...work, desired, fields: work.told.fields }));
  if ('refusal' in made) return { desired, outcome: 'refused', refusal: made.refusal };
  if (made.outcome === 'found') return await bringUp(work, { desired, account: made.account });
  return await bringUp(work, { desired, account: made.account, made: made.outcome });
}

/** What only a person can mend parks; everything else is thrown, for another attempt. */
async function orRefusal<T>(attempt: () => Promise<T>): Promise<T | { readonly refusal: Parked }> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof VendorRejected || error instanceof VendorConflict || error instanceof Unobservable))
      throw error;
    return { refusal: refusalOf(error) };
  }
}

interface BringingUp {
  readonly desired: Pair['desired'];
  readonly account: Account;
  /** Created in this attempt, or by one whose reply was lost. */
  readonly made?: 'done' | 'done-on-retry';
}

/** From how the account is to how it has to be; an account that refuses is reported all the same, for the undo. */
async function bringUp(work: Work, bringing: BringingUp): Promise<Outcome> {
  const { desired, account, made } = bringing;
  const how = made === undefined ? howItCame(work, desired.username, account) : 'created';
  if (how !== 'created') work.progress.seen[account.id] ??= seenImage(account);
  const ended = await orRefusal(() => change(work, bringing, how));
  const found = how === 'created' && isKnown(work, account) ? { foundAs: seenImage(account) } : {};
  const served = { desired, how, enabledHere: enabledHere(work, account, how), ...found };
  if ('refusal' in ended) return { ...served, account, outcome: 'refused', refusal: ended.refusal };
  return { ...served, ...ended };
}

/** As the search showed it: enough for an undo of what later steps do, where this one has nothing to write. */
function seenImage({ grants, ...account }: Account): BeforeImage {
  return { account, ...(grants === undefined ? {} : { grants }), readAt: new Date().toISOString() };
}

/**
 * What has to become of `enabled`; undefined: it is right. During a joiner's lead nothing is enabled, and what this flow
 * has made is disabled: creations are sent as the vendor documents them, so that it comes to life for a moment.
 */
function switchTo({ input }: Work, { enabled }: Account, how: ProvisionedAccount['how']): boolean | undefined {
  if (input.staysDisabled !== true) return enabled === true ? undefined : true;
  return how === 'created' && enabled !== false ? false : undefined;
}

/** Writes what differs and nothing else. What must be disabled is so before anything else can be refused. */
async function change(
  work: Work,
  { desired, account, made }: BringingUp,
  how: ProvisionedAccount['how'],
): Promise<Pick<Outcome, 'account' | 'outcome' | 'differences' | 'notShown'>> {
  const { desk, run, input, told } = work;
  const changes = changesFor({ desk, input, desired, account, fields: told.fields });
  const compared = await desk.connector.compareAccount(account, changes, run.call);
  // What a creation has just sent and the vendor does not show is not sent once more.
  const unseen = made === undefined ? [] : compared.filter(({ from }) => from === undefined);
  const differences = compared.filter((one) => !unseen.includes(one));
  const enabling = switchTo(work, account, how);
  const isOpen = differences.length > 0 || enabling !== undefined;
  if (isOpen) await keepImage(work, { account, differences, how });
  const closed =
    enabling === false ? (await desk.connector.setAccountEnabled(account, false, run.call)).after : account;
  const updated = differences.length === 0 ? undefined : await desk.connector.updateAccount(closed, changes, run.call);
  const after = updated?.after ?? closed;
  const notShown = [...unseen.map(({ name }) => name), ...(updated?.notShown ?? [])];
  return {
    account: enabling === true ? (await desk.connector.setAccountEnabled(after, true, run.call)).after : after,
    outcome: made ?? (isOpen ? 'done' : outcomeSoFar(work, account, how)),
    differences,
    notShown,
  };
}

/** Durable before the first write: a worker that is killed now does not take the before-image with it. */
async function keepImage(
  { desk, run, progress }: Work,
  seen: { readonly account: Account; readonly differences: readonly Difference[]; readonly how: string },
): Promise<void> {
  const { account, differences, how } = seen;
  const known = progress.before[account.id];
  const fresh = differences.filter(({ name }) => known?.written?.[name] === undefined);
  if (how === 'created' || (known !== undefined && fresh.length === 0)) return;
  const shown = fresh.filter(({ from }) => from !== undefined).map(({ name, from }) => [name, from] as const);
  const written = fresh.map(({ name, to }) => [name, to] as const);
  // An image that an earlier run merely saw gets what is written only now.
  progress.before[account.id] = {
    ...(known ?? (await imageOf(desk, run, account))),
    attributes: { ...Object.fromEntries(shown), ...known?.attributes },
    ...(written.length === 0 ? {} : { written: { ...Object.fromEntries(written), ...known?.written } }),
  };
  await keep({ run, progress });
}

/** An account whose creation was begun and that is there now was made by an attempt whose reply was lost. */
function howItCame({ input, progress }: Work, username: string, account: Account): ProvisionedAccount['how'] {
  const known = input.known?.find((one) => one.id === account.id);
  if (known !== undefined) return known.how;
  if (progress.creating[username] !== undefined && sameText(username, account.username)) return 'created';
  return input.links.some((link) => link.id === account.id) ? 'already' : 'adopted';
}

/** What there is to say of an account that needs nothing now. */
function outcomeSoFar(
  { run, input }: Work,
  account: Account,
  how: ProvisionedAccount['how'],
): 'done' | 'done-on-retry' | 'already' {
  if (isKnown({ input }, account)) return 'already';
  if (how === 'created') return 'done-on-retry';
  return run.saved?.before[account.id] === undefined ? 'already' : 'done';
}

function enabledHere({ input, progress }: Work, account: Account, how: ProvisionedAccount['how']): boolean {
  const known = input.known?.find((one) => one.id === account.id);
  if (how === 'created' || known?.enabledHere === true) return true;
  if (input.staysDisabled === true) return false;
  return (progress.before[account.id]?.account ?? account).enabled === false;
}

/** An earlier run of this step has reported it. */
function isKnown({ input }: Pick<Work, 'input'>, { id }: Account): boolean {
  return input.known?.some((one) => one.id === id) === true;
}
