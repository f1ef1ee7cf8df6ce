import type { FastifyRequest } from 'fastify';
import { Refusal } from '../core';
import type { ScimDialect } from './dialect';
import type { User } from './directory';
import { isJson, keyOf, matches, soleValue, type Filter, type Json } from './filter';
import { applyOperation, readOperations, type Operation } from './patch';
import { fieldsOf, onlyAsked, userAttributes, userResource, type AllFields } from './resource';
import type { RouteTable } from './provider';
import type { Query, Surface } from './surface';

export function userRoutes(surface: Surface): RouteTable {
  const { directory, dialect } = surface;
  const write = (user: User) => userResource(user, surface);
  const plainly = { directory, root: '', dialect: { ...dialect, attributeCase: 'rfc' as const } };
  const find = (request: FastifyRequest): User => {
    const user = directory.user((request.params as { id: string }).id);
    if (user === undefined) throw new Refusal(404, 'The user does not exist.');
    return user;
  };

  return {
    'GET /Users': (request, reply) => {
      const filter = surface.filter(request, dialect.userFilters);
      const row = dialect.abridgedRows ? ({ id, userName }: User) => ({ id, userName }) : write;
      return reply.send(surface.list(request, search(surface, filter), row));
    },
    'GET /Users/:id': (request, reply) => reply.send(onlyAsked(write(find(request)), request.query as Query)),
    'POST /Users': (request, reply) => {
      const user = create(surface, request.body);
      return reply.code(201).header('location', `${surface.root}/Users/${user.id}`).send(write(user));
    },
    'PUT /Users/:id': (request, reply) => {
      const user = find(request);
      const fields = fieldsOf(objectOf(request.body), dialect, user);
      const changed = change(surface, user, fields, fields.externalId !== undefined);
      if (dialect.putWipesGroups) for (const group of directory.groupsOf(user.id)) leave(surface, group.id, user.id);
      return reply.send(write(changed));
    },
    'PATCH /Users/:id': (request, reply) => {
      const user = find(request);
      const operations = readOperations(request.body, dialect).filter((one) => readsForm(one, dialect));
      const resource = structuredClone(userResource(user, plainly));
      for (const operation of operations) applyOperation(resource, operation, userAttributes);
      if (!('active' in resource)) throw new Refusal(400, 'active cannot be removed.', 'mutability');
      const named = operations.some((one) => JSON.stringify(one).includes('externalId'));
      const changed = change(surface, user, fieldsOf(resource, dialect, user), named);
      return surface.patched(reply, () => write(changed));
    },
    'DELETE /Users/:id': (request, reply) => {
      const user = find(request);
      if (dialect.deletion === 'permanent') directory.removeUser(user);
      // Vendor-apis 5.2: the on-premises connector answers 404 for a user that is disabled already.
      else if (!user.active) throw new Refusal(404, 'The user does not exist.');
      else directory.changeUser(user, { active: false });
      return reply.code(204).send();
    },
  };
}

/** Whether a change of `active` comes in a form that this provider reads. */
function readsForm({ path, value }: Operation, { patchForms, otherPatchForms }: ScimDialect): boolean {
  const isPathless = path === undefined && isJson(value) && keyOf(value, 'active') !== undefined;
  if (!isPathless && path?.toLowerCase() !== 'active') return true;
  const form = isPathless ? 'pathless' : typeof value === 'string' ? 'string' : 'path';
  if (patchForms.includes(form)) return true;
  if (otherPatchForms === 'ignored') return false;
  const status = otherPatchForms === 'not-implemented' ? 501 : 400;
  const code = otherPatchForms === 'invalidPath' ? otherPatchForms : undefined;
  throw new Refusal(status, `A change of active as ${form} is not supported.`, code);
}

function search(surface: Surface, filter: Filter | undefined): readonly User[] {
  const { directory, dialect } = surface;
  if (filter === undefined) return directory.users;
  const userName = soleValue(filter, 'userName');
  const candidates = userName === undefined ? directory.users : directory.usersNamed(userName);
  const externalId = soleValue(filter, 'externalId');
  if (externalId !== undefined) return candidates.filter((user) => user.externalId === externalId);
  return candidates.filter((user) => matches(userResource(user, surface), filter, dialect.filterCase));
}

function create(surface: Surface, body: unknown): User {
  const { directory, dialect } = surface;
  const resource = objectOf(body);
  const { userName, ...fields } = fieldsOf(resource, dialect);
  const password = resource[keyOf(resource, 'password') ?? ''];
  if (dialect.passwordRequired && (typeof password !== 'string' || password === ''))
    throw new Refusal(400, 'password is required.', 'invalidValue');
  const isBlind = fields.externalId === undefined && dialect.missingExternalId !== 'harmless';
  if (!isBlind) refuseTaken(surface, { userName, externalId: fields.externalId });
  return directory.createUser({ ...defined(fields), userName: userName ?? '' });
}

/** Names and external ids have one holder each, whatever their case. */
function refuseTaken(
  { directory }: Surface,
  wanted: { readonly userName: string | undefined; readonly externalId: string | undefined; readonly by?: User },
): void {
  const { userName, externalId, by } = wanted;
  const others = (user: User) => user.id !== by?.id;
  if (userName !== undefined && directory.usersNamed(userName).some(others))
    throw new Refusal(409, 'A user with this userName exists already.', 'uniqueness');
  if (externalId !== undefined && directory.users.some((user) => others(user) && user.externalId === externalId))
    throw new Refusal(409, 'A user with this externalId exists already.', 'uniqueness');
}

function change(surface: Surface, user: User, fields: AllFields, externalIdSent: boolean): User {
  const { directory, dialect } = surface;
  const isNew = <K extends 'userName' | 'externalId'>(name: K) =>
    fields[name] === user[name] ? undefined : fields[name];
  refuseTaken(surface, { userName: isNew('userName'), externalId: isNew('externalId'), by: user });
  const duplicates = dialect.missingExternalId === 'duplicates-on-write' && !externalIdSent;
  if (duplicates && user.externalId !== undefined)
    directory.createUser({ userName: user.userName, active: user.active });
  return directory.changeUser(user, fields);
}

function leave({ directory }: Surface, groupId: string, userId: string): void {
  const group = directory.group(groupId);
  if (group)
    directory.setMembers(
      group,
      directory.membersOf(groupId).flatMap(({ id }) => (id === userId ? [] : id)),
    );
}

function objectOf(body: unknown): Json {
  if (!isJson(body)) throw new Refusal(400, 'The body must be a resource.', 'invalidSyntax');
  return body;
}

function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
