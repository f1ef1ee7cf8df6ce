import { uuidOf, type SeedPerson, type StandInAccount, type StandInState } from '../core';

export interface Member {
  readonly id: string;
  readonly login: string;
  readonly mail?: string;
  readonly fullName?: string;
  readonly state: 'open' | 'closed';
  /** Names, which serve as ids. */
  readonly teams: readonly string[];
}
export interface Lease {
  readonly id: string;
  readonly memberId: string;
  readonly secret: string;
  readonly since: string;
}

interface Saved {
  readonly members: readonly Member[];
  readonly gone: readonly Member[];
  readonly leases: readonly Lease[];
  readonly teams: readonly string[];
}

/** What the stand-in keeps: members with their teams, and leases. */
export class MemberBook implements StandInState {
  readonly members = new Map<string, Member>();
  readonly leases = new Map<string, Lease>();
  #teams = new Set<string>();
  #gone: readonly Member[] = [];

  get teams(): readonly string[] {
    return [...this.#teams];
  }

  named(login: string): Member | undefined {
    return [...this.members.values()].find((one) => one.login.toLowerCase() === login.toLowerCase());
  }

  put(member: Member): Member {
    this.members.set(member.id, member);
    return member;
  }

  remove(member: Member): void {
    this.members.delete(member.id);
    this.#gone = [...this.#gone, member];
  }

  /** As the API shows it. */
  shown(member: Member): unknown {
    return { ...member, teams: member.teams.map((name) => ({ id: name, name })) };
  }

  seed(people: readonly SeedPerson[]): void {
    for (const { username, extraUsernames = [], ...person } of people)
      for (const login of [username, ...extraUsernames]) {
        const { email: mail, displayName: fullName, groups: teams, enabled = true } = person;
        const id = uuidOf('member', login);
        this.put({ id, login, mail, fullName, state: enabled ? 'open' : 'closed', teams });
        for (const team of teams) this.#teams.add(team);
        const leases = login === username ? person.sessions : 0;
        for (let number = 1; number <= leases; number += 1) this.#lend(id, `secret-${number}`);
      }
  }

  account(username: string): StandInAccount | undefined {
    const member = this.named(username);
    if (member !== undefined) return this.#seen(member, false);
    const gone = this.#gone.findLast((one) => one.login.toLowerCase() === username.toLowerCase());
    return gone && this.#seen(gone, true);
  }

  accounts(): readonly StandInAccount[] {
    return [...this.members.values()].map((member) => this.#seen(member, false));
  }

  save(): Saved {
    const { members, leases, teams } = this;
    return { members: [...members.values()], gone: this.#gone, leases: [...leases.values()], teams };
  }

  restore(saved: unknown): void {
    const { members, gone, leases, teams } = saved as Saved;
    this.members.clear();
    this.leases.clear();
    for (const member of members) this.put(member);
    for (const lease of leases) this.leases.set(lease.id, lease);
    this.#teams = new Set(teams);
    this.#gone = gone;
  }

  #lend(memberId: string, secret: string): void {
    const id = uuidOf('lease', `${memberId} ${secret}`);
    this.leases.set(id, { id, memberId, secret, since: new Date().toISOString() });
  }

  #seen({ id, login, state, teams }: Member, deleted: boolean): StandInAccount {
    const lease = [...this.leases.values()].filter((one) => one.memberId === id).length;
    return {
      id,
      username: login,
      enabled: state === 'open' && !deleted,
      groups: teams,
      roles: [],
      live: { lease },
      deleted,
    };
  }
}
