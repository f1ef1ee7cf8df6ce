import type { Entitlement, TargetId } from './account';
import type { Person } from './person';
import type { Approvers } from './settings';

/** One account that policy wants a person to have on one target. A target may be given several (`alice`, `alice-adm`). */
export interface DesiredAccount {
  readonly target: TargetId;
  readonly username: string;
  /** What policy sets for this vendor: `userType`, `location`, `account_type`…, templates already filled in. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly grants: readonly DesiredGrant[];
  /** The rules that ask for it, by id. */
  readonly because: readonly string[];
}

/** One entitlement that policy wants an account to hold. */
export interface DesiredGrant {
  /** The vendor's own word: group, role, safe… */
  readonly kind: string;
  /** Name or immutable id, as policy writes it; compared exactly but for case. */
  readonly name: string;
  /** Granted only after people approved it. */
  readonly privileged: boolean;
  /** End of a time-boxed grant, UTC. */
  readonly until?: string;
  readonly because: readonly string[];
}

/** An entitlement that some rule of the policy gives to somebody: Tenure may take it away where policy no longer gives it. */
export interface ManagedEntitlement {
  readonly target: TargetId;
  readonly kind: string;
  readonly name: string;
}

/** What a policy says of one person at one moment. */
export interface DesiredAccess {
  readonly accounts: readonly DesiredAccount[];
  /** Earliest end of a time-boxed grant still ahead, UTC: the person is looked at again then. */
  readonly reviewAt?: string;
  /** Rules that could not be evaluated for this person, in words for whoever keeps the policy. Nothing is granted or taken away while there are any. */
  readonly problems: readonly string[];
}

/** When a rule first gave a time-boxed grant to this person, UTC, by `timeBoxKey`; absent when it never did. */
export type TimeBoxes = Readonly<Record<string, string>>;
export function timeBoxKey({
  rule,
  target,
  kind,
  name,
}: {
  rule: string;
  target: TargetId;
  kind: string;
  name: string;
}) {
  return [rule, target, kind, name.toLowerCase()].join('|');
}

/** A policy as loaded; the core worker holds one and evaluates it in activities. */
export interface AccessPolicy {
  /** SHA-256 of the policy's RFC 8785 JSON. */
  readonly hash: string;
  desired(question: { readonly person: Person; readonly at: string; readonly timeBoxes: TimeBoxes }): DesiredAccess;
  readonly managed: readonly ManagedEntitlement[];
  /** Time-boxed grants that count from their first day (`for`), so that the day is recorded when they are first given. */
  timeBoxesOf(access: DesiredAccess): readonly string[];
  readonly joiner: JoinerPolicy;
  readonly mover: MoverPolicy;
  /** Who decides on privileged grants. */
  readonly approval: GrantApproval;
  /** False: the configuration says nothing of access. Joiners and movers say that instead of finding nothing to do. */
  readonly isGiven: boolean;
}

export interface GrantApproval {
  readonly approvers: Approvers;
  /** ISO 8601: how long the question waits for an answer; then nothing privileged is granted. */
  readonly window: string;
}

export interface JoinerPolicy {
  /** ISO 8601: how long before the first day accounts are made; `PT0S` by default. */
  readonly lead: string;
}
export interface MoverPolicy {
  /** ISO 8601: how long what is lost is kept beside what is gained; `PT0S` by default. */
  readonly overlap: string;
  /** Whether a changed user name renames accounts; false by default: the account keeps its name. */
  readonly renamesAccounts: boolean;
}

/** Whether a grant as policy writes it names this entitlement: kind and either name or id, case aside. */
export function names(wanted: { readonly kind: string; readonly name: string }, entitlement: Entitlement): boolean {
  const name = wanted.name.toLowerCase();
  return (
    wanted.kind === entitlement.kind &&
    (entitlement.id.toLowerCase() === name || entitlement.name?.toLowerCase() === name)
  );
}

/** What is in `a` and not in `b`. */
export function without(a: readonly DesiredGrant[], b: readonly DesiredGrant[]): readonly DesiredGrant[] {
  return a.filter(
    (one) => !b.some((other) => other.kind === one.kind && other.name.toLowerCase() === one.name.toLowerCase()),
  );
}

/** What a move means for the accounts of one target. */
export interface AccountMoves {
  /** Accounts that policy still gives, by the user name it now writes: what they lose. */
  readonly lost: Readonly<Record<string, readonly DesiredGrant[]>>;
  /** Accounts that policy gives no more. */
  readonly dropped: readonly DesiredAccount[];
}

/** The one account before and the one now are the same, whatever they are called; of several, those of one user name. */
export function movesOf(desired: readonly DesiredAccount[], previously: readonly DesiredAccount[]): AccountMoves {
  const lost: Record<string, readonly DesiredGrant[]> = {};
  const dropped: DesiredAccount[] = [];
  for (const was of previously) {
    const now = samePlace(was, previously, desired);
    if (now === undefined) dropped.push(was);
    else lost[now.username] = without(was.grants, now.grants);
  }
  return { lost, dropped };
}

/** What policy gave in either of two states of a person: a move that was never carried through leaves the older one's. */
export function givenInEither(
  newer: readonly DesiredAccount[],
  older: readonly DesiredAccount[],
): readonly DesiredAccount[] {
  const merged = [...newer];
  for (const was of older) {
    const now = samePlace(was, older, newer);
    const at = now === undefined ? -1 : merged.indexOf(now);
    if (now === undefined) merged.push(was);
    else merged[at] = { ...now, grants: [...now.grants, ...without(was.grants, now.grants)] };
  }
  return merged;
}

function samePlace(was: DesiredAccount, those: readonly DesiredAccount[], now: readonly DesiredAccount[]) {
  const on = (accounts: readonly DesiredAccount[]) => accounts.filter(({ target }) => target === was.target);
  const [only, ...more] = on(now);
  if (only !== undefined && more.length === 0 && on(those).length === 1) return only;
  return on(now).find(({ username }) => username.toLowerCase() === was.username.toLowerCase());
}
