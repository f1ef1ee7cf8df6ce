import { z } from 'zod';
import type { Account, Entitlement, Grant } from '../../domain/account';
import type { AccountChanges, NewAccount } from '../connector';
import { requiredFields, writableFields, type Options, type WritableField } from './config';

const numericId = z.union([z.int(), z.string().regex(/^\d+$/)]);

/** A user as the vendor sends it. Unknown fields are kept: a full replace must give them back. */
export const userSchema = z.looseObject({
  id: numericId,
  username: z.string().min(1),
  display_name: z.string().nullish(),
  email_address: z.string().nullish(),
  enabled: z.boolean().nullish(),
  account_type: z.string().nullish(),
  group_memberships: z.array(numericId).nullish(),
  public_key: z.string().nullish(),
  locale: z.string().nullish(),
});
export type User = z.output<typeof userSchema>;

const total = z.int().nonnegative().nullish();
export const usersSchema = z.preprocess(nobody('users'), z.looseObject({ users: z.array(userSchema), total }));

const groupSchema = z.looseObject({ id: numericId, name: z.string().nullish() });
export type Group = z.output<typeof groupSchema>;
/** Seed 000 shows no `total` for groups. */
export const groupsSchema = z.preprocess(nobody('groups'), z.looseObject({ groups: z.array(groupSchema), total }));
export type GroupNames = ReadonlyMap<string, string>;

export function toAccount(user: User, options: Pick<Options, 'serviceAccountTypes'>, names?: GroupNames): Account {
  const type = user.account_type?.toLowerCase();
  const isService = type !== undefined && options.serviceAccountTypes.some((one) => one.toLowerCase() === type);
  const isMirrored = type !== undefined && type !== '' && type !== 'local' && !isService;
  const grants = toGrants(user, names);
  return {
    id: String(user.id),
    username: user.username,
    ...(typeof user.enabled === 'boolean' && { enabled: user.enabled, vendorState: `enabled=${String(user.enabled)}` }),
    ...(hasText(user.email_address) && { email: user.email_address }),
    ...(hasText(user.display_name) && { displayName: user.display_name }),
    ...(type !== undefined && { kind: isService ? ('service' as const) : ('person' as const) }),
    ...(isMirrored && { ownedByDirectory: String(user.account_type) }),
    ...(grants !== undefined && { grants }),
  };
}

/** Undefined: the answer does not show the memberships. That never means none; a null list does. */
export function membershipsIn(user: User): readonly (number | string)[] | undefined {
  return user.group_memberships === null ? [] : user.group_memberships;
}

export function toGrants(user: User, names?: GroupNames): readonly Grant[] | undefined {
  return membershipsIn(user)?.map((id) => ({ entitlement: toGroup(String(id), names?.get(String(id))) }));
}

export function toGroup(id: string, name: string | null | undefined): Entitlement {
  return { kind: 'group', id, ...(hasText(name) && { name }) };
}

/** A row of a list that shows less than a whole user: email, state and memberships have to be asked for. */
export function isAbridged(user: User): boolean {
  return user.email_address === undefined || user.enabled == null || user.group_memberships === undefined;
}

/** What a write owns: the wire fields that it is about, and nothing else. */
export type OwnedFields = Readonly<Partial<Record<WritableField, unknown>>> & Readonly<Record<string, unknown>>;

export type Replacement =
  { readonly body: Readonly<Record<string, unknown>> } | { readonly unknown: readonly WritableField[] };

const readOnlyFields: readonly string[] = ['id', 'account_type', 'last_login', 'created_at'];

/**
 * Fields that the read did not show and that a PUT would therefore leave out, unless the write owns them or the target's
 * options allow their reset. A null flag counts as not shown; a null text or list is a value.
 */
export function missingFields(
  user: User,
  owned: OwnedFields,
  { mayReset }: Pick<Options, 'mayReset'>,
): readonly WritableField[] {
  return writableFields.filter((field) => !(field in owned) && !mayReset.includes(field) && isHidden(user, field));
}

/**
 * The body of a full replace: the user just read with the owned fields changed. Fields that are missing are named
 * instead (`unknown`) where this server's users have them; what no user of a server has cannot be reset by leaving it
 * out (`isKept`). The password is write-only and never sent.
 */
export function replacement(
  user: User,
  owned: OwnedFields,
  options: Pick<Options, 'mayReset' | 'readOnlyFields'>,
  isKept: (field: WritableField) => boolean = () => true,
): Replacement {
  const unknown = missingFields(user, owned, options).filter(
    (field) => requiredFields.includes(field) || isKept(field),
  );
  if (unknown.length > 0) return { unknown };
  const { password: _never, ...whole } = { ...user, ...owned };
  const sent = Object.entries(whole).filter(
    ([field, value]) =>
      value !== undefined && (options.readOnlyFields === 'echo' || !readOnlyFields.includes(field) || field in owned),
  );
  return { body: Object.fromEntries(sent) };
}

/** Whether the user already is what the write wants. */
export function alreadyHas(user: User, owned: OwnedFields): boolean {
  return Object.entries(owned).every(([field, wanted]) => {
    const actual = field === 'group_memberships' ? membershipsIn(user) : user[field];
    return sameValue(actual, wanted);
  });
}

/** What the vendor itself counts up or notes with every write, by any of its usual names. */
const bookkeeping =
  /(^|_)(at|by|on|time|date|login|updated|modified|changed|version|revision|etag)$|^(id|account_type)$/i;

export interface SideEffect {
  /** Fields of seed 000 that read otherwise after a write that was not about them. */
  readonly writable: readonly WritableField[];
  /** Fields that nobody documents; some vendors derive them from the one that was written. */
  readonly other: readonly string[];
}

/** What a write changed beside its own fields (vendor-apis 2.6). A field that one of the reads lacks tells nothing. */
export function sideEffect(before: User, after: User, owned: OwnedFields): SideEffect {
  const changed = Object.keys(before).filter(
    (field) =>
      !(field in owned) && !bookkeeping.test(field) && field in after && !sameSetting(before[field], after[field]),
  );
  const isWritable = (field: string): field is WritableField => (writableFields as readonly string[]).includes(field);
  return { writable: changed.filter(isWritable), other: changed.filter((field) => !isWritable(field)) };
}

/** Nothing, an empty text and an empty list are one: vendors store the one and show the other. */
function sameSetting(a: unknown, b: unknown): boolean {
  const isNothing = (value: unknown) => value == null || value === '' || (Array.isArray(value) && value.length === 0);
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  return Array.isArray(a) || typeof a !== 'object' ? sameValue(a, b) : JSON.stringify(a) === JSON.stringify(b);
}

function sameValue(actual: unknown, wanted: unknown): boolean {
  if (!Array.isArray(wanted) || !Array.isArray(actual)) return actual === wanted;
  const keyOf = (one: unknown) => (typeof one === 'string' ? one : JSON.stringify(one));
  const held = new Set(actual.map(keyOf));
  return held.size === new Set(wanted.map(keyOf)).size && wanted.every((one) => held.has(keyOf(one)));
}

/** The memberships without those that go, in the vendor's own form and order. */
export function membershipsWithout(
  user: User,
  groupIds: ReadonlySet<string>,
): readonly (number | string)[] | undefined {
  return membershipsIn(user)?.filter((id) => !groupIds.has(String(id)));
}

export function createBody(wanted: NewAccount, options: Pick<Options, 'accountType'>): Record<string, unknown> {
  return {
    account_type: options.accountType,
    ...wanted.attributes,
    username: wanted.username,
    display_name: displayNameOf(wanted) ?? wanted.username,
    ...(wanted.email !== undefined && { email_address: wanted.email }),
    ...(wanted.initialPassword !== undefined && { password: wanted.initialPassword }),
  };
}

export function changedFields(changes: AccountChanges): OwnedFields {
  return {
    ...changes.attributes,
    ...(changes.username !== undefined && { username: changes.username }),
    ...(changes.email !== undefined && { email_address: changes.email }),
    ...(displayNameOf(changes) !== undefined && { display_name: displayNameOf(changes) }),
  };
}

/** The vendor keeps one name: the display name, else given and family name put together. */
function displayNameOf(names: Pick<AccountChanges, 'displayName' | 'givenName' | 'familyName'>): string | undefined {
  if (names.displayName !== undefined) return names.displayName;
  return names.givenName !== undefined && names.familyName !== undefined
    ? `${names.givenName} ${names.familyName}`
    : undefined;
}

function isHidden(user: User, field: WritableField): boolean {
  const value = user[field];
  return value === undefined || (value === null && field === 'enabled');
}

/** Null or absent rows are nobody where the total says 0, and only there: `{}` may be anything. */
function nobody(rows: 'users' | 'groups'): (body: unknown) => unknown {
  return (body) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    const page = body as Readonly<Record<string, unknown>>;
    return page[rows] == null && page['total'] === 0 ? { ...page, [rows]: [] } : body;
  };
}

function hasText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
