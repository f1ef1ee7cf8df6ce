import { z } from 'zod';
import type { Account, Entitlement, Grant } from '../../domain/account';
import type { AccountChanges, NewAccount } from '../connector';
import { writableFields, type Options, type WritableField } from './config';

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

export const usersSchema = z.looseObject({ users: z.array(userSchema), total: z.int().nonnegative().optional() });

const groupSchema = z.looseObject({ id: numericId, name: z.string().nullish() });
export type Group = z.output<typeof groupSchema>;
/** Seed 000 shows no `total` for groups. */
export const groupsSchema = z.looseObject({ groups: z.array(groupSchema), total: z.int().nonnegative().optional() });
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

/** Undefined: the answer does not show the memberships. That never means none. */
export function toGrants(user: User, names?: GroupNames): readonly Grant[] | undefined {
  return user.group_memberships?.map((id) => ({ entitlement: toGroup(String(id), names?.get(String(id))) }));
}

export function toGroup(id: string, name: string | null | undefined): Entitlement {
  return { kind: 'group', id, ...(hasText(name) && { name }) };
}

/** A row of a list that shows less than a whole user: email, state and memberships have to be asked for. */
export function isAbridged(user: User): boolean {
  return user.email_address === undefined || user.enabled == null || user.group_memberships == null;
}

/** What a write owns: the wire fields that it is about, and nothing else. */
export type OwnedFields = Readonly<Partial<Record<WritableField, unknown>>> & Readonly<Record<string, unknown>>;

export type Replacement =
  { readonly body: Readonly<Record<string, unknown>> } | { readonly unknown: readonly WritableField[] };

const readOnlyFields: readonly string[] = ['id', 'account_type', 'last_login', 'created_at'];

/**
 * The body of a full replace: the user just read with the owned fields changed. Fields that the read did not show
 * and that the PUT would reset are named instead (`unknown`), unless the write owns them or the target's options
 * allow it. A null list or flag counts as not shown; a null text is a value. The password is write-only and never sent.
 */
export function replacement(
  user: User,
  owned: OwnedFields,
  options: Pick<Options, 'mayReset' | 'readOnlyFields'>,
): Replacement {
  const unknown = writableFields.filter(
    (field) => !(field in owned) && !options.mayReset.includes(field) && isHidden(user, field),
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
    const actual = user[field];
    if (!Array.isArray(wanted) || !Array.isArray(actual)) return actual === wanted;
    const held = new Set(actual.map(String));
    return held.size === new Set(wanted.map(String)).size && wanted.every((one) => held.has(String(one)));
  });
}

/** The memberships without those that go, in the vendor's own form and order. */
export function membershipsWithout(
  user: User,
  groupIds: ReadonlySet<string>,
): readonly (number | string)[] | undefined {
  return user.group_memberships?.filter((id) => !groupIds.has(String(id)));
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
  return value === undefined || (value === null && (field === 'enabled' || field === 'group_memberships'));
}

function hasText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
