import { randomUUID } from 'node:crypto';
import { Refusal, uuidOf, type SeedPerson, type StandInAccount, type StandInState } from '../core';

export interface Email {
  readonly value: string;
  readonly type?: string;
  readonly primary?: boolean;
}

/** A user as the vendor keeps it. Records are replaced, never changed in place. */
export interface User {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly displayName?: string;
  readonly externalId?: string;
  readonly name?: { readonly givenName?: string; readonly familyName?: string };
  readonly emails?: readonly Email[];
  readonly title?: string;
  readonly department?: string;
  readonly manager?: { readonly value: string };
  readonly phoneNumbers?: readonly Readonly<Record<string, unknown>>[];
  /** Names of platform roles, where the vendor has them. */
  readonly roles: readonly string[];
  readonly created: string;
  readonly lastModified: string;
}
export type UserFields = Partial<Omit<User, 'id' | 'created' | 'lastModified'>>;

export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly externalId?: string;
  /** Kept by Active Directory or another source: its members cannot be changed here. */
  readonly ownedByDirectory: boolean;
  readonly created: string;
  readonly lastModified: string;
}

interface Saved {
  readonly users: readonly User[];
  readonly groups: readonly (Group & { readonly members: readonly string[] })[];
  readonly removed: readonly { readonly user: User; readonly groups: readonly string[] }[];
}

/** Users and groups with members, indexed for hundreds of thousands of users. */
export class Directory implements StandInState {
  readonly #users = new Map<string, User>();
  /** The same users as a list, made when somebody asks: large listings come page by page. */
  #list: readonly User[] | undefined;
  readonly #byName = new Map<string, Set<string>>();
  readonly #groups = new Map<string, Group>();
  readonly #members = new Map<string, Set<string>>();
  readonly #groupsOf = new Map<string, Set<string>>();
  readonly #removed: Saved['removed'][number][] = [];
  /** Told when a user becomes inactive or goes. */
  onStopped: (user: User) => void = () => undefined;

  /** `ownedByDirectory`: names of groups whose members cannot be changed here. */
  constructor(readonly options: { readonly ownedByDirectory?: readonly string[] } = {}) {}

  get users(): readonly User[] {
    return (this.#list ??= [...this.#users.values()]);
  }
  get groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  user(id: string): User | undefined {
    return this.#users.get(id);
  }

  /** Case aside; several where duplicates were let in. */
  usersNamed(userName: string): readonly User[] {
    return [...(this.#byName.get(userName.toLowerCase()) ?? [])].flatMap((id) => this.#users.get(id) ?? []);
  }

  group(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  membersOf(groupId: string): readonly User[] {
    return [...(this.#members.get(groupId) ?? [])].flatMap((id) => this.#users.get(id) ?? []);
  }

  groupsOf(userId: string): readonly Group[] {
    return [...(this.#groupsOf.get(userId) ?? [])].flatMap((id) => this.#groups.get(id) ?? []);
  }

  /** Does not ask whether the name is free: surfaces differ in what they make of that. */
  createUser(fields: UserFields & { readonly userName: string }, id: string = randomUUID()): User {
    const now = new Date().toISOString();
    const user: User = { active: true, roles: [], ...fields, id, created: now, lastModified: now };
    this.#keep(user);
    return user;
  }

  /** Changes the given fields and leaves the others. A field given as undefined is taken away. */
  changeUser(user: User, fields: { readonly [K in keyof UserFields]: UserFields[K] | undefined }): User {
    const merged = Object.entries({ ...user, ...fields }).filter(([, value]) => value !== undefined);
    const changed = { ...(Object.fromEntries(merged) as unknown as User), lastModified: new Date().toISOString() };
    this.#forgetName(user);
    this.#keep(changed);
    if (user.active && !changed.active) this.onStopped(changed);
    return changed;
  }

  removeUser(user: User): void {
    this.#removed.push({ user, groups: this.groupsOf(user.id).map((group) => group.displayName) });
    for (const group of this.groupsOf(user.id)) this.#members.get(group.id)?.delete(user.id);
    this.#groupsOf.delete(user.id);
    this.#forgetName(user);
    this.#users.delete(user.id);
    this.#list = undefined;
    this.onStopped(user);
  }

  createGroup(
    fields: { readonly displayName: string; readonly externalId?: string },
    id: string = randomUUID(),
  ): Group {
    const now = new Date().toISOString();
    const ownedByDirectory = this.options.ownedByDirectory?.includes(fields.displayName) ?? false;
    const group = { ...fields, id, ownedByDirectory, created: now, lastModified: now };
    this.#groups.set(id, group);
    this.#members.set(id, new Set());
    return group;
  }

  changeGroup(group: Group, fields: Partial<Pick<Group, 'displayName' | 'externalId'>>): Group {
    const changed = { ...group, ...fields, lastModified: new Date().toISOString() };
    this.#groups.set(group.id, changed);
    return changed;
  }

  removeGroup(group: Group): void {
    for (const user of this.membersOf(group.id)) this.#groupsOf.get(user.id)?.delete(group.id);
    this.#members.delete(group.id);
    this.#groups.delete(group.id);
  }

  /** Makes the members exactly these. */
  setMembers(group: Group, userIds: Iterable<string>): void {
    const wanted = new Set(userIds);
    const held = this.#members.get(group.id) ?? new Set();
    if (group.ownedByDirectory && (wanted.size !== held.size || [...wanted].some((id) => !held.has(id))))
      throw new Refusal(
        400,
        `The members of group ${group.displayName} are managed by Active Directory.`,
        'mutability',
      );
    for (const id of held) if (!wanted.has(id)) this.#groupsOf.get(id)?.delete(group.id);
    this.#members.set(group.id, wanted);
    for (const id of wanted) this.#linkBack(id, group.id);
    this.changeGroup(group, {});
  }

  seed(people: readonly SeedPerson[]): void {
    for (const person of people)
      for (const userName of [person.username, ...(person.extraUsernames ?? [])]) this.#seedOne(person, userName);
  }

  account(username: string): StandInAccount | undefined {
    const user = this.usersNamed(username)[0];
    if (user !== undefined) return this.#view(user);
    const gone = this.#removed.findLast((one) => one.user.userName.toLowerCase() === username.toLowerCase());
    return gone && { ...this.#view(gone.user), enabled: false, groups: gone.groups, deleted: true };
  }

  accounts(): readonly StandInAccount[] {
    return this.users.map((user) => this.#view(user));
  }

  save(): Saved {
    const members = (group: Group) => [...(this.#members.get(group.id) ?? [])];
    return {
      users: this.users,
      groups: this.groups.map((group) => ({ ...group, members: members(group) })),
      removed: [...this.#removed],
    };
  }

  restore(saved: unknown): void {
    const { users, groups, removed } = saved as Saved;
    for (const kept of [this.#users, this.#byName, this.#groups, this.#members, this.#groupsOf]) kept.clear();
    this.#list = undefined;
    this.#removed.splice(0, Infinity, ...removed);
    for (const user of users) this.#keep(user);
    for (const { members, ...group } of groups) {
      this.#groups.set(group.id, group);
      this.#members.set(group.id, new Set(members));
      for (const id of members) this.#linkBack(id, group.id);
    }
  }

  #seedOne(person: SeedPerson, userName: string): void {
    const { givenName, familyName } = person;
    const isMain = userName === person.username;
    const user = this.createUser(
      {
        userName,
        displayName: person.displayName,
        name: { ...(givenName ? { givenName } : {}), ...(familyName ? { familyName } : {}) },
        emails: [{ value: person.email, type: 'work', primary: true }],
        active: person.enabled ?? true,
        roles: person.roles ?? [],
        // Only one account can be the person's own in the identity provider.
        ...(isMain ? { externalId: person.id } : {}),
      },
      uuidOf('user', userName),
    );
    for (const displayName of person.groups) {
      const group = this.groups.find((one) => one.displayName === displayName);
      const { id } = group ?? this.createGroup({ displayName }, uuidOf('group', displayName));
      this.#members.get(id)?.add(user.id);
      this.#linkBack(user.id, id);
    }
  }

  #view(user: User): StandInAccount {
    const { id, userName: username, active: enabled, roles } = user;
    const groups = this.groupsOf(id).map((group) => group.displayName);
    return { id, username, enabled, groups, roles, live: {}, deleted: false };
  }

  #keep(user: User): void {
    this.#users.set(user.id, user);
    this.#list = undefined;
    const name = user.userName.toLowerCase();
    const holders = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, holders.add(user.id));
  }

  #forgetName(user: User): void {
    const name = user.userName.toLowerCase();
    const holders = this.#byName.get(name);
    holders?.delete(user.id);
    if (holders?.size === 0) this.#byName.delete(name);
  }

  #linkBack(userId: string, groupId: string): void {
    const groups = this.#groupsOf.get(userId) ?? new Set();
    this.#groupsOf.set(userId, groups.add(groupId));
  }
}
