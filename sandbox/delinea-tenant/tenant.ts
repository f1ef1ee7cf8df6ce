import { randomUUID } from 'node:crypto';
import type { SeedPerson, StandInAccount, StandInState } from '../core';
import { Directory, type User } from '../scim/directory';

/** A vault session. Times are milliseconds since 1970; what is due later is only written down, no timer runs. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  /** In the future: a session that a live token will open although its user is disabled. */
  readonly startsAt: number;
  readonly endsAt?: number;
  /** A person or the clean-up asked for its end. */
  readonly ending?: 'terminated' | 'cleaned-up';
}

export interface TenantOptions {
  /** Names of groups whose members only Active Directory changes. */
  readonly ownedByDirectory?: readonly string[];
  /** From the order to end a session until it is gone; default 200. */
  readonly terminateMs?: number;
  /** From the disable until the vault's own clean-up has ended a user's sessions, one after the other; default 300,000. */
  readonly cleanUpMs?: number;
  /** One more session opens this long after the disable, by a token that is still alive; default never. */
  readonly lateSessionMs?: number;
}

interface Saved {
  readonly directory: unknown;
  readonly sessions: readonly Session[];
}

/** One Delinea tenant: what its REST and its SCIM surface both show. */
export class DelineaTenant implements StandInState {
  readonly directory: Directory;
  readonly #sessions = new Map<string, Session>();

  constructor(readonly options: TenantOptions = {}) {
    this.directory = new Directory(options);
    this.directory.onStopped = (user) => this.#onStopped(user);
  }

  /** Sessions that are live now, oldest first. */
  liveSessions(userId?: string): readonly Session[] {
    const now = Date.now();
    return [...this.#sessions.values()].filter(
      (one) => (userId === undefined || one.userId === userId) && one.startsAt <= now && (one.endsAt ?? Infinity) > now,
    );
  }

  /** Any session that has started, ended ones too. */
  session(id: string): Session | undefined {
    const session = this.#sessions.get(id);
    return session && session.startsAt <= Date.now() ? session : undefined;
  }

  /** Every session that has started, ended ones too. */
  get sessions(): readonly Session[] {
    const now = Date.now();
    return [...this.#sessions.values()].filter((one) => one.startsAt <= now);
  }

  openSession(userId: string, startsAt = Date.now()): Session {
    const session = { id: randomUUID(), userId, startsAt };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Asks for the end; the session stays in the list a little longer (seed 003: clean-up is asynchronous). */
  terminate(session: Session): void {
    const endsAt = Math.min(session.endsAt ?? Infinity, Date.now() + (this.options.terminateMs ?? 200));
    this.#sessions.set(session.id, { ...session, endsAt, ending: 'terminated' });
  }

  seed(people: readonly SeedPerson[]): void {
    this.directory.seed(people);
    for (const person of people) {
      const user = this.directory.usersNamed(person.username)[0];
      if (user) for (let count = 0; count < person.sessions; count += 1) this.openSession(user.id);
    }
  }

  account(username: string): StandInAccount | undefined {
    const account = this.directory.account(username);
    return account && { ...account, live: { session: this.liveSessions(account.id).length } };
  }

  accounts(): readonly StandInAccount[] {
    const counts = new Map<string, number>();
    for (const { userId } of this.liveSessions()) counts.set(userId, (counts.get(userId) ?? 0) + 1);
    return this.directory.accounts().map((one) => ({ ...one, live: { session: counts.get(one.id) ?? 0 } }));
  }

  save(): Saved {
    return { directory: this.directory.save(), sessions: [...this.#sessions.values()] };
  }

  restore(saved: unknown): void {
    const { directory, sessions } = saved as Saved;
    this.directory.restore(directory);
    this.#sessions.clear();
    for (const session of sessions) this.#sessions.set(session.id, session);
  }

  #onStopped(user: User): void {
    const live = this.liveSessions(user.id);
    const { cleanUpMs = 300_000, lateSessionMs } = this.options;
    const last = Date.now() + cleanUpMs;
    live.forEach((session, index) => {
      const endsAt = Math.min(session.endsAt ?? Infinity, last - ((live.length - 1 - index) * cleanUpMs) / live.length);
      this.#sessions.set(session.id, { ...session, endsAt, ending: session.ending ?? 'cleaned-up' });
    });
    const isGone = this.directory.user(user.id) === undefined;
    if (lateSessionMs !== undefined && !isGone) this.openSession(user.id, Date.now() + lateSessionMs);
  }
}
