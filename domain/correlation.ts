import type { Account, AccountId } from './account';
import type { Person } from './person';

export type KeyName = 'externalId' | 'username' | 'email';

/** The values that may name a person's accounts on one target; compared as `sameText` does. */
export interface CorrelationKeys {
  readonly externalId: readonly string[];
  readonly username: readonly string[];
  readonly email: readonly string[];
}

/** What a connector found for the keys, and which of them the vendor could be asked for. */
export interface Search {
  readonly found: readonly Match[];
  /** Key values that were looked up, such as `username=aeriksen`. */
  readonly tried: readonly string[];
  /** Keys that this vendor cannot be searched by. */
  readonly notSearchable: readonly KeyName[];
}

export interface Match {
  readonly account: Account;
  readonly by: readonly KeyName[];
}

export interface CorrelationRule {
  readonly by: readonly KeyName[];
  /** Templates such as `{username}-adm`. */
  readonly extraUsernames: readonly string[];
  /** Which of `person.externalIds` this target uses; `person.id` when absent. */
  readonly externalIdName?: string;
}

/** The keys of a person on a target. User names are e-mail addresses on some systems, so both serve as user name. */
export function keysOf(person: Person, rule: CorrelationRule): CorrelationKeys {
  const named = (name: KeyName, values: readonly (string | undefined)[]): readonly string[] =>
    rule.by.includes(name) ? distinct(values) : [];
  const aliases = person.aliases ?? [];
  const usernames = [person.username, person.email, ...aliases];
  const extra = rule.extraUsernames.map((template) => expand(template, person));
  const externalId = rule.externalIdName === undefined ? person.id : person.externalIds?.[rule.externalIdName];
  return {
    externalId: named('externalId', [externalId]),
    username: named('username', [...usernames, ...extra]),
    email: named('email', [person.email, ...aliases.filter((alias) => alias.includes('@'))]),
  };
}

/** Which keys name this account exactly, case aside; none means that it is somebody else's. */
export function matchedBy(account: Account, keys: CorrelationKeys): readonly KeyName[] {
  const names: KeyName[] = [];
  if (isTheirExternalId(account.externalId, keys.externalId)) names.push('externalId');
  if (isOneOf(account.username, keys.username)) names.push('username');
  if (isOneOf(account.email, keys.email)) names.push('email');
  return names;
}

/**
 * What speaks against a matching account being this person's: another external id, or another e-mail address than any
 * known of them. Unknown fields speak neither way.
 */
export function contradictionOf(account: Account, person: Person, keys: CorrelationKeys): string | undefined {
  if (
    keys.externalId.length > 0 &&
    account.externalId !== undefined &&
    account.externalId !== '' &&
    !isTheirExternalId(account.externalId, keys.externalId)
  ) {
    return `its external id is ${account.externalId}`;
  }
  const addresses = [person.email, ...(person.aliases ?? [])].filter(
    (address) => address?.includes('@') === true,
  ) as readonly string[];
  if (
    addresses.length > 0 &&
    account.email !== undefined &&
    account.email !== '' &&
    !isOneOf(account.email, addresses)
  ) {
    return `its e-mail address is ${account.email}`;
  }
  return undefined;
}

/**
 * The external id of a person's second and further accounts on one target: a directory gives each external id to one
 * account only. A person's own id holds no colon.
 */
export function furtherExternalId({ externalId, username }: { externalId: string; username: string }): string {
  return `${externalId}:${username}`;
}

function isTheirExternalId(value: string | undefined, wanted: readonly string[]): boolean {
  return wanted.some(
    (one) => sameText(one, value) || (value !== undefined && folded(value).startsWith(`${folded(one)}:`)),
  );
}

/** Turns candidates from any number of vendor queries into matches: exact, each account once. */
export function matchesAmong(candidates: readonly Account[], keys: CorrelationKeys): readonly Match[] {
  const byId = new Map<AccountId, Match>();
  for (const account of candidates) {
    const by = matchedBy(account, keys);
    if (by.length > 0 && !byId.has(account.id)) byId.set(account.id, { account, by });
  }
  return [...byId.values()];
}

/**
 * The same but for case, and for how accents are stored: one system sends é as one character, another as two (Unicode's
 * forms NFC and NFD).
 */
export function sameText(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && folded(a) === folded(b);
}

/**
 * The ways to ask a vendor for a name whose own search tells apart what we do not: as given, in lower case, and that with
 * accents as one character and as two. One way for a plain name in lower case.
 */
export function spellingsOf(name: string): readonly string[] {
  const lower = name.toLowerCase();
  return [...new Set([name, lower, lower.normalize('NFC'), lower.normalize('NFD')])];
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function isOneOf(value: string | undefined, wanted: readonly string[]): boolean {
  return wanted.some((one) => sameText(one, value));
}

function expand(template: string, person: Person): string | undefined {
  let missing = false;
  const text = template.replace(/\{(\w+)\}/g, (_whole, field: string) => {
    const value = person[field];
    if (typeof value !== 'string' || value === '') missing = true;
    return String(value);
  });
  return missing ? undefined : text;
}

function distinct(values: readonly (string | undefined)[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const value of values)
    if (value !== undefined && value !== '') seen.set(folded(value), seen.get(folded(value)) ?? value);
  return [...seen.values()];
}
