import type { Call } from '../connector';
import { TargetMisconfigured, VendorAnswerInvalid } from '../errors';
import type { Auth, Target } from '../target';
import { bodyOf, refuseHtml } from './answer';
import { refusalOf } from './classify';
import type { Http, HttpAnswer, HttpDialect, HttpRequest } from './contract';
import { revealed, tokenSourceOf, type Source } from './credential';
import { remembering } from './memory';
import { problemOf } from './problem';
import { Rate } from './rate';
import { secretsIn } from './scrub';
import { openAgents } from './tls';
import { TokenCache, type Token, type TokenSource } from './token';
import { Transport, type RawAnswer } from './transport';

/** What the HTTP room needs to know of a target, or of an HR system that is read. */
export type HttpTarget = Pick<Target, 'id' | 'baseUrl' | 'auth' | 'tls' | 'limits'>;

/** Another surface of the same target, with its own address and credential (Delinea REST: the tenant's SCIM). */
export interface Overrides {
  readonly baseUrl?: string;
  readonly auth?: Auth;
  /** Instead of `auth`, for systems whose tokens are asked for in a way of their own. */
  readonly tokens?: (source: Source) => TokenSource;
}

/** Opens no connection. Throws `TargetMisconfigured` when address, CA file or pin cannot be used. */
export function openHttp(target: HttpTarget, dialect: HttpDialect = {}, overrides: Overrides = {}): Http {
  const baseUrl = (overrides.baseUrl ?? target.baseUrl).replace(/\/+$/, '');
  return remembering(new Door(target, dialect, baseUrl, overrides));
}

class Door implements Http {
  readonly #auth: Auth;
  readonly #base: URL;
  readonly #transport: Transport;
  readonly #rate: Rate;
  readonly #tokens: TokenCache | undefined;

  constructor(
    private readonly target: HttpTarget,
    private readonly dialect: HttpDialect,
    private readonly baseUrl: string,
    { auth = target.auth, tokens }: Overrides,
  ) {
    this.#auth = auth;
    const { id, limits, tls } = target;
    this.#base = this.#urlOf(baseUrl, 'baseUrl');
    const keepAlive = dialect.keepAlive ?? true;
    const agents = openAgents({ target: id, tls, keepAlive, connections: limits.concurrency });
    const { timeoutMs } = limits;
    const cookies = dialect.cookies ?? false;
    this.#transport = new Transport({ target: id, baseUrl: this.#base, agents, timeoutMs, cookies, keepAlive });
    this.#rate = new Rate(id, limits);
    if ('tokenUrl' in auth) this.#urlOf(auth.tokenUrl, 'auth.tokenUrl');
    if (tokens !== undefined) {
      this.#tokens = new TokenCache(tokens({ target: id, transport: this.#transport }));
    } else if (!('token' in auth)) {
      this.#tokens = new TokenCache(tokenSourceOf(auth, baseUrl, { target: id, transport: this.#transport }));
    }
  }

  async send<T>(request: HttpRequest<T>, call: Call): Promise<HttpAnswer<T>> {
    const token = await this.#token(call);
    const answer = await this.#exchange(request, token, call);
    const { refreshOn = [401] } = this.dialect;
    if (!refreshOn.includes(answer.status)) return this.#understand(request, answer);
    const other = await this.#replacement(token, call);
    return this.#understand(request, other === undefined ? answer : await this.#exchange(request, other, call));
  }

  async proveCredential(call: Call): Promise<{ readonly lifetimeSeconds?: number; readonly clockSkewMs?: number }> {
    const proven = this.#tokens === undefined ? this.#staticToken() : await this.#tokens.prove(call);
    const { clockSkewMs } = this.#transport;
    return {
      ...(proven.lifetimeSeconds !== undefined && { lifetimeSeconds: proven.lifetimeSeconds }),
      ...(clockSkewMs !== undefined && { clockSkewMs }),
    };
  }

  async #token(call: Call): Promise<Token> {
    return this.#tokens === undefined ? this.#staticToken() : this.#tokens.current(call);
  }

  #staticToken(): Token {
    if (!('token' in this.#auth)) throw new Error('only a static token needs no request');
    return { value: revealed(this.#auth.token, this.target.id) };
  }

  /** A static token can only have been replaced where it is kept; offering the same one again proves nothing. */
  async #replacement(refused: Token, call: Call): Promise<Token | undefined> {
    if (this.#tokens !== undefined) return this.#tokens.replace(refused, call);
    const now = this.#staticToken();
    return now.value === refused.value ? undefined : now;
  }

  async #exchange(request: HttpRequest<unknown>, token: Token, call: Call): Promise<RawAnswer> {
    const { method, operation, body } = request;
    const url = this.#address(request);
    const changes = method !== 'GET' && request.onlyReads !== true;
    const raw = this.dialect.rawToken === true || 'username' in this.#auth;
    const headers = {
      Accept: this.dialect.accept ?? 'application/json',
      ...this.dialect.headers,
      Authorization: raw ? token.value : `Bearer ${token.value}`,
      ...(body !== undefined && { 'Content-Type': request.contentType ?? 'application/json' }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const secrets = [token.value, ...secretsIn(body)];
    return this.#rate.run(operation, call, async () => {
      if (changes) await call.beforeWrite(operation);
      return this.#transport.exchange({ operation, method, url, headers, ...text, secrets }, call);
    });
  }

  #understand<T>(request: HttpRequest<T>, raw: RawAnswer): HttpAnswer<T> {
    const { operation, answer, expected = [] } = request;
    const at = { target: this.target.id, operation };
    const { status, headers, requestId } = raw;
    const common = { status, headers, ...(requestId !== undefined && { requestId }) };
    if (status >= 200 && status < 300) return { ...common, body: bodyOf(raw, { ...at, answer }) };
    const problem = problemOf(raw.text, raw.secrets);
    if (expected.includes(status)) {
      refuseHtml(raw, at);
      return { ...common, problem };
    }
    const { retryableCodes = [] } = this.dialect;
    throw refusalOf({ ...at, ...common, problem, retryableCodes });
  }

  /** Credentials go to the target's own origin only, wherever an answer's link may point. */
  #address({ path, query = {}, operation }: HttpRequest<unknown>): URL {
    const text = path.startsWith('/') ? this.baseUrl + path : path;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.origin !== this.#base.origin) {
      const where = url === undefined ? 'an address that is none' : `another host (${url.host})`;
      throw new VendorAnswerInvalid(`the vendor points to ${where}, which is not followed`, {
        ...{ target: this.target.id, operation },
      });
    }
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`],
    );
    if (pairs.length > 0) url.search = [url.search.slice(1), ...pairs].filter((part) => part !== '').join('&');
    return url;
  }

  #urlOf(text: string, name: string): URL {
    if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
    throw new TargetMisconfigured(`${name} is not an http(s) address`, {
      target: this.target.id,
      operation: 'open target',
    });
  }
}
