import { Refusal } from '../core';
import type { Directory, Email, Group, User, UserFields } from './directory';
import type { ScimDialect } from './dialect';
import { isJson, keyOf, type Json } from './filter';
import type { Attributes } from './patch';

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

export const userAttributes: Attributes = {
  schema: USER_SCHEMA,
  extension: ENTERPRISE_SCHEMA,
  writable: [
    ...['userName', 'externalId', 'active', 'displayName', 'name', 'emails', 'title', 'phoneNumbers', 'password'],
    // Known to the schema and kept by none of the vendors: accepted and forgotten.
    ...['nickName', 'profileUrl', 'userType', 'preferredLanguage', 'locale', 'timezone', 'addresses', 'roles'],
  ],
  readOnly: ['id', 'meta', 'groups'],
};
export const groupAttributes: Attributes = {
  schema: GROUP_SCHEMA,
  writable: ['displayName', 'externalId', 'members'],
  readOnly: ['id', 'meta'],
};

const MIXED_CASE: Readonly<Record<string, string>> = {
  active: 'Active',
  displayName: 'DisplayName',
  emails: 'Emails',
  externalId: 'ExternalId',
  members: 'Members',
};

/** What a resource is written with. */
export interface Writing {
  readonly directory: Directory;
  readonly dialect: ScimDialect;
  /** The API root, for `meta.location`. */
  readonly root: string;
}

export function userResource(user: User, { directory, dialect, root }: Writing): Json {
  const { id, userName, active, displayName, externalId, name, emails, title, phoneNumbers, department, manager } =
    user;
  const held = dialect.usersShowGroups ? directory.groupsOf(id) : undefined;
  const groups = dialect.staticEmptyGroups ? [] : held;
  const isEnterprise = department !== undefined || manager !== undefined;
  return inCase(dialect, {
    schemas: isEnterprise ? [USER_SCHEMA, ENTERPRISE_SCHEMA] : [USER_SCHEMA],
    id,
    externalId,
    userName,
    name: name && { ...name, formatted: [name.givenName, name.familyName].filter(Boolean).join(' ') },
    displayName,
    emails,
    active,
    title,
    phoneNumbers,
    groups: groups?.map((group) => ({
      value: group.id,
      $ref: `${root}/Groups/${group.id}`,
      display: group.displayName,
      type: 'direct',
    })),
    ...(isEnterprise ? { [ENTERPRISE_SCHEMA]: { department, manager } } : {}),
    meta: meta('User', user, root),
  });
}

export function groupResource(group: Group, { directory, dialect, root }: Writing, withMembers = true): Json {
  const held = withMembers ? directory.membersOf(group.id) : undefined;
  const members = held?.length === 0 && dialect.emptyMembers === 'omitted' ? undefined : held;
  return inCase(dialect, {
    schemas: [GROUP_SCHEMA],
    id: group.id,
    externalId: group.externalId,
    displayName: group.displayName,
    members: members?.map((user) => ({
      value: user.id,
      $ref: `${root}/Users/${user.id}`,
      display: user.userName,
      type: 'User',
    })),
    meta: meta('Group', group, root),
  });
}

/** `attributes` and `excludedAttributes` of RFC 7644 section 3.9, top level only; `id` and `schemas` always stay. */
export function onlyAsked(resource: Json, query: Readonly<Record<string, string>>): Json {
  const list = (text: string | undefined) => text?.split(',').map((name) => name.trim().split('.')[0]?.toLowerCase());
  const wanted = list(query['attributes']);
  const unwanted = list(query['excludedAttributes']) ?? [];
  const stays = (key: string) =>
    ['id', 'schemas'].includes(key.toLowerCase()) ||
    ((wanted?.includes(key.toLowerCase()) ?? true) && !unwanted.includes(key.toLowerCase()));
  return Object.fromEntries(Object.entries(resource).filter(([key]) => stays(key)));
}

export type AllFields = { readonly [K in Exclude<keyof UserFields, 'roles'>]-?: UserFields[K] | undefined };

/** Every attribute that a resource can carry, undefined where it carries none. Refuses values of the wrong kind. */
export function fieldsOf(resource: Json, dialect: ScimDialect, held?: User): AllFields {
  const at = (name: string) => resource[keyOf(resource, name) ?? ''] ?? undefined;
  const enterprise = at(ENTERPRISE_SCHEMA);
  const inner = isJson(enterprise) ? enterprise : {};
  const name = at('name');
  return {
    userName: required(text(at('userName'), 'userName')),
    externalId: text(at('externalId'), 'externalId'),
    active: truth(at('active'), dialect, held),
    displayName: text(at('displayName'), 'displayName'),
    name: isJson(name) ? names(name) : undefined,
    emails: emails(at('emails')),
    title: text(at('title'), 'title'),
    phoneNumbers: list(at('phoneNumbers'), 'phoneNumbers'),
    department: text(inner['department'], 'department'),
    manager: manager(inner['manager']),
  };
}

function names(name: Json): NonNullable<UserFields['name']> {
  const givenName = text(name[keyOf(name, 'givenName') ?? ''], 'name.givenName');
  const familyName = text(name[keyOf(name, 'familyName') ?? ''], 'name.familyName');
  return { ...(givenName ? { givenName } : {}), ...(familyName ? { familyName } : {}) };
}

function emails(value: unknown): readonly Email[] | undefined {
  return list(value, 'emails')?.map((one) => {
    const address = text(one[keyOf(one, 'value') ?? ''], 'emails.value');
    if (address === undefined) throw new Refusal(400, 'Every e-mail needs a value.', 'invalidValue');
    const { type, primary } = one;
    const kind = typeof type === 'string' ? { type } : {};
    return { value: address, ...kind, ...(typeof primary === 'boolean' ? { primary } : {}) };
  });
}

function manager(value: unknown): { readonly value: string } | undefined {
  const id = isJson(value) ? value['value'] : value;
  return typeof id === 'string' && id !== '' ? { value: id } : undefined;
}

function truth(value: unknown, { textBooleans }: ScimDialect, held: User | undefined): boolean {
  if (value === undefined) return true;
  if (typeof value === 'boolean') return value;
  const asText = typeof value === 'string' ? value.toLowerCase() : '';
  if (textBooleans === 'refused' || !['true', 'false'].includes(asText))
    throw new Refusal(400, 'active must be true or false.', 'invalidValue');
  return textBooleans === 'ignored' ? (held?.active ?? true) : asText === 'true';
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Refusal(400, `${name} must be text.`, 'invalidValue');
  return value;
}

function required(userName: string | undefined): string {
  if (userName === undefined || userName === '') throw new Refusal(400, 'userName is required.', 'invalidValue');
  return userName;
}

function list(value: unknown, name: string): readonly Json[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(isJson)) throw new Refusal(400, `${name} must be a list.`, 'invalidValue');
  return value;
}

function meta(resourceType: 'User' | 'Group', { id, created, lastModified }: User | Group, root: string): Json {
  return { resourceType, created, lastModified, location: `${root}/${resourceType}s/${id}` };
}

function inCase(dialect: ScimDialect, resource: Json): Json {
  const given = Object.entries(resource).filter(([, value]) => value !== undefined);
  if (dialect.attributeCase === 'rfc') return Object.fromEntries(given);
  return Object.fromEntries(given.map(([key, value]) => [MIXED_CASE[key] ?? key, value]));
}
