import { fieldOf, isNested, type User } from './mapping';
import { nestedFields, writableFields, type Options, type WritableField } from './option';

/** What a write owns: the wire fields that it is about, and nothing else. */
export type OwnedFields = Readonly<Record<string, unknown>>;

export type Replacement =
  /** `without`: fields that the vault does not have, as far as can be seen. */
  | { readonly body: Readonly<Record<string, unknown>>; readonly without?: readonly WritableField[] }
  /** Fields that the read did not show and that the PUT would reset. */
  | { readonly unknown: readonly WritableField[] };

/**
 * Fields that the vault keeps by itself and refuses, or ignores, in a PUT (vendor-apis 4.2; `suspended` is read-only by
 * seed 002). `authenticationMethod` is not among them: the seed lets it be written, so leaving it out may reset it.
 */
const readOnlyFields: readonly string[] = [
  'id',
  'source',
  'componentUser',
  'lastSuccessfulLoginDate',
  'groupsMembership',
  'suspended',
  'UUID',
];

/** Lists and flags for which null is no value: nothing can be told from it. */
const neverNull: readonly WritableField[] = [
  'userType',
  'enableUser',
  'changePassOnNextLogon',
  'passwordNeverExpires',
  'authenticationMethod',
];

/** Fields that every version shows; without them nothing can be said of a user. */
const neverAbsent: readonly WritableField[] = ['userType', 'enableUser'];

/**
 * The body of `PUT /Users/{id}`, which replaces the whole user: what was just read, without the read-only fields and
 * with the owned ones changed. It is refused (`unknown`) while a field that it would reset was not shown, unless the
 * write owns that field, the target's options say that it may be reset, or this vault does not have it (`has`). The
 * password is write-only and never sent.
 */
export function replacement(
  user: User,
  owned: OwnedFields,
  { mayReset, dropOnUpdate }: Pick<Options, 'mayReset' | 'dropOnUpdate'>,
  has: (field: WritableField) => boolean = () => true,
): Replacement {
  const written: readonly WritableField[] = isNested(user) ? [...writableFields, ...nestedFields] : writableFields;
  const missing = written.filter(
    (field) =>
      !mayReset.includes(field) && !dropOnUpdate.includes(field) && !owns(owned, field) && isHidden(user, field),
  );
  const unknown = missing.filter((field) => neverAbsent.includes(field) || has(field));
  if (unknown.length > 0) return { unknown };
  const dropped = new Set([...readOnlyFields, ...dropOnUpdate, 'initialPassword']);
  const whole = Object.entries({ ...user, ...owned });
  const body = Object.fromEntries(whole.filter(([field, value]) => !dropped.has(field) && value !== undefined));
  return { body, ...(missing.length > 0 && { without: missing }) };
}

/** Whether the user already is what the write wants; objects such as `personalDetails` are compared by what they hold. */
export function alreadyHas(user: User, owned: OwnedFields): boolean {
  return Object.entries(owned).every(([field, wanted]) => sameValue(user[field], wanted));
}

/** How a field reads now, for whoever compares; nothing where the vault does not show it. */
export function shownOf(user: User, field: string): { readonly from?: unknown } {
  return user[field] === undefined ? {} : { from: user[field] };
}

/** Where the nested shape keeps a field of the seed's flat shape. */
const nestedPlace: Readonly<Partial<Record<WritableField, string>>> = {
  firstName: 'personalDetails',
  lastName: 'personalDetails',
  email: 'internet',
};

function owns(owned: OwnedFields, field: WritableField): boolean {
  if (field in owned) return true;
  const place = nestedPlace[field];
  const nested = place === undefined ? undefined : owned[place];
  return isRecord(nested) && (field === 'email' ? 'businessEmail' : field) in nested;
}

function isHidden(user: User, field: WritableField): boolean {
  const value = fieldOf(user, field);
  return value === undefined || (value === null && neverNull.includes(field));
}

function sameValue(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(actual) && Array.isArray(wanted))
    return actual.length === wanted.length && wanted.every((one) => actual.includes(one));
  if (isRecord(actual) && isRecord(wanted))
    return Object.entries(wanted).every(([key, value]) => sameValue(actual[key], value));
  return actual === wanted;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
