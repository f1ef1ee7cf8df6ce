import { z } from 'zod';
import type { Account, Entitlement } from '../../domain/account';
import type { AccountChanges, Difference, Live, NewAccount } from '../connector';

const traitsSchema = z.looseObject({
  type: z.string().optional(),
  username: z.string().min(1),
  primary_email_address: z.string().nullish(),
  external_id: z.string().nullish(),
  given_name: z.string().nullish(),
  family_name: z.string().nullish(),
});
export const identitySchema = z.looseObject({
  id: z.string().min(1),
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

const listed = { total_size: z.int().nonnegative().optional(), next_page_token: z.string().nullish() };
const namedSchema = z.looseObject({ id: z.string().min(1), display_name: z.string().nullish() });
const credentialSchema = z.looseObject({
  id: z.string().min(1),
  identity_id: z.string().optional(),
  state: z.string().optional(),
  create_time: z.string().optional(),
});
const tokenSchema = z.looseObject({
  id: z.string().min(1),
  principal_id: z.string().optional(),
  display_name: z.string().nullish(),
  issued_at: z.number().optional(),
});

export const pageSchemas = {
  identities: z.looseObject({ ...listed, identities: z.array(identitySchema) }),
  groups: z.looseObject({ ...listed, groups: z.array(namedSchema) }),
  roles: z.looseObject({ ...listed, roles: z.array(namedSchema) }),
  resource_servers: z.looseObject({ ...listed, resource_servers: z.array(namedSchema) }),
  credentials: z.looseObject({ ...listed, credentials: z.array(credentialSchema) }),
  credential_binding_jobs: z.looseObject({ ...listed, credential_binding_jobs: z.array(credentialSchema) }),
  tokens: z.looseObject({ ...listed, tokens: z.array(tokenSchema) }),
};
/** Two lists in one answer, each with a count of its own (OpenAPI 1.7.0, ListRoleMembers). */
export const roleMembersSchema = z.looseObject({
  identities: z.array(identitySchema),
  groups: z.array(namedSchema),
  total_identities_size: z.int().nonnegative().optional(),
  total_groups_size: z.int().nonnegative().optional(),
  next_page_token: z.string().nullish(),
});
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
  return {
    id: identity.id,
    username: traits.username,
    ...(status === 'active' && { enabled: true }),
    ...(status === 'suspended' && { enabled: false }),
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

/** Anything but `REVOKED` counts as live: a state that we do not know must not look like a clean end. */
export function isLivePasskey({ state }: Credential): boolean {
  return state !== 'REVOKED';
}

/** States in which an enrolment link can bind no passkey any more (OpenAPI 1.7.0); every other one is open. */
const closedJobStates = new Set(['COMPLETE', 'EXPIRED', 'FAILED_TO_SEND', 'REVOKED']);
export function isOpenJob({ state }: Credential): boolean {
  return state === undefined || !closedJobStates.has(state);
}

export function toLive(kind: 'passkey' | 'pending-enrolment', { id, create_time: since, state }: Credential): Live {
  return { id, kind, ...(hasText(since) && { since }), ...(hasText(state) && { detail: state }) };
}

export function liveToken(application: string, { id, issued_at: issued, display_name: name }: Token): Live {
  return {
    id: `${application}/${id}`,
    kind: liveKinds.token,
    ...(issued !== undefined && { since: new Date(issued * 1000).toISOString() }),
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
