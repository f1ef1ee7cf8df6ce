import { z } from 'zod';
import type { Account, Entitlement, Grant } from '../../domain/account';
import { sameText } from '../../domain/correlation';
import type { AccountChanges, Live, NewAccount } from '../connector';
import type { Options } from './config';

/**
 * Seed 003 gives names and rough types of the fields and no more ("array of objects"), and platform versions differ: a
 * field that cannot be read counts as not shown and never makes the whole user unreadable.
 */
const word = z.union([z.string().min(1), z.number().transform(String)]);
const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);
const email = z.looseObject({ value: z.string(), primary: z.boolean().nullish().catch(undefined) });
type Email = z.output<typeof email>;

/**
 * Addresses only name somebody: those that cannot be read are left out, and bare texts are as good as objects, the first
 * of them the primary one. Where there are some and none can be read, they are not shown.
 */
const emails = z
  .array(z.unknown())
  .transform((shown): readonly Email[] | undefined => {
    const read = shown.flatMap((one, index) => {
      const whole = typeof one === 'string' ? { value: one, primary: index === 0 } : one;
      return email.safeParse(whole).data ?? [];
    });
    return read.length === 0 && shown.length > 0 ? undefined : read;
  })
  .nullish()
  .catch(undefined);

interface Held {
  readonly id: string;
  readonly name?: string | undefined;
}
/** SCIM's words, REST's and the long ones; a bare text is all that is known of the group. */
const heldGroup = z.union([
  word.transform((name): Held => ({ id: name, name })),
  z
    .looseObject({ id: text, value: text, groupId: text, name: text, display: text, groupName: text })
    .transform(({ id, value, groupId, name, display, groupName }, context): Held => {
      const shownName = firstText(name, display, groupName);
      const shownId = firstText(id, value, groupId) ?? shownName;
      if (shownId !== undefined) return { id: shownId, name: shownName };
      context.addIssue('a group needs an id or a name');
      return z.NEVER;
    }),
]);
/** A role has no id of its own (seed 003: "array of strings"): its name is what the vendor takes. */
const heldRole = z.union([
  z.string().min(1),
  z.looseObject({ name: text, value: text, display: text }).transform(({ name, value, display }, context) => {
    const shown = firstText(name, value, display);
    if (shown !== undefined) return shown;
    context.addIssue('a role needs a name');
    return z.NEVER;
  }),
]);

/** A user as the vendor sends it (seed 003, "User object"). One grant that cannot be read hides its list: it is never left out. */
export const userSchema = z.looseObject({
  id: word,
  userName: word,
  displayName: text,
  name: z.looseObject({ givenName: text, familyName: text }).nullish().catch(undefined),
  emails,
  active: z.boolean().nullish().catch(undefined),
  externalId: text,
  groups: z.array(heldGroup).nullish().catch(undefined),
  roles: z.array(heldRole).nullish().catch(undefined),
});
export type User = z.output<typeof userSchema>;

/** A write may answer with nothing (204) or with part of the user. */
export const writtenSchema = z.union([userSchema.partial(), z.null(), z.undefined(), z.literal('')]);
export type Written = z.output<typeof writtenSchema>;

const moment = z
  .union([z.string(), z.number().transform(isoOf)])
  .nullish()
  .catch(undefined);
const sessionSchema = z.looseObject({ id: word, userId: word, status: text, startedAt: moment });
export type Session = z.output<typeof sessionSchema>;

/** A total that is no count (text, -1 for "not known") is only a hint less. */
const total = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+$/).transform(Number)])
  .nullish()
  .catch(undefined);
const page = <T extends z.ZodType>(row: T) => z.looseObject({ data: z.array(row), total });
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
  return user.groups?.map(({ id, name }) => ({
    entitlement: { kind: 'group', id, ...(hasText(name) && { name }) },
  }));
}

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

/** Seconds or milliseconds since 1970, whichever gives a date of this age. */
function isoOf(value: number): string {
  const date = new Date(Math.abs(value) < 1e11 ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
}

function firstText(...values: readonly (string | null | undefined)[]): string | undefined {
  return values.find((value) => hasText(value)) ?? undefined;
}

function hasText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
