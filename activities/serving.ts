import type { DesiredAccount } from '../domain/access';
import type { Account } from '../domain/account';
import type { Parked } from '../domain/containment';
import { keysOf, sameText, type CorrelationRule } from '../domain/correlation';
import type { Person } from '../domain/person';
import type { ProvisionInput } from '../domain/provisioning';
import { isFormOf } from '../domain/user-name';
import type { Finding } from './finding';

/** Which account of the person serves which account that policy wants. */
export interface Serving {
  readonly pairs: readonly Pair[];
  /** Nobody can tell which account is meant: nothing is created beside them. */
  readonly doubt?: Parked;
}
export interface Pair {
  readonly desired: DesiredAccount;
  /** Absent: there is none yet. */
  readonly account?: Account;
  /** The account is protected, Tenure's own or a service account: neither changed nor made a second time. */
  readonly isUntouchable: boolean;
}

/**
 * The account of exactly the desired name comes first; then the same name in its other forms: the e-mail address where
 * user names are addresses, and what it was before the person's name changed. One account of a name that says nothing
 * serves where one is wanted.
 */
export function whoServes(input: ProvisionInput, finding: Finding, rule: CorrelationRule): Serving {
  const untouchable = finding.untouched.map(({ account }) => account);
  const free = new Set([...finding.accounts, ...untouchable]);
  const served = new Map<DesiredAccount, Account>();
  const take = (isIt: (account: Account, desired: DesiredAccount) => boolean): void => {
    for (const desired of input.desired) {
      if (served.has(desired)) continue;
      const account = [...free].find((one) => isIt(one, desired));
      if (account === undefined) continue;
      served.set(desired, account);
      free.delete(account);
    }
  };
  take(({ id }, { username }) => input.known?.some((one) => one.id === id && sameText(one.serves, username)) === true);
  take((account, { username }) => sameText(account.username, username));
  take((account, { username }) => isFormOf(account.username, username, input.person));
  const unnamed = [...free].filter(({ username }) => !isNameOf(username, input.person, rule));
  if (input.desired.length === 1 && served.size === 0 && unnamed.length === 1 && free.size === 1)
    take((account) => unnamed.includes(account));
  const doubt = served.size === 0 && input.desired.length > 0 ? doubtAbout(input, unnamed) : undefined;
  return {
    pairs: input.desired.map((desired) => pairOf(desired, served.get(desired), untouchable)),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

function pairOf(desired: DesiredAccount, account: Account | undefined, untouchable: readonly Account[]): Pair {
  if (account === undefined) return { desired, isUntouchable: false };
  return { desired, account, isUntouchable: untouchable.includes(account) };
}

/** A name that tells which of the person's accounts it is, as opposed to one that only e-mail or external id gave away. */
function isNameOf(username: string, person: Person, rule: CorrelationRule): boolean {
  const { username: names } = keysOf(person, { ...rule, by: ['username'] });
  return names.some((name) => sameText(name, username));
}

function doubtAbout({ target, person, desired }: ProvisionInput, unnamed: readonly Account[]): Parked | undefined {
  if (unnamed.length === 0) return undefined;
  const here = unnamed.map(({ id, username }) => `${username} (${id})`).join(', ');
  return {
    reason: 'ambiguous',
    detail: `policy wants ${desired.map(({ username }) => username).join(', ')}, and the person has ${here}: none of them bears such a name`,
    advice:
      `Rename the account on ${target} that is meant, or take those that are not meant out of the way with ` +
      `tenure unlink ${person.id} ${target} ACCOUNT_ID. Then resolve with retry.`,
  };
}
