import { Refusal } from '../core';
import type { DelineaTenant, User, UserFields } from '../delinea-tenant';
import type { Dialect } from './route';

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isList: Check = (value) => Array.isArray(value);
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The writable fields of the seed's field table. */
const writable: Readonly<Record<keyof UserFields, Check>> = {
  userName: isText,
  displayName: isText,
  name: isObject,
  emails: isList,
  active: (value) => typeof value === 'boolean',
  externalId: isText,
  roles: isList,
  phoneNumbers: isList,
  title: isText,
  department: isText,
  manager: isObject,
};
const readOnly = ['id', 'groups', 'meta'];

/** The fields of a body that a user keeps; fields that the platform does not know are dropped without a word. */
export function fieldsOf(body: Readonly<Record<string, unknown>>): UserFields {
  const fixed = readOnly.filter((field) => field in body);
  if (fixed.length > 0) throw new Refusal(400, `${fixed.join(', ')} cannot be changed.`);
  const known = Object.entries(body).filter(([field]) => field in writable);
  for (const [field, value] of known)
    if (!writable[field as keyof UserFields](value)) throw new Refusal(400, `${field} has the wrong type.`);
  return Object.fromEntries(known);
}

/** A user as the API shows it, with what this client may see. */
export function shown(tenant: DelineaTenant, user: User, { hiddenFields, shapes }: Dialect, isRow = false): unknown {
  const { created, lastModified, ...fields } = user;
  const row = { id: user.id, userName: user.userName, active: user.active };
  const groups = tenant.directory.groupsOf(user.id).map(({ id, displayName }) => groupAs[shapes](id, displayName));
  const roles = fields.roles?.map((role) => roleAs[shapes](role));
  const emails = fields.emails?.map((email) => (shapes === 'texts' ? (email as { value?: unknown }).value : email));
  const whole = {
    ...fields,
    groups,
    ...(roles && { roles }),
    ...(emails && { emails }),
    meta: { created, lastModified },
  };
  return Object.fromEntries(Object.entries(isRow ? row : whole).filter(([field]) => !hiddenFields.includes(field)));
}

/** `seed` is what the field table comes nearest to. */
export type Shapes = 'seed' | 'long' | 'scim' | 'names' | 'texts' | 'unreadable';

const groupAs: Readonly<Record<Shapes, (id: string, name: string) => unknown>> = {
  seed: (id, name) => ({ id, name }),
  long: (groupId, groupName) => ({ groupId, groupName }),
  scim: (value, display) => ({ value, display }),
  names: (_id, name) => ({ name }),
  texts: (_id, name) => name,
  unreadable: (id) => ({ link: `/groups/${id}` }),
};
const roleAs: Readonly<Record<Shapes, (role: string) => unknown>> = {
  seed: (role) => role,
  long: (name) => ({ id: `role-${name.length}`, name }),
  scim: (value) => ({ value }),
  names: (name) => ({ name }),
  texts: (role) => role,
  unreadable: (role) => [role],
};
