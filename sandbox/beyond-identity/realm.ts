import { createHash } from 'node:crypto';
import { Refusal } from '../core/refusal';

/** Objects as the vendor's OpenAPI 1.7.0 has them, cut to what its directory part keeps. */
export interface Identity {
  id: string;
  realm_id: string;
  tenant_id: string;
  display_name: string;
  status: 'active' | 'suspended';
  traits: { type: string; username: string; [trait: string]: unknown };
  enrollment_status: string;
  create_time: string;
  update_time: string;
}
export interface Group {
  id: string;
  display_name: string;
  description: string;
  members: string[];
}
export interface ResourceServer {
  id: string;
  display_name: string;
  is_managed: boolean;
  identifier: string;
  scopes: string[];
}
export interface Role {
  id: string;
  resource_server_id: string;
  display_name: string;
  description: string;
  members: string[];
  /** Groups whose members hold the role too. */
  groups: string[];
}
export interface Credential {
  id: string;
  identity_id: string;
  state: 'ACTIVE' | 'REVOKED';
  csr_type: 'JWT' | 'WEBAUTHN' | 'FIDO2';
  create_time: string;
  update_time: string;
}
export interface BindingJob {
  id: string;
  identity_id: string;
  delivery_method: 'RETURN' | 'EMAIL';
  state: 'LINK_SENT' | 'LINK_OPENED' | 'REQUEST_DELIVERED' | 'COMPLETE' | 'EXPIRED' | 'FAILED_TO_SEND' | 'REVOKED';
  credential_id?: string;
  expire_time: string;
  create_time: string;
  update_time: string;
  /** Not the vendor's: listings of the identity's passkeys until a device that has the link finishes the enrolment. */
  completesAfter?: number;
}
export interface Token {
  id: string;
  application_id: string;
  principal_id: string;
  display_name: string;
  expires: number;
  issued_at: number;
}

const kept = ['identities', 'groups', 'resourceServers', 'roles', 'credentials', 'jobs', 'tokens', 'deleted'] as const;

/** One realm: identities, groups, roles, passkeys, enrolment links and tokens. */
export class Realm {
  readonly identities = new Map<string, Identity>();
  readonly groups = new Map<string, Group>();
  readonly resourceServers = new Map<string, ResourceServer>();
  readonly roles = new Map<string, Role>();
  readonly credentials = new Map<string, Credential>();
  readonly jobs = new Map<string, BindingJob>();
  readonly tokens = new Map<string, Token>();
  readonly deleted = new Map<string, Identity>();
  #rows: readonly Identity[] | undefined;
  readonly #idByName = new Map<string, string>();
  readonly #credentialsOf = new Map<string, string[]>();
  readonly #jobsOf = new Map<string, string[]>();
  #made = 0;

  constructor(
    readonly tenantId: string,
    readonly realmId: string,
    private readonly rolesThroughGroups = false,
  ) {}

  newId(): string {
    return createHash('sha256').update(`${this.realmId} ${++this.#made}`).digest('hex').slice(0, 16);
  }

  get rows(): readonly Identity[] {
    return (this.#rows ??= [...this.identities.values()]);
  }

  byUsername(username: string): Identity | undefined {
    const id = this.#idByName.get(username.toLowerCase());
    return id === undefined ? undefined : this.identities.get(id);
  }

  identity(id: string): Identity {
    const found = this.identities.get(id);
    if (found === undefined) throw new Refusal(404, 'identity not found', 'not_found');
    return found;
  }

  createIdentity(body: unknown): Identity {
    const wanted = inner(body);
    const now = new Date().toISOString();
    const identity: Identity = {
      id: this.newId(),
      realm_id: this.realmId,
      tenant_id: this.tenantId,
      display_name: name(wanted['display_name']),
      status: 'active',
      traits: this.#traits(wanted['traits'], undefined),
      enrollment_status: 'UNENROLLED',
      create_time: now,
      update_time: now,
    };
    this.#keep(identity);
    return identity;
  }

  /** Fields and traits that are left out stay as they are; traits without their type are refused. */
  patchIdentity(before: Identity, body: unknown): Identity {
    const wanted = inner(body);
    const status = wanted['status'] ?? before.status;
    if (status !== 'active' && status !== 'suspended') throw new Refusal(400, 'invalid status', 'bad_request');
    const traits = wanted['traits'] === undefined ? before.traits : this.#traits(wanted['traits'], before);
    const display_name = wanted['display_name'] === undefined ? before.display_name : name(wanted['display_name']);
    const after: Identity = { ...before, status, traits, display_name, update_time: new Date().toISOString() };
    this.#idByName.delete(before.traits.username.toLowerCase());
    this.#keep(after);
    return after;
  }

  deleteIdentity(identity: Identity): void {
    this.identities.delete(identity.id);
    this.#rows = undefined;
    this.#idByName.delete(identity.traits.username.toLowerCase());
    this.deleted.set(identity.id, identity);
    for (const holder of [...this.groups.values(), ...this.roles.values()])
      if (holder.members.includes(identity.id)) holder.members = holder.members.filter((id) => id !== identity.id);
    for (const id of this.#credentialsOf.get(identity.id) ?? []) this.credentials.delete(id);
    for (const id of this.#jobsOf.get(identity.id) ?? []) this.jobs.delete(id);
    for (const token of [...this.tokens.values()]) if (token.principal_id === identity.id) this.tokens.delete(token.id);
  }

  addCredential(identity_id: string, csr_type: Credential['csr_type'] = 'JWT'): Credential {
    const now = new Date().toISOString();
    const credential = { id: this.newId(), identity_id, state: 'ACTIVE' as const, csr_type };
    const made: Credential = { ...credential, create_time: now, update_time: now };
    this.#keepCredential(made);
    return made;
  }

  /** An enrolment link, open for a week. `completesAfter`: a passkey appears after so many looks unless it is revoked. */
  addJob(identity_id: string, { completesAfter }: { readonly completesAfter?: number } = {}): BindingJob {
    const now = new Date();
    const expire_time = new Date(now.getTime() + 7 * 86_400_000).toISOString();
    const made: BindingJob = {
      id: this.newId(),
      identity_id,
      delivery_method: 'EMAIL',
      state: completesAfter === undefined ? 'LINK_SENT' : 'REQUEST_DELIVERED',
      expire_time,
      create_time: now.toISOString(),
      update_time: now.toISOString(),
      ...(completesAfter !== undefined && { completesAfter }),
    };
    this.#keepJob(made);
    return made;
  }

  ensureGroup(display_name: string): Group {
    for (const group of this.groups.values()) if (group.display_name === display_name) return group;
    const group = { id: this.newId(), display_name, description: `${display_name} group`, members: [] };
    this.groups.set(group.id, group);
    return group;
  }

  ensureResourceServer(display_name: string): ResourceServer {
    for (const server of this.resourceServers.values()) if (server.display_name === display_name) return server;
    const identifier = `https://${display_name.toLowerCase().replace(/\W+/g, '-')}.test`;
    const server = { id: this.newId(), display_name, is_managed: false, identifier, scopes: ['items:read'] };
    this.resourceServers.set(server.id, server);
    return server;
  }

  ensureRole(resource_server_id: string, display_name: string): Role {
    for (const role of this.roles.values())
      if (role.resource_server_id === resource_server_id && role.display_name === display_name) return role;
    const role = {
      id: this.newId(),
      resource_server_id,
      display_name,
      description: display_name,
      members: [],
      groups: [],
    };
    this.roles.set(role.id, role);
    return role;
  }

  /** As `:listRoles` shows them. */
  rolesOf(identityId: string): readonly Role[] {
    const isIn = (groupId: string) => this.groups.get(groupId)?.members.includes(identityId) === true;
    return [...this.roles.values()].filter(
      ({ members, groups }) => members.includes(identityId) || (this.rolesThroughGroups && groups.some(isIn)),
    );
  }

  addToken(application_id: string, principal_id: string): Token {
    const issued_at = Math.floor(Date.now() / 1000);
    const times = { issued_at, expires: issued_at + 3600 };
    const token = { id: this.newId(), application_id, principal_id, display_name: 'sign-in', ...times };
    this.tokens.set(token.id, token);
    return token;
  }

  credentialsOf(identityId: string): Credential[] {
    return (this.#credentialsOf.get(identityId) ?? []).flatMap((id) => this.credentials.get(id) ?? []);
  }

  jobsOf(identityId: string): BindingJob[] {
    return (this.#jobsOf.get(identityId) ?? []).flatMap((id) => this.jobs.get(id) ?? []);
  }

  /**
   * Counts one look at the passkeys. A device that had the link before the suspension may finish late: whether the
   * vendor lets it is not published, so the worse case is played.
   */
  finishLateEnrolments(identityId: string): void {
    for (const job of this.jobsOf(identityId)) {
      if (job.completesAfter === undefined || job.state === 'REVOKED' || job.state === 'COMPLETE') continue;
      if (--job.completesAfter >= 0) continue;
      const { id: credential_id, create_time: update_time } = this.addCredential(identityId);
      Object.assign(job, { state: 'COMPLETE', credential_id, update_time });
    }
  }

  save(): unknown {
    return { made: this.#made, ...Object.fromEntries(kept.map((name) => [name, [...this[name].values()]])) };
  }

  restore(saved: unknown): void {
    const state = saved as { made: number } & Record<(typeof kept)[number], { id: string }[]>;
    for (const index of [this.#idByName, this.#credentialsOf, this.#jobsOf]) index.clear();
    for (const name of kept) {
      const map = this[name] as Map<string, { id: string }>;
      map.clear();
      for (const one of structuredClone(state[name])) map.set(one.id, one);
    }
    for (const identity of this.identities.values()) this.#keep(identity);
    for (const credential of this.credentials.values()) this.#keepCredential(credential);
    for (const job of this.jobs.values()) this.#keepJob(job);
    this.#made = state.made;
  }

  #traits(value: unknown, before: Identity | undefined): Identity['traits'] {
    const given = record(value, 'traits');
    if (given['type'] !== 'traits_v0') throw new Refusal(400, 'traits.type is required', 'bad_request');
    const merged = { ...before?.traits, ...given };
    const username = name(merged['username']);
    const holder = this.byUsername(username);
    if (holder !== undefined && holder.id !== before?.id) throw new Refusal(409, 'username already exists', 'conflict');
    return { ...merged, type: 'traits_v0', username };
  }

  #keep(identity: Identity): void {
    this.#rows = undefined;
    this.identities.set(identity.id, identity);
    this.#idByName.set(identity.traits.username.toLowerCase(), identity.id);
  }

  #keepCredential(credential: Credential): void {
    this.credentials.set(credential.id, credential);
    append(this.#credentialsOf, credential.identity_id, credential.id);
  }

  #keepJob(job: BindingJob): void {
    this.jobs.set(job.id, job);
    append(this.#jobsOf, job.identity_id, job.id);
  }
}

function append(index: Map<string, string[]>, key: string, id: string): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [id]);
  else list.push(id);
}

function inner(body: unknown): Record<string, unknown> {
  return record(record(body, 'body')['identity'], 'identity');
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(400, `${what} must be an object`, 'bad_request');
  return value as Record<string, unknown>;
}

/** Display names and user names: 1 to 64 characters, some of them forbidden (OpenAPI 1.7.0). */
function name(value: unknown): string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 64 || /[{}[\]<>;:?\\/|*^%$#=~`!]/.test(value))
    throw new Refusal(400, 'invalid parameters', 'bad_request');
  return value;
}
