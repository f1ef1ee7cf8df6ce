import { z } from 'zod';
import type { Account, Entitlement, Grant } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { AccountChanges, Live, NewAccount } from '../connector';
import type { Options } from './config';

const id = z.string().min(1);
const text = z.string().nullish();
const email = z.looseObject({ value: z.string(), primary: z.boolean().nullish() });
/** Seed 003 says "array of objects" and no more; SCIM's and REST's words for the two fields are both understood. */
const heldGroup = z
  .looseObject({ id: text, value: text, name: text, display: text })
  .refine((group) => hasText(group.id) || hasText(group.value), 'a group needs an id');

/** A user as the vendor sends it (seed 003, "User object"). */
export const userSchema = z.looseObject({
  id,
  userName: z.string().min(1),
  displayName: text,
  name: z.looseObject({ givenName: text, familyName: text }).nullish(),
  emails: z.array(email).nullish(),
  active: z.boolean().nullish(),
  externalId: text,
  groups: z.array(heldGroup).nullish(),
  roles: z.array(z.string()).nullish(),
});
export type User = z.output<typeof userSchema>;

/** A write may answer with nothing (204) or with part of the user. */
export const writtenSchema = z.union([userSchema.partial(), z.null(), z.undefined(), z.literal('')]);
export type Written = z.output<typeof writtenSchema>;

const sessionSchema = z.looseObject({ id, userId: id, status: text, startedAt: text });
export type Session = z.output<typeof sessionSchema>;

const page = <T extends z.ZodType>(row: T) =>
  z.looseObject({ data: z.array(row), total: z.int().nonnegative().nullish() });
export const usersSchema = page(userSchema);
export const sessionsSchema = page(sessionSchema);

export function toAccount(user: User): Account {
  const grants = [...(rolesOf(user) ?? []).map(toRoleGrant), ...(groupsOf(user) ?? [])];
  const email = primaryEmail(user);
  return {
    id: user.id,
    username: user.userName,
    ...(typeof user.active === 'boolean' && { enabled: user.active, vendorState: `active=${String(user.active)}` }),
    ...(hasText(email) && { email }),
    ...(hasText(user.displayName) && { displayName: user.displayName }),
    ...(hasText(user.externalId) && { externalId: user.externalId }),
    ...(rolesOf(user) !== undefined && groupsOf(user) !== undefined && { grants }),
  };
}

/** Undefined: the answer does not show them. That never means none. */
export function rolesOf(user: User): readonly string[] | undefined {
  return user.roles ?? undefined;
}

/** Groups as the REST surface shows them, read-only there. Undefined: the answer does not show them. */
export function groupsOf(user: User): readonly Grant[] | undefined {
  return user.groups?.map((group) => {
    const name = firstText(group.name, group.display);
    return {
      entitlement: { kind: 'group', id: firstText(group.id, group.value) ?? '', ...(hasText(name) && { name }) },
    };
  });
}

/** A role has no id of its own: its name is what the vendor takes. */
export function toRole(name: string): Entitlement {
  return { kind: 'role', id: name, name };
}
export function toRoleGrant(name: string): Grant {
  return { entitlement: toRole(name) };
}

/** A row of a list that shows less than a whole user, as the seed's example does. */
export function isAbridged(user: User): boolean {
  return user.active == null || user.roles == null || user.emails == null;
}

/** `emails` always: the field table requires it although the example leaves it out. */
export function createBody(wanted: NewAccount & { readonly email: string; readonly externalId: string }): Fields {
  return {
    active: true,
    ...wanted.attributes,
    userName: wanted.username,
    displayName: wanted.displayName ?? joinedName(wanted) ?? wanted.username,
    emails: [{ value: wanted.email, primary: true }],
    externalId: wanted.externalId,
    ...nameField(undefined, wanted),
    ...jobFields(wanted),
    ...(wanted.initialPassword !== undefined && { password: wanted.initialPassword }),
  };
}

export type Fields = Readonly<Record<string, unknown>>;

/** Only the fields that differ from what was read; e-mail addresses and names keep the parts that are not changed. */
export function changedFields(user: User, changes: AccountChanges): Fields {
  const wanted: Record<string, unknown> = {
    ...changes.attributes,
    ...(changes.username !== undefined && { userName: changes.username }),
    ...(changes.displayName !== undefined && { displayName: changes.displayName }),
    ...(changes.externalId !== undefined && { externalId: changes.externalId }),
    ...(changes.email !== undefined && { emails: withPrimaryEmail(user, changes.email) }),
    ...nameField(user, changes),
    ...jobFields(changes),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([field, value]) => !sameJson(user[field], value)));
}

/** Whether the vendor shows every wanted value; fields inside objects that we did not name may differ. */
export function shows(user: Fields, wanted: Fields): boolean {
  return Object.entries(wanted).every(([field, value]) => covers(user[field], value));
}

export function primaryEmail(user: User): string | undefined {
  return (user.emails?.find((one) => one.primary === true) ?? user.emails?.[0])?.value;
}

/** Live unless its own state says that it is over; a state that is not shown proves nothing. */
export function isLive(session: Session, options: Pick<Options, 'endedStates'>): boolean {
  return !options.endedStates.some((state) => sameText(state, session.status ?? undefined));
}
export function toLive(session: Session): Live {
  return {
    id: session.id,
    kind: 'session',
    ...(hasText(session.startedAt) && { since: session.startedAt }),
    ...(hasText(session.status) && { detail: session.status }),
  };
}

function withPrimaryEmail(user: User, address: string): unknown {
  const current = primaryEmail(user);
  if (sameText(current, address)) return user.emails;
  const others = (user.emails ?? []).filter((one) => one.value !== current && !sameText(one.value, address));
  return [{ value: address, primary: true }, ...others];
}

function nameField(user: User | undefined, names: Pick<AccountChanges, 'givenName' | 'familyName'>): Fields {
  const { givenName, familyName } = names;
  if (givenName === undefined && familyName === undefined) return {};
  const given = givenName !== undefined && { givenName };
  const family = familyName !== undefined && { familyName };
  return { name: { ...user?.name, ...given, ...family } };
}

/** The manager is named by the id of their own user (seed 003, "User object"). */
function jobFields({ department, title, manager }: Pick<AccountChanges, 'department' | 'title' | 'manager'>): Fields {
  return {
    ...(department !== undefined && { department }),
    ...(title !== undefined && { title }),
    ...(manager !== undefined && { manager: { value: manager } }),
  };
}

function joinedName({ givenName, familyName }: Pick<NewAccount, 'givenName' | 'familyName'>): string | undefined {
  return givenName !== undefined && familyName !== undefined ? `${givenName} ${familyName}` : undefined;
}

function sameJson(a: unknown, b: unknown): boolean {
  return covers(a, b) && covers(b, a);
}

function covers(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((one) => actual.some((other) => covers(other, one)))
    );
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(([field, value]) => covers((actual as Fields)[field], value));
}

function firstText(...values: readonly (string | null | undefined)[]): string | undefined {
  return values.find((value) => hasText(value)) ?? undefined;
}

function hasText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
