import { Refusal } from '../core';
import type { ScimDialect } from './dialect';

export type Json = Record<string, unknown>;

interface Comparison {
  readonly attribute: string;
  readonly operator: string;
  readonly value: unknown;
}
/** Any of the groups whose comparisons all hold: `a and b or c`. Brackets are not spoken. */
export type Filter = readonly (readonly Comparison[])[];

const COMPARISON =
  /^\s*([A-Za-z][\w.:$-]*)\s+(eq|ne|co|sw|ew|pr)\b\s*("(?:[^"\\]|\\.)*"|true|false|null|-?\d+(?:\.\d+)?)?\s*/i;
const JOINT = /^(and|or)\s+/i;

/** RFC 7644 section 3.4.2.2, without brackets and order comparisons, which none of the vendors documents. */
export function parseFilter(text: string): Filter {
  const groups: Comparison[][] = [[]];
  for (let rest = text; ;) {
    const found = COMPARISON.exec(rest);
    if (found === null) throw invalid(text);
    const [all, attribute = '', operator = '', value] = found;
    if ((value === undefined) !== (operator.toLowerCase() === 'pr')) throw invalid(text);
    const parsed =
      value === undefined ? undefined : (JSON.parse(value.toLowerCase() === value ? value : asJson(value)) as unknown);
    groups.at(-1)?.push({ attribute, operator: operator.toLowerCase(), value: parsed });
    rest = rest.slice(all.length);
    if (rest === '') return groups;
    const joint = JOINT.exec(rest);
    if (joint === null) throw invalid(text);
    if (joint[1]?.toLowerCase() === 'or') groups.push([]);
    rest = rest.slice(joint[0].length);
  }
}

/** Refuses what a vendor does not filter by, in the vendor's way. */
export function checkFilter(
  filter: Filter,
  { allowed, how }: { readonly allowed: readonly string[]; readonly how: ScimDialect['refusesFilter'] },
): void {
  const names = allowed.map((name) => name.toLowerCase());
  for (const { attribute, operator } of filter.flat())
    if (operator !== 'eq' || !names.includes(attribute.toLowerCase()))
      throw new Refusal(
        how === 'not-implemented' ? 501 : 400,
        `The filter ${attribute} ${operator} is not supported.`,
        how === 'invalidFilter' ? how : undefined,
      );
}

/** The value of a filter that is one `attribute eq "text"` and nothing else. */
export function soleValue(filter: Filter, attribute: string): string | undefined {
  const [only, ...others] = filter.flat();
  if (only === undefined || others.length > 0 || only.operator !== 'eq') return undefined;
  if (only.attribute.toLowerCase() !== attribute.toLowerCase()) return undefined;
  return typeof only.value === 'string' ? only.value : undefined;
}

export function matches(resource: Json, filter: Filter, letters: 'exact' | 'ignore'): boolean {
  return filter.some((group) => group.every((one) => holds(valuesAt(resource, one.attribute), one, letters)));
}

function holds(found: readonly unknown[], { operator, value }: Comparison, letters: 'exact' | 'ignore'): boolean {
  const fold = (one: unknown) => (typeof one === 'string' && letters === 'ignore' ? one.toLowerCase() : one);
  const wanted = fold(value);
  const test = (one: unknown): boolean => {
    const have = fold(one);
    if (operator === 'eq' || operator === 'ne') return have === wanted;
    if (typeof have !== 'string' || typeof wanted !== 'string') return false;
    if (operator === 'co') return have.includes(wanted);
    return operator === 'sw' ? have.startsWith(wanted) : have.endsWith(wanted);
  };
  if (operator === 'pr') return found.length > 0;
  return operator === 'ne' ? !found.some(test) : found.some(test);
}

/** Everything at a dotted path, names compared case aside; a list of objects stands for their `value`. */
function valuesAt(resource: Json, path: string): unknown[] {
  const parts = path.split('.');
  let values: unknown[] = [resource];
  for (const part of parts) values = values.flatMap((one) => attributeOf(one, part)).flat();
  return values.flatMap((one) => (isJson(one) ? attributeOf(one, 'value') : one)).filter((one) => one !== undefined);
}

function attributeOf(value: unknown, name: string): unknown[] {
  if (!isJson(value)) return [];
  const key = keyOf(value, name);
  return key === undefined ? [] : [value[key]];
}

export function keyOf(value: Json, name: string): string | undefined {
  return Object.keys(value).find((key) => key.toLowerCase() === name.toLowerCase());
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `True` is no JSON; a text in quotes stays as it is. */
function asJson(value: string): string {
  return value.startsWith('"') ? value : value.toLowerCase();
}

function invalid(text: string): Refusal {
  return new Refusal(400, `The filter ${text.slice(0, 80)} cannot be read.`, 'invalidFilter');
}
