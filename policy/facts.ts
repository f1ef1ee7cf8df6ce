import type { CelInput } from '@bufbuild/cel';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Person } from '../domain/person';

/** Longer lists of a person are not gone through: a condition must end soon, whatever HR sends. */
const longestList = 500;
const deepest = 8;

/** What conditions are asked about: one person at one moment. */
export interface Facts {
  readonly person: Person;
  /** UTC, ISO 8601. */
  readonly at: string;
  /** The same for the language of conditions. */
  readonly bindings: { readonly person: CelInput; readonly now: CelInput };
}

export function factsOf({ person, at }: { readonly person: Person; readonly at: string }): Facts {
  const known = celOf(person, 0);
  return {
    person,
    at,
    bindings: { person: known instanceof Map ? known : new Map(), now: timestampFromDate(new Date(at)) },
  };
}

/** What stands at a path below the person; null and anything that JSON cannot say is absent. */
export function valueAt({ person }: Pick<Facts, 'person'>, path: readonly string[]): unknown {
  let value: unknown = person;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value === null || typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

/** Whole numbers become CEL's integers; what is absent stays absent, never empty. */
function celOf(value: unknown, depth: number): CelInput | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'object':
      return value === null || depth > deepest ? undefined : holderOf(value, depth);
    default:
      return undefined;
  }
}

function holderOf(value: object, depth: number): CelInput {
  if (Array.isArray(value)) {
    return value
      .slice(0, longestList)
      .map((one) => celOf(one, depth + 1))
      .filter((one) => one !== undefined);
  }
  const entries = Object.entries(value).flatMap(([name, inner]): [string, CelInput][] => {
    const known = celOf(inner, depth + 1);
    return known === undefined ? [] : [[name, known]];
  });
  return new Map(entries);
}
