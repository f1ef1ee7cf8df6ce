import type { ChannelAnswer, Message } from '../../domain/notice';
import type { Secret } from '../../domain/secret';
import type { Call } from '../connector';
import { ConnectorError, TargetMisconfigured } from '../errors';
import { retryAfterOf } from '../http/classify';
import { openAgents, type Agents } from '../http/tls';
import { Transport, type RawAnswer } from '../http/transport';
import type { Tls } from '../target';
import { forms, type ChannelType } from './form';

export type { ChannelType } from './form';

export interface ChannelOptions {
  readonly id: string;
  readonly type: ChannelType;
  /** The whole address is a secret: who has a Slack webhook's may write to it. */
  readonly url: Secret;
  /** All sign; several while one is being changed. */
  readonly secrets: readonly Secret[];
  readonly timeoutMs: number;
  readonly tls: Tls;
}

/** Where people are told. Answers say what became of a message in words that hold neither address nor secret. */
export interface Channel {
  readonly id: string;
  send(message: Message, signal: AbortSignal): Promise<ChannelAnswer>;
  /** Whether anything answers at the address; sends no message. */
  probe(signal: AbortSignal): Promise<ChannelAnswer>;
}

/** Opens no connection and reads no secret yet. */
export function openChannel(options: ChannelOptions): Channel {
  return new HttpChannel(options);
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

class HttpChannel implements Channel {
  #agents: Agents | undefined;
  /** An address that said it is gone is left alone until it changes. */
  #gone: string | undefined;

  constructor(private readonly options: ChannelOptions) {}

  get id(): string {
    return this.options.id;
  }

  async send(message: Message, signal: AbortSignal): Promise<ChannelAnswer> {
    return await this.#attempt(async (url) => {
      if (url.href === this.#gone) return refused('it answered 410 before: nothing is sent until its address changes');
      const secrets = this.options.secrets.map((secret) => secret.reveal().trim());
      const { body, headers } = this.#write(message, secrets);
      const answer = await this.#exchange({ method: 'POST', url, body, headers, signal });
      if (answer.status === 410) this.#gone = url.href;
      return understood(answer);
    });
  }

  async probe(signal: AbortSignal): Promise<ChannelAnswer> {
    return await this.#attempt(async (url) => {
      for (const secret of this.options.secrets) secret.reveal();
      const { status } = await this.#exchange({ method: 'HEAD', url, headers: {}, signal });
      return status === 404 || status === 410 ? refused(`it answered ${status}`) : { outcome: 'taken' };
    });
  }

  /** Whatever goes wrong on our side can be mended while the flow waits, as any secret can. */
  async #attempt(work: (url: URL) => Promise<ChannelAnswer>): Promise<ChannelAnswer> {
    try {
      return await work(this.#url());
    } catch (error) {
      return { outcome: 'again', why: wordsOf(error) };
    }
  }

  #url(): URL {
    const { url } = this.options;
    const text = url.reveal().trim();
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && loopback.test(parsed.hostname));
    if (parsed === undefined || !isSafe)
      throw new Unusable(`the address in ${url.reference} does not begin with https://`);
    return parsed;
  }

  #write(message: Message, secrets: readonly string[]) {
    try {
      return forms[this.options.type].write(message, secrets);
    } catch (error) {
      const names = this.options.secrets.map(({ reference }) => reference).join(', ');
      throw new Unusable(`its secret (${names}) ${error instanceof Error ? error.message : 'cannot be used'}`);
    }
  }

  async #exchange({
    method,
    url,
    body,
    headers,
    signal,
  }: {
    readonly method: string;
    readonly url: URL;
    readonly body?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  }): Promise<RawAnswer> {
    const { id, timeoutMs, tls } = this.options;
    this.#agents ??= openAgents({ target: id, tls, keepAlive: false, connections: 1 });
    const transport = new Transport({
      ...{ target: id, baseUrl: url, agents: this.#agents, timeoutMs },
      ...{ cookies: false, keepAlive: false },
    });
    const call: Call = { signal, beforeWrite: async () => undefined, noteExchange: () => undefined };
    return await transport.exchange(
      {
        ...{ operation: 'tell', method, url, secrets: [] },
        headers: { Accept: '*/*', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body }),
      },
      call,
    );
  }
}

class Unusable extends Error {}

function refused(why: string): ChannelAnswer {
  return { outcome: 'refused', why };
}

/** By status; of the body only a short code such as Slack's `invalid_token` is ever repeated. */
function understood({ status, headers, text }: RawAnswer): ChannelAnswer {
  const code = /^[a-z]+(_[a-z]+){0,5}$/.test(text.trim()) && text.trim().length <= 40 ? ` (${text.trim()})` : '';
  const why = `it answered ${status}${code}`;
  if (status >= 200 && status < 300) {
    // A log-in page in between answers 200 to everything.
    return /^\s*<(!doctype|html)/i.test(text)
      ? { outcome: 'again', why: `${why} with a web page: something stands in between` }
      : { outcome: 'taken' };
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const waitMs = retryAfterOf(headers);
    return { outcome: 'again', why, ...(waitMs === undefined ? {} : { waitMs }) };
  }
  return refused(status >= 300 && status < 400 ? `${why}: redirects are not followed` : why);
}

/** Errors of the transport name the host; the code says as much and gives nothing away. */
function wordsOf(error: unknown): string {
  if (error instanceof TargetMisconfigured)
    return `its certificate or TLS settings cannot be used (${error.context.code ?? error.message})`;
  if (error instanceof ConnectorError) return `no answer (${error.context.code ?? error.name})`;
  if (error instanceof Error && error.name === 'AbortError') return 'cut off';
  return error instanceof Error ? error.message : 'it cannot be used';
}
