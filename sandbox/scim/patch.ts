import { Refusal } from '../core';
import type { ScimDialect } from './dialect';
import { isJson, keyOf, matches, parseFilter, type Filter, type Json } from './filter';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: string;
  readonly value?: unknown;
}

export interface Path {
  /** Set for an attribute of an extension. */
  readonly schema?: string;
  readonly attribute: string;
  readonly filter?: Filter;
  readonly sub?: string;
}

const PATH = /^(?:(urn:[\w:.-]+):)?([A-Za-z$][\w$-]*)(?:\[(.+)\])?(?:\.([\w$]+))?$/;
const OPERATIONS = ['add', 'replace', 'remove'] as const;

/** The operations of a PatchOp message; refuses a message that RFC 7644 section 3.5.2 does not allow. */
export function readOperations(body: unknown, dialect: ScimDialect): readonly Operation[] {
  if (!isJson(body)) throw syntax('The body must be a PatchOp message.');
  const schemas = body[keyOf(body, 'schemas') ?? ''];
  if (!Array.isArray(schemas) || !schemas.includes(PATCH_SCHEMA)) throw syntax(`schemas must contain ${PATCH_SCHEMA}.`);
  const listed = body[keyOf(body, 'Operations') ?? ''];
  if (!Array.isArray(listed) || listed.length === 0) throw syntax('Operations must be a list that is not empty.');
  return (listed as unknown[]).map((one) => readOperation(one, dialect));
}

function readOperation(one: unknown, dialect: ScimDialect): Operation {
  if (!isJson(one) || typeof one['op'] !== 'string') throw syntax('Every operation needs an op.');
  const name = dialect.operationCase === 'any' ? one['op'].toLowerCase() : one['op'];
  const op = OPERATIONS.find((known) => known === name);
  if (op === undefined) throw syntax(`The op ${one['op'].slice(0, 20)} is not known.`);
  const path = one['path'];
  if (path !== undefined && typeof path !== 'string') throw new Refusal(400, 'path must be text.', 'invalidPath');
  if (op === 'remove' && path === undefined) throw new Refusal(400, 'remove needs a path.', 'noTarget');
  if (op !== 'remove' && !('value' in one)) throw new Refusal(400, `${op} needs a value.`, 'invalidValue');
  return { op, ...(path === undefined ? {} : { path }), ...('value' in one ? { value: one['value'] } : {}) };
}

export function parsePath(path: string, schemaOfCore: string): Path {
  const found = PATH.exec(path.trim());
  if (found === null) throw new Refusal(400, `The path ${path.slice(0, 80)} cannot be read.`, 'invalidPath');
  const [, schema, attribute = '', filter, sub] = found;
  return {
    attribute,
    ...(schema !== undefined && schema.toLowerCase() !== schemaOfCore.toLowerCase() ? { schema } : {}),
    ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
    ...(sub === undefined ? {} : { sub }),
  };
}

/** Which attributes a resource has: unknown ones are refused, read-only ones too. */
export interface Attributes {
  readonly schema: string;
  /** Schema of the one extension, if any. */
  readonly extension?: string;
  readonly writable: readonly string[];
  readonly readOnly: readonly string[];
}

/** Applies one operation to a resource, in place. */
export function applyOperation(resource: Json, { op, path, value }: Operation, attributes: Attributes): void {
  if (path === undefined) {
    if (!isJson(value)) throw new Refusal(400, 'Without a path the value must be an object.', 'invalidValue');
    for (const [name, inner] of Object.entries(value)) mergeAttribute({ resource, name, op, value: inner, attributes });
    return;
  }
  if (path.toLowerCase() === attributes.extension?.toLowerCase()) {
    mergeAttribute({ resource, name: path, op, value, attributes });
    return;
  }
  const target = parsePath(path, attributes.schema);
  const holder = target.schema === undefined ? resource : extension(resource, target.schema);
  const key = target.schema === undefined ? writableName(target.attribute, attributes) : target.attribute;
  if (target.filter !== undefined) changeMatching({ holder, key, op, value, target });
  else if (target.sub !== undefined) changeSub({ holder, key, op, value, sub: target.sub });
  else change({ holder, key, op, value });
}

interface Merge {
  readonly resource: Json;
  readonly name: string;
  readonly op: Operation['op'];
  readonly value: unknown;
  readonly attributes: Attributes;
}

function mergeAttribute({ resource, name, op, value, attributes }: Merge): void {
  if (name.toLowerCase() === 'schemas') return;
  if (name.startsWith('urn:')) {
    const inner = extension(resource, name);
    if (isJson(value)) Object.assign(inner, value);
    return;
  }
  if (name.includes('.')) applyOperation(resource, { op, path: name, value }, attributes);
  else change({ holder: resource, key: writableName(name, attributes), op, value });
}

interface Change {
  readonly holder: Json;
  readonly key: string;
  readonly op: Operation['op'];
  readonly value?: unknown;
}

function change({ holder, key, op, value }: Change): void {
  const held = holder[key];
  if (op === 'remove') delete holder[key];
  else if (op === 'add' && (Array.isArray(held) || Array.isArray(value)))
    holder[key] = [...((held as unknown[] | undefined) ?? []), ...[value].flat()];
  else if (op === 'add' && isJson(held) && isJson(value)) holder[key] = { ...held, ...value };
  else holder[key] = value;
}

function changeSub({ holder, key, op, value, sub }: Change & { readonly sub: string }): void {
  const held = holder[key];
  const parts = Array.isArray(held) ? held.filter(isJson) : [isJson(held) ? held : (holder[key] = {} as Json)];
  for (const part of parts) change({ holder: part, key: keyOf(part, sub) ?? sub, op, value });
}

function changeMatching({ holder, key, op, value, target }: Change & { readonly target: Path }): void {
  const held = holder[key];
  const list = Array.isArray(held) ? held.filter(isJson) : [];
  const hit = list.filter((one) => target.filter !== undefined && matches(one, target.filter, 'ignore'));
  if (hit.length === 0 && op !== 'remove') throw new Refusal(400, 'Nothing matches the path.', 'noTarget');
  if (target.sub !== undefined) for (const one of hit) change({ holder: one, key: target.sub, op, value });
  else if (op === 'remove') holder[key] = list.filter((one) => !hit.includes(one));
  else for (const one of hit) Object.assign(one, value);
}

function extension(resource: Json, schema: string): Json {
  const key = keyOf(resource, schema) ?? schema;
  const held = resource[key];
  return isJson(held) ? held : (resource[key] = {});
}

function writableName(name: string, { writable, readOnly }: Attributes): string {
  const same = (one: string) => one.toLowerCase() === name.toLowerCase();
  if (readOnly.some(same)) throw new Refusal(400, `${name} is read-only.`, 'mutability');
  const known = writable.find(same);
  if (known === undefined) throw new Refusal(400, `The attribute ${name.slice(0, 40)} is not known.`, 'invalidPath');
  return known;
}

function syntax(message: string): Refusal {
  return new Refusal(400, message, 'invalidSyntax');
}
