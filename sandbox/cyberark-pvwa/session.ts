import { randomUUID } from 'node:crypto';

export interface Session {
  SessionID: string;
  SessionGuid: string;
  User: string;
  Start: number;
  CanTerminate: boolean;
  AccountUsername: string;
  RemoteMachine: string;
  SafeName: string;
  /** Milliseconds since 1970 from which the session can be seen. */
  appearsAt: number;
  /** Set once its end was asked for: from then on it is over. */
  endsAt: number | null;
}

export interface SessionHabits {
  /** A live token opens one more session so long after a disable. Default never. */
  readonly lateSessionMs: number | undefined;
  /** How long a terminated session goes on. Default 0. */
  readonly terminateDelayMs: number;
  /** Ended sessions stay in the list with `IsLive` false. Default: they leave it. */
  readonly endedStay: boolean;
  /** Users whose sessions have `CanTerminate` false. Default none. */
  readonly unterminatable: readonly string[];
}

/** PSM sessions. What happens later is kept as a due time and compared with the clock when somebody asks. */
export class SessionBook {
  #sessions: Session[] = [];
  #count = 0;

  constructor(readonly habits: SessionHabits) {}

  open(username: string, appearsAt = Date.now()): Session {
    const number = ++this.#count;
    const session: Session = {
      SessionID: `${String(number)}_${String(100 + (number % 900))}`,
      SessionGuid: randomUUID(),
      User: username,
      Start: Math.floor(appearsAt / 1000),
      CanTerminate: !this.habits.unterminatable.some((name) => sameName(name, username)),
      AccountUsername: 'root',
      RemoteMachine: `server-${String(number % 7)}.acme.test`,
      SafeName: 'Linux-Root',
      appearsAt,
      endsAt: null,
    };
    this.#sessions.push(session);
    return session;
  }

  /** The disable itself ends nothing; whoever holds a live token can start another session for a while. */
  afterDisable(username: string): void {
    if (this.habits.lateSessionMs !== undefined) this.open(username, Date.now() + this.habits.lateSessionMs);
  }

  rename(from: string, to: string): void {
    if (from === to) return;
    for (const session of this.#sessions) if (sameName(session.User, from)) session.User = to;
  }

  listed(): readonly Session[] {
    const now = Date.now();
    return this.#sessions.filter((session) => session.appearsAt <= now && (isLive(session) || this.habits.endedStay));
  }

  liveOf(username: string): readonly Session[] {
    return this.listed().filter((session) => isLive(session) && sameName(session.User, username));
  }

  byId(id: string): Session | undefined {
    return this.listed().find((session) => session.SessionID === id);
  }

  terminate(session: Session): void {
    session.endsAt ??= Date.now() + this.habits.terminateDelayMs;
  }

  save(): unknown {
    return { sessions: this.#sessions, count: this.#count };
  }

  restore(saved: unknown): void {
    const { sessions, count } = saved as { sessions: Session[]; count: number };
    this.#sessions = sessions;
    this.#count = count;
  }
}

export function isLive(session: Session): boolean {
  return session.endsAt === null || session.endsAt > Date.now();
}

export function showSession(session: Session): Record<string, unknown> {
  const { appearsAt: _appears, endsAt: _ends, ...shown } = session;
  return { ...shown, IsLive: isLive(session), RawProperties: { Protocol: 'SSH', PoliciesAndRules: [] } };
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
