import { canonicalJson } from '../hash';
import { grantName } from './summary';
import { fieldOf } from './wording';

/** One line of a before and after: each side as short texts, absent where nothing was read. */
export interface ComparedField {
  readonly name: string;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly differs: boolean;
}

/** The account is named beside the table; when the image was read is not a fact about the account. */
const elsewhere = ['id', 'username', 'readAt'];

/** Sets the image from before a step against what reading back showed; a side that does not name a field did not read it. */
export function compare(before: unknown, after: unknown): readonly ComparedField[] {
  const [one, other] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(other), ...Object.keys(one)])].filter((name) => !elsewhere.includes(name));
  return names.map((name) => ({
    name,
    ...(Object.hasOwn(one, name) ? { before: words(one[name]) } : {}),
    ...(Object.hasOwn(other, name) ? { after: words(other[name]) } : {}),
    differs:
      Object.hasOwn(one, name) && Object.hasOwn(other, name) && canonicalJson(one[name]) !== canonicalJson(other[name]),
  }));
}

/** Steps say what they saw in the form that fits them: an image of an account, a list of grants, or one word. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (Array.isArray(value)) return { grants: value };
  if (typeof value !== 'object') return { state: value };
  const account = fieldOf(value, 'account');
  if (typeof account !== 'object' || account === null) return value as Record<string, unknown>;
  const { account: _, ...rest } = value as Record<string, unknown>;
  return { ...account, ...rest };
}

function words(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'object' ? grantName(one) : String(one)));
  if (typeof value === 'object' && value !== null) return [canonicalJson(value)];
  return [String(value)];
}
