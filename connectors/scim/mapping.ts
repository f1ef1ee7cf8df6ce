import { isDeepStrictEqual } from 'node:util';
import type { Account, Grant } from '../../domain/account';
import type { AccountChanges, NewAccount, PersonFields } from '../connector';
import type { PatchOperation } from './client';
import type { Quirks } from './quirk';
import { lowerNames, type User } from './wire';

const userSchemaName = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export function toAccount(user: User, quirks: Quirks): Account {
  const { active, displayname, externalid, usertype, groups } = user;
  const email = emailOf(user);
  const service = quirks.serviceUserTypes.some((type) => type.toLowerCase() === usertype?.toLowerCase());
  return {
    ...{ id: user.id, username: user.username },
    ...(active !== undefined && { enabled: active, vendorState: `active=${String(active)}` }),
    ...(email !== undefined && { email }),
    ...(displayname !== undefined && { displayName: displayname }),
    ...(externalid !== undefined && { externalId: externalid }),
    ...(usertype !== undefined && { kind: service ? ('service' as const) : ('person' as const) }),
    ...(groups !== undefined && !isDoubtful(groups, quirks) && { grants: groups.map(toGrant) }),
  };
}

/** An empty list of groups that proves nothing: servers that keep memberships with the groups alone show one, always. */
export function isDoubtful(groups: readonly unknown[], { emptyGroups }: Pick<Quirks, 'emptyGroups'>): boolean {
  return groups.length === 0 && emptyGroups === 'unknown';
}

export function toGrant({ value, display }: NonNullable<User['groups']>[number]): Grant {
  return { entitlement: { kind: 'group', id: value, ...(display !== undefined && { name: display }) } };
}

function emailOf({ emails }: User): string | undefined {
  return (emails?.find((email) => 'primary' in email && email.primary === true) ?? emails?.[0])?.value;
}

/** A new user; `attributes` come as policy has them and win over nothing that Tenure sets itself. */
export function newUser(wanted: NewAccount, quirks: Quirks): Readonly<Record<string, unknown>> {
  const { username, email, displayName, givenName, familyName, externalId, initialPassword, attributes } = wanted;
  const name = { ...(givenName !== undefined && { givenName }), ...(familyName !== undefined && { familyName }) };
  const sendsPassword = initialPassword !== undefined && quirks.password !== 'never';
  const given = { ...jobAttributes(wanted), ...attributes };
  const extensions = Object.keys(nested(given)).filter((key) => key.startsWith('urn:'));
  return {
    ...nested(given),
    ...{ schemas: [userSchemaName, ...extensions], userName: username, active: true },
    ...(externalId !== undefined && { externalId }),
    ...(displayName !== undefined && { displayName }),
    ...(Object.keys(name).length > 0 && { name }),
    ...(email !== undefined && { emails: [{ value: email, type: 'work', primary: true }] }),
    ...(sendsPassword && { password: initialPassword }),
  };
}

export function activeOperation(enabled: boolean, { activeStyle }: Pick<Quirks, 'activeStyle'>): PatchOperation {
  switch (activeStyle) {
    case 'path':
      return { op: 'replace', path: 'active', value: enabled };
    case 'pathless':
      return { op: 'replace', value: { active: enabled } };
    case 'string':
      return { op: 'replace', path: 'active', value: enabled ? 'True' : 'False' };
  }
}

/** Never a removal of the bare attribute `members`: that empties the group. */
export function memberOperation(op: 'add' | 'remove', userId: string, { memberRemove }: Quirks): PatchOperation {
  if (userId === '') throw new Error('a member without an id would name all members');
  if (op === 'add' || memberRemove === 'value-array') return { op, path: 'members', value: [{ value: userId }] };
  return { op, path: `members[value eq ${quoted(userId)}]` };
}

/** A filter or path value; RFC 7644 3.4.2.2 takes it from JSON. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

/** Job, department and manager by their paths (RFC 7643 4.1.1, 4.3); the manager is a reference to another user. */
function jobAttributes({ department, title, manager }: PersonFields): Readonly<Record<string, unknown>> {
  return {
    ...(title !== undefined && { title }),
    ...(department !== undefined && { [`${enterprise}:department`]: department }),
    ...(manager !== undefined && { [`${enterprise}:manager`]: { value: manager } }),
  };
}

/** Paths, as policy writes them for a PATCH, as the tree that a POST wants. */
function nested(byPath: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const tree: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(byPath)) {
    const steps = stepsOf(path);
    const last = steps.pop() ?? path;
    const place = steps.reduce<Record<string, unknown>>((at, step) => {
      const inner = at[step];
      const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
      return (at[step] = { ...next });
    }, tree);
    place[last] = value;
  }
  return tree;
}

/** One field to change: what is written and how to see whether it holds. */
export interface FieldChange {
  readonly name: string;
  /** How it reads before; undefined where it is not shown. */
  readonly from?: unknown;
  /** An attribute that servers are free to leave out of their schema: one that is not shown afterwards is not kept. */
  readonly mayBeUnkept?: true;
  readonly operation: PatchOperation;
  /** Undefined: the field is not shown. */
  holds(user: User): boolean | undefined;
}

export function fieldChanges(changes: AccountChanges, before: User): readonly FieldChange[] {
  const { email, attributes = {} } = changes;
  const texts: readonly [string, string | undefined, (user: User) => string | undefined][] = [
    ['userName', changes.username, (user) => user.username],
    ['displayName', changes.displayName, (user) => user.displayname],
    ['externalId', changes.externalId, (user) => user.externalid],
    ['name.givenName', changes.givenName, (user) => user.name?.givenname],
    ['name.familyName', changes.familyName, (user) => user.name?.familyname],
  ];
  return [
    ...texts.flatMap(([path, value, read]) =>
      value === undefined ? [] : [{ ...textChange(path, value, read), from: read(before) }],
    ),
    ...(email === undefined ? [] : [emailChange(email, before)]),
    ...Object.entries(jobAttributes(changes)).map(([path, value]) => ({
      ...attributeChange(path, value, before),
      mayBeUnkept: true as const,
    })),
    ...Object.entries(attributes).map(([path, value]) => attributeChange(path, value, before)),
  ];
}

function textChange(path: string, value: string, read: (user: User) => string | undefined): FieldChange {
  return {
    name: path,
    operation: { op: 'replace', path, value },
    holds: (user) => (read(user) === undefined ? undefined : read(user) === value),
  };
}

/** The other addresses stay: `emails` is one attribute, and replacing it replaces them all. */
function emailChange(email: string, { emails: shown }: User): FieldChange {
  const emails = shown ?? [];
  const main = emails.findIndex((one) => 'primary' in one && one.primary === true);
  const others = emails.filter((_one, index) => index !== (main < 0 ? 0 : main));
  const value = [{ value: email, type: 'work', primary: true }, ...others];
  return {
    name: 'emails',
    from: shown,
    operation: { op: 'replace', path: 'emails', value },
    holds: (user) => (user.emails === undefined ? undefined : emailOf(user) === email),
  };
}

function attributeChange(path: string, value: unknown, before: User): FieldChange {
  return {
    name: path,
    from: valueAt(before, path.toLowerCase()),
    operation: { op: 'replace', path, value },
    holds(user) {
      const shown = valueAt(user, path.toLowerCase());
      return shown === undefined || shown === null ? undefined : covers(shown, lowerNames(value));
    },
  };
}

/** `title`, `name.formatted`, or an attribute of an extension: `urn:…:User:department`. */
export function valueAt(user: User, path: string): unknown {
  return stepsOf(path).reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    user,
  );
}

export function stepsOf(path: string): string[] {
  const colon = path.lastIndexOf(':');
  return colon < 0 ? path.split('.') : [path.slice(0, colon), ...path.slice(colon + 1).split('.')];
}

/** Servers add to complex values: the manager's name and address beside the reference. */
function covers(shown: unknown, wanted: unknown): boolean {
  if (!isObject(wanted) || !isObject(shown)) return isDeepStrictEqual(shown, wanted);
  return Object.entries(wanted).every(([name, value]) => covers(shown[name], value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
