import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from './refusal';

export interface TokenDeskOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Where the vendor wants the secret: in the form, as HTTP Basic, or either. Default either. */
  readonly clientAuth?: 'body' | 'basic' | 'either';
  /** Seconds; default 3600. */
  readonly lifetimeSeconds?: number;
  /** Scopes that may be asked for; left out, any. */
  readonly scopes?: readonly string[];
  /** Seconds by which `expires_in` is too generous: a vendor whose clock is off. */
  readonly clockSkewSeconds?: number;
  /** Tokens that never expire, for vendors that hand them out in their console. */
  readonly staticTokens?: readonly string[];
}

/** Hands out bearer tokens for client credentials and knows which of them are alive. */
export class TokenDesk {
  readonly clientId: string;
  readonly clientSecret: string;
  #issued = 0;
  readonly #aliveUntil = new Map<string, number>();

  constructor(readonly options: TokenDeskOptions = {}) {
    this.clientId = options.clientId ?? 'play-client';
    this.clientSecret = options.clientSecret ?? 'play-secret';
    for (const token of options.staticTokens ?? []) this.#aliveUntil.set(token, Infinity);
  }

  get issued(): number {
    return this.#issued;
  }

  /** A fresh token, without any question asked. */
  issue(): string {
    this.#issued += 1;
    const token = randomBytes(24).toString('base64url');
    this.#aliveUntil.set(token, Date.now() + this.#lifetimeSeconds * 1000);
    return token;
  }

  /** From here on no token that was issued works, static ones included when asked for. */
  expireAll({ statics = false }: { statics?: boolean } = {}): void {
    for (const [token, until] of this.#aliveUntil) if (statics || until !== Infinity) this.#aliveUntil.delete(token);
  }

  isAlive(token: string): boolean {
    return (this.#aliveUntil.get(token) ?? 0) > Date.now();
  }

  /** Whether the request carries `Authorization: Bearer <live token>`. */
  admits(request: FastifyRequest): boolean {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    return scheme?.toLowerCase() === 'bearer' && token !== undefined && this.isAlive(token);
  }

  /** RFC 6749 section 4.4: form body, errors of section 5.2. */
  serve(app: FastifyInstance, path: string): void {
    app.post(path, { config: { logOn: true, open: true } }, (request, reply) => {
      const form = (request.body ?? {}) as Record<string, string>;
      if (!this.#knows(request, form)) throw new Refusal(401, { error: 'invalid_client' });
      if (form['grant_type'] !== 'client_credentials') throw new Refusal(400, { error: 'unsupported_grant_type' });
      this.#checkScope(form['scope']);
      const expires = this.#lifetimeSeconds + (this.options.clockSkewSeconds ?? 0);
      const granted = form['scope'] === undefined ? {} : { scope: form['scope'] };
      return reply.send({ access_token: this.issue(), token_type: 'Bearer', expires_in: expires, ...granted });
    });
  }

  get #lifetimeSeconds(): number {
    return this.options.lifetimeSeconds ?? 3600;
  }

  #knows(request: FastifyRequest, form: Record<string, string>): boolean {
    const accepted = this.options.clientAuth ?? 'either';
    const [scheme, encoded] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() === 'basic' && accepted !== 'body') {
      const [id, ...secret] = Buffer.from(encoded ?? '', 'base64')
        .toString('utf8')
        .split(':');
      return this.#same(decodeURIComponent(id ?? ''), decodeURIComponent(secret.join(':')));
    }
    return accepted !== 'basic' && this.#same(form['client_id'], form['client_secret']);
  }

  #same(id: string | undefined, secret: string | undefined): boolean {
    return id === this.clientId && secret === this.clientSecret;
  }

  #checkScope(asked: string | undefined): void {
    const { scopes } = this.options;
    if (scopes === undefined) return;
    const unknown = (asked ?? '').split(' ').filter((scope) => scope !== '' && !scopes.includes(scope));
    if (asked === undefined || unknown.length > 0) throw new Refusal(400, { error: 'invalid_scope' });
  }
}
