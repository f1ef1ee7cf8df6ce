import { z } from 'zod';
import type { Account, Entitlement, Grant } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { AccountChanges, Live, NewAccount } from '../connector';
import type { Options } from './option';

const number = z.union([z.int(), z.string().regex(/^\d+$/)]);
const text = z.string().nullish();
const flag = z.boolean().nullish();

const groupMembershipSchema = z.looseObject({ groupID: number, groupName: text, groupType: text });

/**
 * A vault user as the vendor sends it: flat in seed 002, nested in the vendor's own documentation. Unknown fields are
 * kept, since a full replace must give them back.
 */
export const userSchema = z.looseObject({
  id: number,
  username: z.string().min(1),
  userType: text,
  source: text,
  componentUser: flag,
  enableUser: flag,
  suspended: flag,
  firstName: text,
  lastName: text,
  email: text,
  distinguishedName: text,
  personalDetails: z.looseObject({ firstName: text, lastName: text }).nullish(),
  internet: z.looseObject({ businessEmail: text }).nullish(),
  vaultAuthorization: z.array(z.string()).nullish(),
  groupsMembership: z.array(groupMembershipSchema).nullish(),
});
export type User = z.output<typeof userSchema>;

const count = z.int().nonnegative().nullish();
export const usersSchema = z.looseObject({ Users: z.array(userSchema), Total: count });

const groupSchema = z.looseObject({
  id: number,
  groupName: text,
  groupType: text,
  members: z.array(z.looseObject({ id: number, username: text })).nullish(),
});
export type Group = z.output<typeof groupSchema>;
export const groupsSchema = z.looseObject({ value: z.array(groupSchema), count, nextLink: text });

const safeSchema = z.looseObject({ safeName: z.string().min(1), safeUrlId: text });
export type Safe = z.output<typeof safeSchema>;
/** `value` as in every newer listing of the vendor; some versions answer with a bare array. */
export const safesSchema = z.union([
  z.looseObject({ value: z.array(safeSchema), count, nextLink: text }),
  z.array(safeSchema).transform((value) => ({ value, count: value.length, nextLink: undefined })),
]);

const sessionSchema = z.looseObject({
  SessionID: z.union([z.string().min(1), z.int().transform(String)]),
  User: text,
  IsLive: flag,
  CanTerminate: flag,
  Start: z.union([z.number(), z.string()]).nullish(),
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
  return user.enableUser == null || user.groupsMembership == null || emailOf(user) === undefined;
}

/** Undefined: the answer does not show the groups, which never means none. */
export function groupGrantsOf(user: User): readonly Grant[] | undefined {
  return user.groupsMembership?.map(({ groupID, groupName, groupType }) => ({
    entitlement: { kind: 'group', id: String(groupID), ...(hasText(groupName) && { name: groupName }) },
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
  return user.email === undefined ? user.internet?.businessEmail : user.email;
}

export function nameOf(user: User, name: 'firstName' | 'lastName'): string | null | undefined {
  return user[name] === undefined ? user.personalDetails?.[name] : user[name];
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
  const existing = (name: string): object => (isObject(fields[name]) ? fields[name] : {});
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
  if (user.componentUser === true) return 'service';
  if (!hasText(user.userType)) return undefined;
  const type = user.userType;
  return serviceUserTypes.some((one) => sameText(one, type)) ? 'service' : 'person';
}

/** `source` tells; where it is not shown, a distinguished name does. A local user can have one for PKI, so `source` comes first. */
function directoryOf(user: User): string | undefined {
  const { source, distinguishedName } = user;
  if (hasText(source)) {
    if (sameText(source, 'CyberArk')) return undefined;
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

function hasText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
