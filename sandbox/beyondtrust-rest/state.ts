import { Refusal } from '../core/refusal';

/** A user as the appliance keeps it: the data model of seed 000, write-only password included. */
export interface User {
  id: number;
  username: string;
  display_name: string;
  email_address: string | null;
  enabled: boolean;
  account_type: string;
  group_memberships: number[];
  public_key: string | null;
  locale: string | null;
  last_login: string | null;
  created_at: string;
}

export interface Group {
  id: number;
  name: string;
  description: string;
}

interface Saved {
  users: User[];
  passwords: [number, string][];
  groups: Group[];
  deleted: User[];
  nextUser: number;
  nextGroup: number;
}

/** What a request body holds. */
export type Fields = Readonly<Record<string, unknown>>;

/** Users and groups of one appliance. Numbers count up; ids are never used twice. */
export class Appliance {
  readonly users = new Map<number, User>();
  readonly groups = new Map<number, Group>();
  readonly deleted = new Map<number, User>();
  readonly #passwords = new Map<number, string>();
  readonly #idByName = new Map<string, number>();
  #rows: readonly User[] | undefined;
  #nextUser = 41;
  #nextGroup = 5;

  /** All users in the order of their creation. */
  get rows(): readonly User[] {
    return (this.#rows ??= [...this.users.values()]);
  }

  byUsername(username: string): User | undefined {
    const id = this.#idByName.get(username.toLowerCase());
    return id === undefined ? undefined : this.users.get(id);
  }

  passwordOf(id: number): string | undefined {
    return this.#passwords.get(id);
  }

  ensureGroup(name: string): Group {
    for (const group of this.groups.values()) if (group.name === name) return group;
    const group = { id: this.#nextGroup++, name, description: `${name} group` };
    this.groups.set(group.id, group);
    return group;
  }

  create(fields: Fields): User {
    const username = requiredText(fields, 'username');
    const display_name = requiredText(fields, 'display_name');
    const account_type = requiredText(fields, 'account_type');
    if (account_type === 'local') requiredText(fields, 'password');
    if (this.byUsername(username) !== undefined) throw new Refusal(409, 'username is already in use', 'conflict');
    const writable = { ...this.#writable(fields, username), username, display_name };
    const id = ++this.#nextUser;
    const user = { id, ...writable, account_type, last_login: null, created_at: new Date().toISOString() };
    this.#keep(user);
    this.#keepPassword(id, fields);
    return user;
  }

  /**
   * Full replace: what the body leaves out goes back to its default, memberships included (seed 000, "Update User").
   * Only the write-only password and the read-only fields survive an omission.
   */
  replace(user: User, fields: Fields): User {
    const writable = this.#writable(fields, user.username);
    const holder = this.byUsername(writable.username);
    if (holder !== undefined && holder.id !== user.id) throw new Refusal(409, 'username is already in use', 'conflict');
    this.#idByName.delete(user.username.toLowerCase());
    const { id, account_type, last_login, created_at } = user;
    const replaced = { id, ...writable, account_type, last_login, created_at };
    this.#keep(replaced);
    this.#keepPassword(id, fields);
    return replaced;
  }

  addMember(group: number, userId: unknown, conflict = 409): void {
    const user = typeof userId === 'number' ? this.users.get(userId) : undefined;
    if (user === undefined) throw new Refusal(422, 'user_id does not name a user', 'unprocessable');
    if (user.group_memberships.includes(group)) throw new Refusal(conflict, 'user is already a member', 'conflict');
    this.#keep({ ...user, group_memberships: [...user.group_memberships, group] });
  }

  removeMember(group: number, userId: number): void {
    const user = this.users.get(userId);
    if (user === undefined || !user.group_memberships.includes(group))
      throw new Refusal(404, 'no such member', 'not_found');
    this.#keep({ ...user, group_memberships: user.group_memberships.filter((one) => one !== group) });
  }

  remove(user: User): void {
    this.users.delete(user.id);
    this.#rows = undefined;
    this.#idByName.delete(user.username.toLowerCase());
    this.#passwords.delete(user.id);
    this.deleted.set(user.id, user);
  }

  save(): Saved {
    return {
      users: [...this.users.values()],
      passwords: [...this.#passwords],
      groups: [...this.groups.values()],
      deleted: [...this.deleted.values()],
      nextUser: this.#nextUser,
      nextGroup: this.#nextGroup,
    };
  }

  restore(saved: unknown): void {
    const { users, passwords, groups, deleted, nextUser, nextGroup } = saved as Saved;
    this.#rows = undefined;
    for (const kept of [this.users, this.groups, this.deleted, this.#passwords, this.#idByName]) kept.clear();
    for (const user of users) this.#keep(user);
    for (const [id, password] of passwords) this.#passwords.set(id, password);
    for (const group of groups) this.groups.set(group.id, group);
    for (const user of deleted) this.deleted.set(user.id, user);
    this.#nextUser = nextUser;
    this.#nextGroup = nextGroup;
  }

  #writable(fields: Fields, username: string) {
    return {
      username: text(fields, 'username') ?? username,
      display_name: text(fields, 'display_name') ?? '',
      email_address: text(fields, 'email_address') ?? null,
      enabled: flag(fields, 'enabled') ?? true,
      group_memberships: this.#memberships(fields),
      public_key: text(fields, 'public_key') ?? null,
      locale: text(fields, 'locale') ?? null,
    };
  }

  #memberships(fields: Fields): number[] {
    const value = fields['group_memberships'] ?? [];
    if (!Array.isArray(value)) throw new Refusal(422, 'group_memberships must be a list of ids', 'unprocessable');
    const ids = value as readonly unknown[];
    for (const id of ids)
      if (typeof id !== 'number' || !this.groups.has(id))
        throw new Refusal(422, 'group_memberships names a group that does not exist', 'unprocessable');
    return [...new Set(ids as readonly number[])];
  }

  #keep(user: User): void {
    this.#rows = undefined;
    this.users.set(user.id, user);
    this.#idByName.set(user.username.toLowerCase(), user.id);
  }

  #keepPassword(id: number, fields: Fields): void {
    const password = text(fields, 'password');
    if (password !== undefined) this.#passwords.set(id, password);
  }
}

function requiredText(fields: Fields, name: string): string {
  const value = text(fields, name);
  if (value === undefined || value === '') throw new Refusal(422, `${name} is required`, 'unprocessable');
  return value;
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Refusal(422, `${name} must be text`, 'unprocessable');
  return value;
}

function flag(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw new Refusal(422, `${name} must be true or false`, 'unprocessable');
  return value;
}
