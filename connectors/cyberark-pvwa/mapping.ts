import { z } from 'zod';
import type { Account, Entitlement, Grant } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { AccountChanges, Live, NewAccount } from '../connector';
import type { Options, WritableField } from './option';
import { asItCame, count, flag, isFields, listOf, namedGroup, number, text, textOf } from './shape';

/**
 * A vault user as the vendor sends it: flat in seed 002, nested in the vendor's own documentation. Whatever else it shows
 * is kept as it came, since a full replace must give it back: one field in another form spoils nothing but itself.
 */
export const userSchema = z.looseObject({
  id: number,
  username: z.string().min(1),
  userType: asItCame,
  source: asItCame,
  componentUser: asItCame,
  enableUser: asItCame,
  suspended: asItCame,
  firstName: asItCame,
  lastName: asItCame,
  email: asItCame,
  distinguishedName: asItCame,
  personalDetails: asItCame,
  internet: asItCame,
  vaultAuthorization: asItCame,
  groupsMembership: z.array(namedGroup).nullish().catch(undefined),
});
export type User = z.output<typeof userSchema>;

export const usersSchema = z.looseObject({ Users: z.array(userSchema), Total: count });

const membersSchema = z
  .array(z.looseObject({ id: number, username: text }))
  .nullish()
  .catch(undefined);
const groupSchema = namedGroup.transform((group) => ({ ...group, members: membersSchema.parse(group.members) }));
export type Group = z.output<typeof groupSchema>;
export const groupsSchema = listOf(groupSchema, ['Groups', 'UserGroups']);

const safeSchema = z.looseObject({ safeName: z.string().min(1), safeUrlId: text });
export type Safe = z.output<typeof safeSchema>;
/** `value` as in every newer listing of the vendor; some versions answer with a bare array. */
export const safesSchema = listOf(safeSchema, ['Safes']);

const sessionSchema = z.looseObject({
  SessionID: z.union([z.string().min(1), z.int().transform(String)]),
  User: text,
  IsLive: flag,
  CanTerminate: flag,
  Start: z.union([z.number(), z.string()]).nullish().catch(undefined),
  AccountUsername: text,
  RemoteMachine: text,
  SafeName: text,
});
export type Session = z.output<typeof sessionSchema>;
export const sessionsSchema = z.looseObject({ LiveSessions: z.array(sessionSchema), Total: count });

type Reading = Pick<Options, 'serviceUserTypes' | 'safes'>;

/** With safes switched on the record alone no longer tells all grants, so `grants` stays away. */
export function toAccount(user: User, options: Reading): Account {
  const email = emailOf(user);
  const displayName = displayNameOf(user);
  const directory = directoryOf(user);
  const kind = kindOf(user, options);
  const grants = options.safes ? undefined : groupGrantsOf(user);
  return {
    id: String(user.id),
    username: user.username,
    ...(typeof user.enableUser === 'boolean' && { enabled: user.enableUser, vendorState: stateOf(user) }),
    ...(hasText(email) && { email }),
    ...(hasText(displayName) && { displayName }),
    ...(kind !== undefined && { kind }),
    ...(directory !== undefined && { ownedByDirectory: directory }),
    ...(grants !== undefined && { grants }),
  };
}

/** A row of a listing shows less than the user: state, groups or e-mail have to be asked for by id. */
export function isAbridged(user: User): boolean {
  return typeof user.enableUser !== 'boolean' || user.groupsMembership == null || emailOf(user) === undefined;
}

/** Undefined: the answer does not show the groups, which never means none. */
export function groupGrantsOf(user: User): readonly Grant[] | undefined {
  return user.groupsMembership?.map(({ id, groupName, groupType }) => ({
    entitlement: { kind: 'group', id: String(id), ...(hasText(groupName) && { name: groupName }) },
    ...(sameText(groupType ?? undefined, 'Directory') && { ownedByDirectory: 'the directory mapped to the vault' }),
  }));
}

export function toGroup(group: Group): Entitlement {
  return { kind: 'group', id: String(group.id), ...(hasText(group.groupName) && { name: group.groupName }) };
}

/** A safe is known by its name. */
export function toSafeGrant(safe: Safe): Grant {
  return { entitlement: { kind: 'safe', id: safe.safeName, name: safe.safeName } };
}

/** The vendor's search is "contains" over many fields, so whose session it is gets decided here; an ended one is none. */
export function liveSessionsOf(sessions: readonly Session[], username: string): readonly Live[] {
  return sessions
    .filter((session) => session.IsLive !== false && sameText(session.User ?? undefined, username))
    .map((session) => {
      const since = instantOf(session.Start);
      const detail = detailOf(session);
      return {
        id: session.SessionID,
        kind: 'psm-session',
        ...(since !== undefined && { since }),
        ...(typeof session.CanTerminate === 'boolean' && { endable: session.CanTerminate }),
        ...(detail !== '' && { detail }),
      };
    });
}

/** A row that does not say whose session it is could be anybody's. */
export function hasUnownedSession(sessions: readonly Session[]): boolean {
  return sessions.some((session) => session.IsLive !== false && !hasText(session.User));
}

export function createBody(
  wanted: NewAccount,
  options: Pick<Options, 'userType' | 'userShape'>,
): Record<string, unknown> {
  const attributes = { ...wanted.attributes };
  return {
    userType: options.userType,
    enableUser: true,
    ...inShape(attributes, namesIn(wanted), options.userShape),
    username: wanted.username,
    ...(wanted.initialPassword !== undefined && { initialPassword: wanted.initialPassword }),
  };
}

/** The wire fields that a change is about, written in the shape that the user was read in. */
export function changedFields(
  user: User,
  changes: AccountChanges,
  fallback: Options['userShape'],
): Record<string, unknown> {
  const isFlat = user.firstName !== undefined || user.lastName !== undefined || user.email !== undefined;
  const shape = isNested(user) ? 'nested' : isFlat ? 'flat' : fallback;
  const whole = { personalDetails: user.personalDetails ?? {}, internet: user.internet ?? {} };
  const merged = inShape(shape === 'nested' ? whole : {}, namesIn(changes), shape);
  const owned = new Set(Object.keys(inShape({}, namesIn(changes), shape)));
  return {
    ...changes.attributes,
    ...Object.fromEntries(Object.entries(merged).filter(([field]) => owned.has(field))),
    ...(changes.username !== undefined && { username: changes.username }),
  };
}

export function displayNameOf(user: User): string | undefined {
  const full = [nameOf(user, 'firstName'), nameOf(user, 'lastName')].filter(hasText).join(' ');
  return full === '' ? undefined : full;
}

/** The vendor's own shape, as opposed to the seed's flat one. */
export function isNested(user: User): boolean {
  return user.personalDetails != null || user.internet != null;
}

/** Null or empty: the user has none; undefined: not shown. */
export function emailOf(user: User): string | null | undefined {
  return textOf(user.email === undefined ? inside(user.internet, 'businessEmail') : user.email);
}

export function nameOf(user: User, name: 'firstName' | 'lastName'): string | null | undefined {
  return textOf(user[name] === undefined ? inside(user.personalDetails, name) : user[name]);
}

/** A writable field under the seed's name, wherever the user's shape has it; undefined: not shown. */
export function fieldOf(user: User, field: WritableField): unknown {
  if (field === 'email') return emailOf(user);
  if (field === 'firstName' || field === 'lastName') return nameOf(user, field);
  return user[field];
}

function inside(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}

interface Names {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
}

function namesIn(from: Pick<NewAccount, 'givenName' | 'familyName' | 'email'>): Names {
  return {
    ...(from.givenName !== undefined && { firstName: from.givenName }),
    ...(from.familyName !== undefined && { lastName: from.familyName }),
    ...(from.email !== undefined && { email: from.email }),
  };
}

/** Puts names and e-mail where the shape has them, beside what is already there. */
function inShape(
  fields: Readonly<Record<string, unknown>>,
  names: Names,
  shape: Options['userShape'],
): Record<string, unknown> {
  if (shape === 'flat') return { ...fields, ...names };
  const { email, ...personal } = names;
  const existing = (name: string): object => (isFields(fields[name]) ? fields[name] : {});
  return {
    ...fields,
    ...(Object.keys(personal).length > 0 && { personalDetails: { ...existing('personalDetails'), ...personal } }),
    ...(email !== undefined && { internet: { ...existing('internet'), businessEmail: email } }),
  };
}

/** Two flags that are easily mixed up: disabled by an administrator, and suspended after bad log-ons. */
function stateOf(user: User): string {
  const flags = [`enableUser=${String(user.enableUser)}`];
  if (typeof user.suspended === 'boolean') flags.push(`suspended=${String(user.suspended)}`);
  return flags.join(', ');
}

function kindOf(user: User, { serviceUserTypes }: Reading): Account['kind'] {
  if (isSaid(user.componentUser)) return 'service';
  if (!hasText(user.userType)) return undefined;
  const type = user.userType;
  return serviceUserTypes.some((one) => sameText(one, type)) ? 'service' : 'person';
}

/** Read to the side of caution, in words too: what is not plainly false is an account of the vault's own. */
function isSaid(value: unknown): boolean {
  return typeof value === 'string' ? !/^(false|no|0)?$/i.test(value) : Boolean(value);
}

/** `source` names a directory; a vault that does not show it names none. */
export function isMirrored({ source }: User): boolean {
  return hasText(source) && !sameText(source, 'CyberArk');
}

/** `source` tells; where it is not shown, a distinguished name does. A local user can have one for PKI, so `source` comes first. */
function directoryOf(user: User): string | undefined {
  const { source, distinguishedName } = user;
  if (hasText(source)) {
    if (!isMirrored(user)) return undefined;
    return hasText(distinguishedName) ? `${source} ${distinguishedName}` : source;
  }
  return hasText(distinguishedName) ? distinguishedName : undefined;
}

/** The vendor sends seconds since 1970; text is passed on as it is. */
function instantOf(start: Session['Start']): string | undefined {
  if (typeof start === 'number') return new Date(start * 1000).toISOString();
  return hasText(start) ? start : undefined;
}

function detailOf({ AccountUsername, RemoteMachine, SafeName }: Session): string {
  const parts = [
    hasText(AccountUsername) ? `as ${AccountUsername}` : '',
    hasText(RemoteMachine) ? `on ${RemoteMachine}` : '',
    hasText(SafeName) ? `from safe ${SafeName}` : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
