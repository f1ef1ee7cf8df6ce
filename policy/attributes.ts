import type { Facts } from './facts';
import type { FieldType } from './person-field';
import { readTemplate, type Template } from './template';

/** What policy sets on an account, templates still open. */
export type AttributeTemplates = ReadonlyMap<string, AttributeValue>;
type AttributeValue =
  | Template
  | { readonly list: readonly AttributeValue[] }
  | { readonly fields: AttributeTemplates }
  | { readonly plain: number | boolean | null };

/** What a policy must not set: it holds no secrets, and these Tenure sets itself. */
const notHere: readonly { readonly names: RegExp; readonly why: string }[] = [
  {
    names: /^(initial_?password|password|secret|token|api_?key)$/i,
    why: 'is a secret: Tenure makes first passwords itself and keeps none',
  },
  { names: /^(id|user_?name)$/i, why: 'is set by account.username' },
  { names: /^(enabled|active|enable_?user|status|suspended)$/i, why: 'is set by the flows' },
  { names: /^(groups|group_memberships|groups_?membership)$/i, why: 'is set by grants' },
];

export interface AttributeProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Never throws. */
export function readAttributes(
  value: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, FieldType>>,
): { readonly attributes: AttributeTemplates; readonly problems: readonly AttributeProblem[] } {
  const problems: AttributeProblem[] = [];
  for (const name of Object.keys(value)) {
    const refused = notHere.find(({ names }) => names.test(name));
    if (refused !== undefined) problems.push({ path: [name], message: `${name} ${refused.why}` });
  }
  const attributes = fieldsOf(value, { fields, path: [], problems });
  return { attributes, problems };
}

interface Place {
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly path: readonly (string | number)[];
  readonly problems: AttributeProblem[];
}

function fieldsOf(value: object, place: Place): AttributeTemplates {
  return new Map(
    Object.entries(value).map(([name, inner]) => [name, read(inner, { ...place, path: [...place.path, name] })]),
  );
}

function read(value: unknown, place: Place): AttributeValue {
  if (typeof value === 'string') {
    const found = readTemplate(value, place.fields);
    if ('template' in found) return found.template;
    place.problems.push(...found.problems.map((message) => ({ path: place.path, message })));
    return { plain: null };
  }
  if (Array.isArray(value)) {
    return { list: value.map((one, index) => read(one, { ...place, path: [...place.path, index] })) };
  }
  if (typeof value === 'object' && value !== null) return { fields: fieldsOf(value, place) };
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
    return { plain: value };
  }
  place.problems.push({ path: place.path, message: 'must be a text, a number, true, false, a list or fields' });
  return { plain: null };
}

/** The attributes of one person's account; a problem for everything that could not be filled in. */
export function fillAttributes(
  attributes: AttributeTemplates,
  facts: Facts,
): { readonly values: Readonly<Record<string, unknown>>; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const values = Object.fromEntries([...attributes].map(([name, value]) => [name, fill(value, facts, problems)]));
  return { values, problems };
}

function fill(value: AttributeValue, facts: Facts, problems: string[]): unknown {
  if ('list' in value) return value.list.map((one) => fill(one, facts, problems));
  if ('plain' in value) return value.plain;
  if ('fields' in value) {
    return Object.fromEntries([...value.fields].map(([name, inner]) => [name, fill(inner, facts, problems)]));
  }
  const filled = value.fill(facts);
  if ('text' in filled) return filled.text;
  problems.push(filled.problem);
  return undefined;
}
