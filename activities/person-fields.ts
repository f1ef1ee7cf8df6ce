import type { AccountChanges, PersonField, PersonFields } from '../connectors/connector';
import type { DesiredAccount } from '../domain/access';
import type { Account } from '../domain/account';
import { furtherExternalId, keysOf, sameText } from '../domain/correlation';
import type { Person } from '../domain/person';
import type { ProvisionInput } from '../domain/provisioning';
import { isOwnName } from '../domain/user-name';
import type { Caller, TargetDesk } from './target-run';

/** What a target is told of a person, and what of it the target has no place for. */
export interface ToldFields {
  readonly fields: PersonFields;
  /** In words, for the evidence. */
  readonly notKept: readonly string[];
}

/** Name, e-mail and job as HR has them, as far as this system keeps them. */
export async function fieldsOf(desk: TargetDesk, run: Caller, person: Person): Promise<ToldFields> {
  const { keeps } = desk.connector.abilities;
  const { email, givenName, familyName, department, title } = person;
  const displayName = person.displayName ?? joined(givenName, familyName);
  const known = { email, displayName, givenName, familyName, department, title };
  const kept = Object.entries(known).filter(([name, value]) => hasText(value) && keeps.includes(name as PersonField));
  const manager = await managerOf(desk, run, person);
  const jobs = ['department', 'title'] as const;
  return {
    fields: { ...Object.fromEntries(kept), ...(manager.account !== undefined && { manager: manager.account }) },
    notKept: [
      ...jobs.filter((name) => hasText(person[name]) && !keeps.includes(name)).map((name) => `${name}: not kept here`),
      ...(manager.why === undefined ? [] : [`manager: ${manager.why}`]),
    ],
  };
}

/** HR names the manager by their HR id; systems want the id of the manager's own account. */
async function managerOf(
  desk: TargetDesk,
  run: Caller,
  { manager }: Person,
): Promise<{ readonly account?: string; readonly why?: string }> {
  if (!hasText(manager)) return {};
  const { keeps, searchableBy } = desk.connector.abilities;
  if (!keeps.includes('manager')) return { why: 'not kept here' };
  if (!searchableBy.includes('externalId')) return { why: `${manager} cannot be looked up here by external id` };
  const keys = { externalId: [manager], username: [], email: [] };
  const { found } = await desk.connector.findAccounts(keys, run.call);
  const named = found.filter(({ account }) => sameText(account.externalId, manager));
  const [one] = named;
  if (one !== undefined && named.length === 1) return { account: one.account.id };
  return { why: `${manager} has ${named.length === 0 ? 'no account' : 'several accounts'} here` };
}

/** Sent with every account that is created: it is what finds the account again, whatever becomes of its names. */
export function externalIdFor(desk: TargetDesk, input: ProvisionInput, desired: DesiredAccount): string | undefined {
  const [externalId] = keysOf(input.person, { ...desk.correlation, by: ['externalId'] }).externalId;
  if (externalId === undefined) return undefined;
  const { username } = desired;
  const own = input.desired.find((one) => isOwnName(one.username, input.person)) ?? input.desired[0];
  return own === desired ? externalId : furtherExternalId({ externalId, username });
}

/** What an account has to become. Names are compared as people compare them, so that capitals alone change nothing. */
export function changesFor(work: {
  readonly desk: TargetDesk;
  readonly input: ProvisionInput;
  readonly desired: DesiredAccount;
  readonly account: Account;
  readonly fields: PersonFields;
}): AccountChanges {
  const { desk, input, desired, account, fields } = work;
  const { email, ...others } = fields;
  const externalId = externalIdFor(desk, input, desired);
  const lacksId = desk.connector.abilities.keeps.includes('externalId') && !hasText(account.externalId);
  const username = nameFor(account, desired, input.person);
  return {
    ...others,
    ...(email !== undefined && !sameText(email, account.email) && { email }),
    ...(lacksId && externalId !== undefined && { externalId }),
    ...(input.renames && !sameText(username, account.username) && { username }),
    ...(Object.keys(desired.attributes).length > 0 && { attributes: desired.attributes }),
  };
}

/** A system whose user names are e-mail addresses keeps them so. */
function nameFor({ username }: Account, desired: DesiredAccount, person: Person): string {
  const isAddress = username.includes('@') && !desired.username.includes('@');
  return isAddress && isOwnName(desired.username, person) && hasText(person.email) ? person.email : desired.username;
}

function joined(givenName: string | undefined, familyName: string | undefined): string | undefined {
  return hasText(givenName) && hasText(familyName) ? `${givenName} ${familyName}` : undefined;
}

function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
