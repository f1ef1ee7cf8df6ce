import type { Account } from '../domain/account';
import { contradictionOf, keysOf, matchedBy, sameText, type CorrelationKeys } from '../domain/correlation';
import type { KnownAccount, Parked, ParkReason, StepInput } from '../domain/containment';
import { isFormOf } from '../domain/user-name';
import type { Caller, TargetDesk } from './target-run';

/** Which accounts of this target are the person's, and which of them may be touched. */
export interface Finding {
  readonly accounts: readonly Account[];
  /** Key values that were looked up. */
  readonly tried: readonly string[];
  /** Accounts that exist and are not touched, with why; each a reason to park. */
  readonly parked?: Parked;
  readonly untouched: readonly Untouched[];
  /** Linked accounts beside those found that are not to be seen any more: whoever contains the person must not pass them by. */
  readonly unseen?: Parked;
}
interface Untouched {
  readonly account: Account;
  readonly why: string;
  /** `protected` unless said. */
  readonly reason?: ParkReason;
}

/**
 * Recorded links by the vendor's immutable id and the union of all keys, `alsoNamed` among them. Anything ambiguous is
 * touched by nobody: a person decides with `tenure link|unlink`.
 */
export async function findAccounts(
  desk: TargetDesk,
  input: StepInput,
  run: Caller,
  alsoNamed: readonly string[] = [],
): Promise<Finding> {
  const keys = withNames(keysOf(input.person, desk.correlation), [...alsoNamed, ...(input.onlyUsernames ?? [])]);
  const search = await desk.connector.findAccounts(keys, run.call);
  const notTheirs = new Set(input.notTheirs ?? []);
  const matches = search.found.map((match) => match.account).filter((account) => !notTheirs.has(account.id));
  const linked = await linkedAccounts(desk, input, run, matches);
  const byKeys = matches.filter((account) => !linked.some((one) => one.id === account.id));
  const doubt = doubtAbout(input, keys, byKeys);
  if (doubt !== undefined) return { accounts: [], tried: search.tried, untouched: [], parked: doubt };
  const all = [...linked, ...byKeys].filter((account) => isMeant(input, account));
  const unseen = unseenLinks(input, linked);
  if (all.length > 0) return { ...protect(desk, input, all, search.tried), ...(unseen && { unseen }) };
  return { accounts: [], tried: search.tried, untouched: [], ...(unseen && { parked: unseen }) };
}

/** By the account's own name, never by its e-mail address: `aeriksen-adm` often has the one of `aeriksen`. */
function isMeant({ onlyUsernames, person }: StepInput, { username }: KnownAccount): boolean {
  return onlyUsernames === undefined || onlyUsernames.some((name) => isFormOf(username, name, person));
}

function withNames(keys: CorrelationKeys, alsoNamed: readonly string[]): CorrelationKeys {
  const further = alsoNamed.filter((name) => !keys.username.some((known) => sameText(known, name)));
  return further.length === 0 ? keys : { ...keys, username: [...keys.username, ...further] };
}

async function linkedAccounts(
  desk: TargetDesk,
  input: StepInput,
  run: Caller,
  found: readonly Account[],
): Promise<readonly Account[]> {
  const linked: Account[] = [];
  for (const link of input.links) {
    const account = found.find((one) => one.id === link.id) ?? (await desk.connector.getAccount(link.id, run.call));
    if (account !== undefined) linked.push(account);
  }
  return linked;
}

/** Keys that point at different owners, or a match that contradicts the person. */
function doubtAbout(input: StepInput, keys: CorrelationKeys, matches: readonly Account[]): Parked | undefined {
  const doubts = matches.flatMap((account) => {
    if (input.linkedToOthers?.includes(account.id) === true)
      return [`${account.username} (${account.id}) is linked to somebody else`];
    const contradiction = contradictionOf(account, input.person, keys);
    const by = matchedBy(account, keys).join(', ');
    return contradiction === undefined
      ? []
      : [`${account.username} (${account.id}) matches by ${by}, but ${contradiction}`];
  });
  if (doubts.length === 0) return undefined;
  return {
    reason: 'ambiguous',
    detail: doubts.join('; '),
    advice: `Look at the accounts on ${input.target}. Theirs: tenure link ${input.person.id} ${input.target} ACCOUNT_ID. Not theirs: tenure unlink the same. Then resolve with retry.`,
  };
}

/**
 * An account that was linked and is not visible any more is for a person to look at; a person never seen here is not. A
 * vendor says 404 of what it hides as of what is gone, so it proves nothing of an account that has to be disabled.
 */
function unseenLinks(input: StepInput, linked: readonly Account[]): Parked | undefined {
  const unseen = input.links.filter((link) => isMeant(input, link) && !linked.some(({ id }) => id === link.id));
  if (unseen.length === 0) return undefined;
  const ids = unseen.map((link) => `${link.username} (${link.id})`).join(', ');
  return {
    reason: 'no-account-found',
    detail: `${ids} was linked to this person and is not to be seen any more: deleted, or out of sight of the service account`,
    advice: `Look on ${input.target}. Gone: tenure unlink it and resolve with retry. Hidden: give the service account the right to see it and resolve with retry.`,
  };
}

/** Protected accounts, the API's own and non-person accounts are never changed. */
function protect(desk: TargetDesk, input: StepInput, all: readonly Account[], tried: readonly string[]): Finding {
  const untouched = all.flatMap((account) => {
    const why = whyUntouched(desk, input, account);
    return why === undefined ? [] : [{ account, why }];
  });
  const accounts = all.filter((account) => !untouched.some((one) => one.account.id === account.id));
  if (untouched.length === 0) return { accounts, tried, untouched };
  const detail = untouched.map(({ account, why }) => `${account.username} (${account.id}) ${why}`).join('; ');
  const advice = 'Two people may release it by resolve with retry, each once; or skip it with a reason.';
  return { accounts, tried, untouched, parked: { reason: 'protected', detail, advice } };
}

export function whyUntouched(desk: TargetDesk, input: StepInput, account: Account): string | undefined {
  if (sameText(account.username, desk.serviceAccount)) return "is Tenure's own account on this target";
  if (account.kind === 'service') return 'is not a person’s account but a service account';
  const isProtected = input.protectedUsernames.some((name) => sameText(name, account.username));
  return isProtected && input.protectionReleased !== true ? 'is protected by safety.protected' : undefined;
}
