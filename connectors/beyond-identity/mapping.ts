import { z } from 'zod';
import type { Account, Entitlement } from '../../domain/account';
import type { AccountChanges, Difference, Live, NewAccount } from '../connector';

/** Ids are texts here; a deployment that counts them is understood all the same. */
const vendorId = z.union([z.string().min(1), z.int().transform(String)]);
/** What is optional may be null as well as left out. */
const optionalId = vendorId.nullish();

const traitsSchema = z.looseObject({
  type: z.string().nullish(),
  username: z.string().min(1),
  primary_email_address: z.string().nullish(),
  external_id: z.string().nullish(),
  given_name: z.string().nullish(),
  family_name: z.string().nullish(),
});
export const identitySchema = z.looseObject({
  id: vendorId,
  display_name: z.string().nullish(),
  status: z.string().nullish(),
  traits: traitsSchema,
});
export type Identity = z.output<typeof identitySchema>;

/** One identity comes bare (OpenAPI 1.7.0); wrapped as `{ identity }` is accepted too (vendor-apis 3.1). */
export const oneIdentitySchema = z.union([
  identitySchema,
  z.looseObject({ identity: identitySchema }).transform(({ identity }) => identity),
]);

const total = z.int().nonnegative().nullish();
const namedSchema = z.looseObject({ id: vendorId, display_name: z.string().nullish() });
const credentialSchema = z.looseObject({
  id: vendorId,
  identity_id: optionalId,
  state: z.string().nullish(),
  create_time: z.string().nullish(),
});
const tokenSchema = z.looseObject({
  id: vendorId,
  principal_id: optionalId,
  display_name: z.string().nullish(),
  issued_at: z.number().nullish(),
});

/** Rows that are null or left out are an empty list where their total says 0, and only there: `{}` may be anything. */
function emptyWhereTold(totals: Readonly<Record<string, string>>): (body: unknown) => unknown {
  return (body) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    const page = body as Readonly<Record<string, unknown>>;
    const empty = Object.keys(totals).filter((rows) => page[rows] == null && page[totals[rows] ?? ''] === 0);
    return { ...page, ...Object.fromEntries(empty.map((rows) => [rows, []])) };
  };
}

function pageOf<N extends string, R extends z.ZodType>(name: N, row: R) {
  const rows = { [name]: z.array(row) } as Record<N, z.ZodArray<R>>;
  const page = z.looseObject({ total_size: total, next_page_token: z.string().nullish(), ...rows });
  return z.preprocess(emptyWhereTold({ [name]: 'total_size' }), page);
}

export const pageSchemas = {
  identities: pageOf('identities', identitySchema),
  groups: pageOf('groups', namedSchema),
  roles: pageOf('roles', namedSchema),
  resource_servers: pageOf('resource_servers', namedSchema),
  credentials: pageOf('credentials', credentialSchema),
  credential_binding_jobs: pageOf('credential_binding_jobs', credentialSchema),
  tokens: pageOf('tokens', tokenSchema),
};
/** Two lists in one answer, each with a count of its own (OpenAPI 1.7.0, ListRoleMembers). */
export const roleMembersSchema = z.preprocess(
  emptyWhereTold({ identities: 'total_identities_size', groups: 'total_groups_size' }),
  z.looseObject({
    identities: z.array(identitySchema),
    groups: z.array(namedSchema),
    total_identities_size: total,
    total_groups_size: total,
    next_page_token: z.string().nullish(),
  }),
);
export type RoleMembers = z.output<typeof roleMembersSchema>;
export type ListName = keyof typeof pageSchemas;
export type Row<N extends ListName> =
  z.output<(typeof pageSchemas)[N]> extends infer P
    ? N extends keyof P
      ? P[N] extends (infer R)[]
        ? R
        : never
      : never
    : never;
export type Credential = z.output<typeof credentialSchema>;
export type Token = z.output<typeof tokenSchema>;

/** `suspended` means disabled by an administrator here (vendor-apis 10); another word is shown and decides nothing. */
export function toAccount(identity: Identity): Account {
  const { traits, status } = identity;
  const state = status?.toLowerCase();
  return {
    id: identity.id,
    username: traits.username,
    ...(state === 'active' && { enabled: true }),
    ...(state === 'suspended' && { enabled: false }),
    ...(hasText(status) && { vendorState: status }),
    ...(hasText(traits.primary_email_address) && { email: traits.primary_email_address }),
    ...(hasText(identity.display_name) && { displayName: identity.display_name }),
    ...(hasText(traits.external_id) && { externalId: traits.external_id }),
  };
}

/** The only filter that the vendor offers for identities; a quote or backslash is escaped as in a JSON string (RFC 7644). */
export function usernameFilter(username: string): string {
  return `traits.username eq ${JSON.stringify(username)}`;
}

/** 1 to 64 characters without these (OpenAPI 1.7.0): asking for another name is a 400, not an empty answer. */
export function canBeUsername(name: string): boolean {
  return /^[^{}[\]<>;:?\\/|*^%$#=~`!]{1,64}$/.test(name);
}

export function toGroup({
  id,
  display_name: name,
}: {
  id: string;
  display_name?: string | null | undefined;
}): Entitlement {
  return { kind: 'group', id, ...(hasText(name) && { name }) };
}

/** A role is reached through its resource server, so the id carries both: `server/role`. */
export function toRole(
  server: string,
  { id, display_name: name }: { id: string; display_name?: string | null | undefined },
): Entitlement {
  return { kind: 'role', id: `${server}/${id}`, ...(hasText(name) && { name }) };
}

export function partsOfPair(id: string): { readonly owner: string; readonly own: string } {
  const slash = id.indexOf('/');
  return { owner: id.slice(0, Math.max(slash, 0)), own: id.slice(slash + 1) };
}

export const liveKinds = { passkey: 'passkey', enrolment: 'pending-enrolment', token: 'token' } as const;

/** Anything but `REVOKED`, in whatever case, counts as live: a state that we do not know must not look like a clean end. */
export function isLivePasskey({ state }: Credential): boolean {
  return state?.toUpperCase() !== 'REVOKED';
}

/** States in which an enrolment link can bind no passkey any more (OpenAPI 1.7.0); every other one is open. */
const closedJobStates = new Set(['COMPLETE', 'EXPIRED', 'FAILED_TO_SEND', 'REVOKED']);
export function isOpenJob({ state }: Credential): boolean {
  return state == null || !closedJobStates.has(state.toUpperCase());
}

export function toLive(kind: 'passkey' | 'pending-enrolment', { id, create_time: since, state }: Credential): Live {
  return { id, kind, ...(hasText(since) && { since }), ...(hasText(state) && { detail: state }) };
}

export function liveToken(application: string, { id, issued_at: issued, display_name: name }: Token): Live {
  return {
    id: `${application}/${id}`,
    kind: liveKinds.token,
    ...(issued != null && { since: new Date(issued * 1000).toISOString() }),
    ...(hasText(name) && { detail: name }),
  };
}

export function createBody(wanted: NewAccount): unknown {
  return {
    identity: {
      display_name: fullName(wanted) ?? wanted.username,
      traits: { type: 'traits_v0', ...wanted.attributes, ...traitsOf(wanted), username: wanted.username },
    },
  };
}

/** What a PATCH says: only what differs from the identity as it is; undefined when nothing does. */
export function patchBody(before: Identity, changes: AccountChanges): unknown {
  const open = differences(before, changes);
  if (open.length === 0) return undefined;
  const entries = open.map(({ name, to }) => [name, to] as const);
  const traits = entries.filter(([name]) => name !== 'display_name');
  const named = Object.fromEntries(entries.filter(([name]) => name === 'display_name'));
  // traits.type is required whenever traits is sent (vendor-apis 3.1).
  const type = before.traits.type ?? 'traits_v0';
  return { identity: { ...named, ...(traits.length > 0 && { traits: { ...Object.fromEntries(traits), type } }) } };
}

/** Traits by their own names, and the display name, which is none. */
export function differences(before: Identity, changes: AccountChanges): readonly Difference[] {
  const name = fullName(changes);
  const wanted = { ...changes.attributes, ...traitsOf(changes), ...(name !== undefined && { display_name: name }) };
  return Object.entries(wanted)
    .map(([field, to]) => ({
      name: field,
      from: field === 'display_name' ? before.display_name : before.traits[field],
      to,
    }))
    .filter(({ from, to }) => from !== to);
}

function traitsOf(names: AccountChanges): Record<string, unknown> {
  return {
    ...(names.username !== undefined && { username: names.username }),
    ...(names.email !== undefined && { primary_email_address: names.email }),
    ...(names.givenName !== undefined && { given_name: names.givenName }),
    ...(names.familyName !== undefined && { family_name: names.familyName }),
    ...(names.externalId !== undefined && { external_id: names.externalId }),
  };
}

function fullName(names: AccountChanges): string | undefined {
  if (names.displayName !== undefined) return names.displayName;
  return names.givenName !== undefined && names.familyName !== undefined
    ? `${names.givenName} ${names.familyName}`
    : undefined;
}

function hasText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
