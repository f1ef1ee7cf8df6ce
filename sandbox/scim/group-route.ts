import type { FastifyRequest } from 'fastify';
import { Refusal } from '../core';
import type { Group } from './directory';
import { isJson, keyOf, matches, type Json } from './filter';
import { applyOperation, parsePath, readOperations, type Operation } from './patch';
import type { RouteTable } from './provider';
import { GROUP_SCHEMA, groupAttributes, groupResource, onlyAsked } from './resource';
import type { Query, Surface } from './surface';

export function groupRoutes(surface: Surface): RouteTable {
  const { directory, dialect } = surface;
  const write = (group: Group) => groupResource(group, surface);
  const find = (request: FastifyRequest): Group => {
    const group = directory.group((request.params as { id: string }).id);
    if (group === undefined) throw new Refusal(404, 'The group does not exist.');
    return group;
  };

  return {
    'GET /Groups': (request, reply) => {
      const filter = surface.filter(request, dialect.groupFilters);
      const fits = (group: Group) => !filter || matches(groupResource(group, surface), filter, dialect.filterCase);
      return reply.send(surface.list(request, directory.groups.filter(fits), write));
    },
    'GET /Groups/:id': (request, reply) => reply.send(onlyAsked(write(find(request)), request.query as Query)),
    'POST /Groups': (request, reply) => {
      const fields = named(request.body);
      if (directory.groups.some((one) => one.displayName.toLowerCase() === fields.displayName.toLowerCase()))
        throw new Refusal(409, 'A group with this displayName exists already.', 'uniqueness');
      const wanted = members(attribute(request.body, 'members') ?? [], surface);
      const group = directory.createGroup(fields);
      setMembers(surface, group, wanted);
      return reply.code(201).header('location', `${surface.root}/Groups/${group.id}`).send(write(group));
    },
    'PUT /Groups/:id': (request, reply) => {
      const group = find(request);
      const fields = named(request.body);
      setMembers(surface, group, members(attribute(request.body, 'members') ?? [], surface, idsOf(surface, group)));
      return reply.send(write(directory.changeGroup(group, fields)));
    },
    'PATCH /Groups/:id': (request, reply) => {
      const group = find(request);
      const draft: Draft = { ids: idsOf(surface, group), resource: { displayName: group.displayName } };
      for (const operation of readOperations(request.body, dialect)) apply(surface, draft, operation);
      setMembers(surface, group, draft.ids);
      const changed = directory.changeGroup(group, named(draft.resource));
      return surface.patched(reply, () => write(changed));
    },
    'DELETE /Groups/:id': (request, reply) => {
      directory.removeGroup(find(request));
      return reply.code(204).send();
    },
  };
}

/** A group while its operations are applied: all of them take effect, or none. */
interface Draft {
  ids: Set<string>;
  readonly resource: Json;
}

function apply(surface: Surface, draft: Draft, operation: Operation): void {
  const { op, path, value } = operation;
  if (path === undefined) {
    if (!isJson(value)) throw new Refusal(400, 'Without a path the value must be an object.', 'invalidValue');
    for (const [name, inner] of Object.entries(value)) {
      if (name.toLowerCase() !== 'schemas') apply(surface, draft, { op, path: name, value: inner });
    }
    return;
  }
  const target = parsePath(path, GROUP_SCHEMA);
  if (target.attribute.toLowerCase() !== 'members') applyOperation(draft.resource, operation, groupAttributes);
  else if (target.sub !== undefined) throw new Refusal(400, 'A member cannot be changed.', 'mutability');
  else if (op === 'add') for (const id of members(value, surface, draft.ids)) draft.ids.add(id);
  else if (op === 'replace') draft.ids = new Set(members(value, surface, draft.ids));
  else removeMembers({ surface, draft, operation, filter: target.filter });
}

interface Removal {
  readonly surface: Surface;
  readonly draft: Draft;
  readonly operation: Operation;
  readonly filter: ReturnType<typeof parsePath>['filter'];
}

/** The three ways in which clients take members away, and what a provider makes of them. */
function removeMembers({ surface: { dialect }, draft, operation, filter }: Removal): void {
  const { value } = operation;
  if (filter !== undefined) {
    if (dialect.filterMemberRemove === 'refused')
      throw new Refusal(400, 'Filters in a path are not supported.', 'invalidPath');
    draft.ids = new Set([...draft.ids].filter((id) => !matches({ value: id }, filter, 'exact')));
    return;
  }
  const hasValue = value !== undefined && value !== null;
  const how = hasValue ? dialect.valueArrayRemove : dialect.bareMemberRemove;
  if (how === 'refused') throw new Refusal(400, 'Members cannot be removed like this.', 'invalidValue');
  if (how === 'wipes') draft.ids.clear();
  if (how === 'accepted') for (const id of idsIn(value)) draft.ids.delete(id);
}

/** Ids of users that exist and may be members; `already` are not asked again. */
function members(value: unknown, { directory, dialect }: Surface, already: ReadonlySet<string> = new Set()): string[] {
  const ids = idsIn(value);
  for (const id of ids) {
    const user = directory.user(id);
    if (user === undefined) throw new Refusal(400, `The member ${id.slice(0, 60)} does not exist.`, 'invalidValue');
    if (!user.active && !already.has(id) && dialect.groupsForDisabled === 'refused')
      throw new Refusal(400, `User ${user.userName} is disabled and cannot be added to a group.`, 'invalidValue');
  }
  return ids;
}

function setMembers({ directory, dialect }: Surface, group: Group, ids: Iterable<string>): void {
  try {
    directory.setMembers(group, ids);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'mutability' || dialect.ownedMembers === 'mutability')
      throw error;
    throw new Refusal(403, error.body);
  }
}

function idsIn(value: unknown): string[] {
  return [value].flat().map((one) => {
    const id = isJson(one) ? one[keyOf(one, 'value') ?? ''] : undefined;
    if (typeof id !== 'string') throw new Refusal(400, 'Every member needs a value.', 'invalidValue');
    return id;
  });
}

function idsOf({ directory }: Surface, group: Group): Set<string> {
  return new Set(directory.membersOf(group.id).map((user) => user.id));
}

function named(body: unknown): { displayName: string; externalId?: string } {
  const displayName = attribute(body, 'displayName');
  const externalId = attribute(body, 'externalId');
  if (typeof displayName !== 'string' || displayName === '')
    throw new Refusal(400, 'displayName is required.', 'invalidValue');
  return { displayName, ...(typeof externalId === 'string' ? { externalId } : {}) };
}

function attribute(body: unknown, name: string): unknown {
  return isJson(body) ? body[keyOf(body, name) ?? ''] : undefined;
}
