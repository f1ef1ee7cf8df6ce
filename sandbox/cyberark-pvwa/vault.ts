import type { SeedPerson, StandInAccount, StandInState } from '../core';
import { refuse } from './refuse';
import { SessionBook, type SessionHabits } from './session';
import { checkLengths, nestedOnly, writableFrom, type Fields, type Membership, type Shape, type User } from './user';

export interface Group {
  id: number;
  groupName: string;
  groupType: 'Vault' | 'Directory';
  members: number[];
}
export interface Safe {
  safeName: string;
  members: number[];
}

export interface VaultHabits extends SessionHabits {
  /** Groups that a directory owns: the vault mirrors them and refuses to change them. Default none. */
  readonly directoryGroups: readonly string[];
  /** User names that are mapped from a directory. Default none. */
  readonly ldapUsers: readonly string[];
  /** Cached SSH keys that each seeded person holds. Default 0. */
  readonly sshKeys: number;
}

interface Saved {
  users: User[];
  passwords: [number, string][];
  groups: Group[];
  safes: Safe[];
  sshKeys: [number, number][];
  deleted: StandInAccount[];
  sessions: unknown;
  nextId: number;
}

/** One vault: users, groups, safes, sessions, cached keys. Ids count up and are never used twice. */
export class Vault implements StandInState {
  readonly users = new Map<number, User>();
  readonly groups = new Map<number, Group>();
  readonly safes = new Map<string, Safe>();
  readonly sessions: SessionBook;
  /** So many changes are refused with a code that means "try again", whatever the status says. */
  busyChanges = 0;
  readonly #idByName = new Map<string, number>();
  readonly #passwords = new Map<number, string>();
  readonly #sshKeys = new Map<number, number>();
  #deleted: StandInAccount[] = [];
  #nextId = 2;

  constructor(
    readonly habits: VaultHabits,
    builtIn: readonly Partial<User>[],
  ) {
    this.sessions = new SessionBook(habits);
    for (const user of builtIn) this.add({ ...user }, user);
  }

  /** Before every change of users and members. */
  admitChange(): void {
    if (this.busyChanges === 0) return;
    this.busyChanges -= 1;
    throw refuse.busy();
  }

  byName(username: string): User | undefined {
    const id = this.#idByName.get(username.toLowerCase());
    return id === undefined ? undefined : this.users.get(id);
  }

  /** The user of a path; what is not a number was never an id. */
  user(id: string): User {
    const user = /^\d+$/.test(id) ? this.users.get(Number(id)) : undefined;
    if (user === undefined) throw refuse.notFound(`User ${id}`);
    return user;
  }

  create(body: Fields, shape: Shape): User {
    const wanted = writableFrom(body, shape);
    const password = body['initialPassword'];
    if (wanted.username === '') throw refuse.badRequest('username is required.');
    if (typeof password !== 'string' || password === '') throw refuse.badRequest('initialPassword is required.');
    checkLengths(wanted, password);
    if (this.byName(wanted.username)) throw refuse.duplicate(wanted.username);
    const user = this.add({ ...wanted });
    this.#passwords.set(user.id, password);
    return user;
  }

  /** Full replace: what the body leaves out goes back to its default, `enableUser` included. */
  replace(user: User, body: Fields, { shape, needsName }: { shape: Shape; needsName: boolean }): User {
    if (needsName && body['username'] === undefined) throw refuse.badRequest('username is mandatory.');
    const unknown = shape === 'flat' ? nestedOnly(user) : {};
    const wanted = writableFrom({ ...unknown, username: user.username, ...body }, shape);
    checkLengths(wanted);
    const holder = this.byName(wanted.username);
    if (holder !== undefined && holder.id !== user.id) throw refuse.duplicate(wanted.username);
    if (user.source === 'LDAP' && changesMirrored(user, wanted))
      throw refuse.notAllowed('The user is mapped from a directory: its details are changed there.');
    const { id, source, componentUser, suspended, lastSuccessfulLoginDate } = user;
    const replaced = { ...wanted, id, source, componentUser, suspended, lastSuccessfulLoginDate };
    this.#idByName.delete(user.username.toLowerCase());
    this.#keep(replaced);
    this.sessions.rename(user.username, replaced.username);
    if (user.enableUser && !replaced.enableUser) this.sessions.afterDisable(replaced.username);
    return replaced;
  }

  setEnabled(user: User, enableUser: boolean): void {
    this.users.set(user.id, { ...user, enableUser });
    if (user.enableUser && !enableUser) this.sessions.afterDisable(user.username);
  }

  setSuspended(user: User, suspended: boolean): void {
    this.users.set(user.id, { ...user, suspended });
  }

  /** Permanent: every group and safe membership goes with the user; a session that runs does not. */
  remove(user: User): void {
    this.#deleted.push({ ...this.#seen(user), enabled: false, deleted: true });
    for (const holder of [...this.groups.values(), ...this.safes.values()])
      holder.members = holder.members.filter((id) => id !== user.id);
    for (const kept of [this.users, this.#passwords, this.#sshKeys]) kept.delete(user.id);
    this.#idByName.delete(user.username.toLowerCase());
  }

  setPassword(user: User, password: unknown): void {
    if (typeof password !== 'string' || password.length < 8) throw refuse.badRequest('The password is too short.');
    if (password.length > 39) throw refuse.badRequest('The password is longer than 39 characters.');
    if (user.source === 'LDAP') throw refuse.notAllowed('The password is the directory’s.');
    this.#passwords.set(user.id, password);
  }

  passwordOf(user: User): string | undefined {
    return this.#passwords.get(user.id);
  }

  clearSshKeys(user: User): void {
    this.#sshKeys.delete(user.id);
  }

  membershipsOf(user: User): readonly Membership[] {
    return [...this.groups.values()]
      .filter((group) => group.members.includes(user.id))
      .map(({ id, groupName, groupType }) => ({ groupID: id, groupName, groupType }));
  }

  safesOf(user: User): readonly Safe[] {
    return [...this.safes.values()].filter((safe) => safe.members.includes(user.id));
  }

  group(id: string): Group {
    const group = this.groups.get(Number(id));
    if (group === undefined) throw refuse.notFound(`Group ${id}`);
    return group;
  }

  ensureGroup(groupName: string): Group {
    const known = [...this.groups.values()].find((group) => sameName(group.groupName, groupName));
    if (known) return known;
    const isDirectory = this.habits.directoryGroups.some((name) => sameName(name, groupName));
    const group: Group = { id: this.#nextId++, groupName, groupType: isDirectory ? 'Directory' : 'Vault', members: [] };
    this.groups.set(group.id, group);
    return group;
  }

  ensureSafe(safeName: string): Safe {
    const safe = this.safes.get(safeName) ?? { safeName, members: [] };
    this.safes.set(safeName, safe);
    return safe;
  }

  seed(people: readonly SeedPerson[]): void {
    for (const person of people)
      for (const username of [person.username, ...(person.extraUsernames ?? [])])
        if (this.byName(username) === undefined) this.#seedOne(username, person);
  }

  account(username: string): StandInAccount | undefined {
    const user = this.byName(username);
    return user ? this.#seen(user) : this.#deleted.findLast((one) => sameName(one.username, username));
  }

  accounts(): readonly StandInAccount[] {
    return [...this.users.values()].map((user) => this.#seen(user));
  }

  save(): Saved {
    const maps = {
      users: [...this.users.values()],
      groups: [...this.groups.values()],
      safes: [...this.safes.values()],
    };
    const pairs = { passwords: [...this.#passwords], sshKeys: [...this.#sshKeys] };
    return { ...maps, ...pairs, deleted: this.#deleted, sessions: this.sessions.save(), nextId: this.#nextId };
  }

  restore(saved: unknown): void {
    const { users, groups, safes, passwords, sshKeys, deleted, sessions, nextId } = saved as Saved;
    refill(this.users, []);
    refill(this.#idByName, []);
    for (const user of users) this.#keep(user);
    refill(
      this.groups,
      groups.map((group) => [group.id, group]),
    );
    refill(
      this.safes,
      safes.map((safe) => [safe.safeName, safe]),
    );
    refill(this.#passwords, passwords);
    refill(this.#sshKeys, sshKeys);
    this.#deleted = deleted;
    this.sessions.restore(sessions);
    this.#nextId = nextId;
  }

  /** A user without any question asked. */
  add(fields: Fields, fixed: Partial<User> = {}): User {
    const user: User = {
      ...writableFrom(fields, 'flat'),
      id: this.#nextId++,
      source: 'CyberArk',
      componentUser: false,
      suspended: false,
      lastSuccessfulLoginDate: 1574245000,
      ...fixed,
    };
    this.#keep(user);
    return user;
  }

  #keep(user: User): void {
    this.users.set(user.id, user);
    this.#idByName.set(user.username.toLowerCase(), user.id);
  }

  #seedOne(username: string, person: SeedPerson): void {
    const {
      email,
      givenName = '',
      familyName = person.displayName,
      groups,
      roles = [],
      sessions,
      enabled = true,
    } = person;
    const isMirrored = this.habits.ldapUsers.some((name) => sameName(name, username));
    const profile = {
      username,
      email,
      firstName: givenName,
      lastName: familyName,
      enableUser: enabled,
      location: '\\Users',
    };
    const kept = {
      passwordNeverExpires: true,
      description: `seeded for ${person.id}`,
      phones: { businessNumber: '+47 5555' },
    };
    const distinguishedName = isMirrored ? `CN=${username},OU=People,DC=acme,DC=test` : '';
    const user = this.add({ ...profile, ...kept, distinguishedName }, { source: isMirrored ? 'LDAP' : 'CyberArk' });
    this.#passwords.set(user.id, `play-${username}`);
    if (this.habits.sshKeys > 0) this.#sshKeys.set(user.id, this.habits.sshKeys);
    for (const name of groups) this.ensureGroup(name).members.push(user.id);
    for (const name of roles) this.ensureSafe(name).members.push(user.id);
    for (let n = 0; n < sessions; n++) this.sessions.open(username);
  }

  #seen(user: User): StandInAccount {
    return {
      id: String(user.id),
      username: user.username,
      enabled: user.enableUser,
      groups: this.membershipsOf(user).map(({ groupName }) => groupName),
      roles: this.safesOf(user).map(({ safeName }) => safeName),
      live: { 'psm-session': this.sessions.liveOf(user.username).length, 'ssh-key': this.#sshKeys.get(user.id) ?? 0 },
      deleted: false,
    };
  }
}

function changesMirrored(user: User, wanted: Fields): boolean {
  const mirrored = ['username', 'firstName', 'lastName', 'email', 'distinguishedName'] as const;
  return mirrored.some((field) => user[field] !== wanted[field]);
}

function refill<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
