import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse, type Vault } from '../cyberark-pvwa';

export interface LogonHabits {
  /** A session that is not used for so long is over. */
  readonly idleSeconds: number;
  /** The token is known to one node only: requests must bring the cookie of the load balancer. */
  readonly sticky: boolean;
  /** Failed log-ons after which the vault suspends the user. */
  readonly badLogonsUntilSuspended: number;
  /** How a log-on gives its token: as JSON text, as text without quotes, or in a field of this name. */
  readonly tokenAs: 'json' | 'plain' | { readonly field: string };
}

interface Session {
  readonly username: string;
  readonly node: string;
  aliveUntil: number;
}

const COOKIE = 'PVWA-Node';
const METHODS = new Set(['cyberark', 'ldap', 'windows', 'radius']);

/** PVWA's own log-on. Its sessions live in memory: a restart of the vault ends them all. */
export class LogonDesk {
  readonly #sessions = new Map<string, Session>();
  readonly #failures = new Map<string, number>();

  constructor(
    readonly vault: Vault,
    readonly habits: LogonHabits,
  ) {}

  serve(app: FastifyInstance): void {
    app.post<{ Params: { method: string } }>(
      '/auth/:method/Logon',
      { config: { logOn: true, open: true } },
      (request, reply) => {
        const { username, password, concurrentSession } = (request.body ?? {}) as Record<string, unknown>;
        if (!METHODS.has(request.params.method.toLowerCase())) throw refuse.notFound(`Method ${request.params.method}`);
        const name = this.#prove(String(username), password);
        if (concurrentSession !== true) this.endAll(name);
        const node = `node-${String(1 + (this.#sessions.size % 2))}`;
        const token = randomBytes(48).toString('base64');
        this.#sessions.set(token, { username: name, node, aliveUntil: this.#later() });
        reply.header('set-cookie', `${COOKIE}=${node}; path=/; HttpOnly`);
        return this.#answer(reply, token);
      },
    );
    app.post('/auth/Logoff', { config: { reads: true } }, (request, reply) => {
      this.#sessions.delete(request.headers.authorization ?? '');
      return reply.send();
    });
  }

  /** The token stands in the header as it is; with "Bearer" in front it is no token. */
  admits(request: FastifyRequest): boolean {
    const session = this.#sessions.get(request.headers.authorization ?? '');
    if (session === undefined || session.aliveUntil <= Date.now()) return false;
    if (this.habits.sticky && !(request.headers.cookie ?? '').includes(`${COOKIE}=${session.node}`)) return false;
    session.aliveUntil = this.#later();
    return true;
  }

  /** Ends the sessions of one user, or of all. */
  endAll(username?: string): void {
    for (const [token, session] of this.#sessions)
      if (username === undefined || session.username === username) this.#sessions.delete(token);
  }

  get open(): number {
    return this.#sessions.size;
  }

  #answer(reply: FastifyReply, token: string): FastifyReply {
    const { tokenAs } = this.habits;
    if (tokenAs === 'plain') return reply.type('text/plain').send(token);
    return reply.type('application/json').send(JSON.stringify(tokenAs === 'json' ? token : { [tokenAs.field]: token }));
  }

  #prove(username: string, password: unknown): string {
    const user = this.vault.byName(username);
    if (user === undefined) throw refuse.badLogon();
    if (user.suspended) throw refuse.suspendedLogon();
    if (user.enableUser && this.vault.passwordOf(user) === password) {
      this.#failures.delete(user.username);
      return user.username;
    }
    const failures = (this.#failures.get(user.username) ?? 0) + 1;
    this.#failures.set(user.username, failures);
    if (failures >= this.habits.badLogonsUntilSuspended) this.vault.setSuspended(user, true);
    throw refuse.badLogon();
  }

  #later(): number {
    return Date.now() + this.habits.idleSeconds * 1000;
  }
}
