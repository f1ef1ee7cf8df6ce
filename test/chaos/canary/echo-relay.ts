import {
  Agent,
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { carriers, quotations, type Carrier, type Quotation, type Sent, type Spoken } from './echo';

/** In which part of an answer the secrets stand, and how they are written there. */
export interface Saying {
  readonly carrier: Carrier;
  readonly quotation: Quotation;
}

/** Stands between Tenure and one vendor, and tells its caller all the secrets that it was sent. */
export interface EchoRelay {
  readonly origin: string;
  /** Every secret that crossed the wire in either direction. */
  readonly secrets: ReadonlySet<string>;
  /** What was said, and how. */
  readonly said: readonly Saying[];
  stop(): Promise<void>;
}

export interface EchoOptions {
  readonly upstream: string;
  /** What is to be said in the course of time, in this order; then it is a plain relay. */
  readonly plan: readonly Saying[];
  /** Its answers to the first log-ons. */
  readonly atLogOn: readonly Saying[];
  /** Requests that pass between two of them. */
  readonly pause: number;
  /** A secret that every good answer holds besides, in a field that nobody asked for. */
  readonly unasked: string;
  /** Set by every answer, and sent back by whoever keeps cookies. */
  readonly cookie: string;
}

const HOP = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);
const logOn = /token$|\/Logon$|xpmplatform$|token\/play-scim-app$/i;

export async function startEchoRelay(options: EchoOptions): Promise<EchoRelay> {
  const relay = new Relay(options);
  await relay.listen();
  return relay;
}

class Relay implements EchoRelay {
  readonly secrets: Set<string>;
  readonly said: Saying[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  readonly #plan: Saying[];
  #passed = 0;
  #logOns = 0;
  origin = '';

  constructor(private readonly options: EchoOptions) {
    this.secrets = new Set([options.unasked, options.cookie]);
    this.#plan = [...options.plan];
    this.#server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const isLogOn = logOn.test((request.url ?? '').split('?', 1)[0] ?? '');
    const sent = this.overhear(request, body, isLogOn);
    const spoken = isLogOn ? this.atTheDoor(sent) : this.carelessly(sent);
    const { status, headers, body: text } = spoken ?? (await this.pass(request, body, isLogOn));
    const cookies = [headers['set-cookie'] ?? [], `node=${this.options.cookie}; Path=/`].flat();
    response.writeHead(status, { ...headers, 'set-cookie': cookies });
    response.end(text);
  }

  /** Takes note of every secret in a request. */
  private overhear(request: IncomingMessage, body: string, isLogOn: boolean): Sent {
    const { authorization = '', cookie = '' } = request.headers;
    const secrets = [authorization.replace(/^\w+ /, '')];
    if (cookie !== '') secrets.push(this.options.cookie);
    if (/^basic /i.test(authorization)) {
      const [, password = ''] = Buffer.from(authorization.slice(6), 'base64').toString().split(':');
      secrets.push(decodeURIComponent(password));
    }
    if (isLogOn) secrets.push(passwordIn(body));
    const known = secrets.filter((secret) => secret !== '');
    for (const secret of known) this.secrets.add(secret);
    return { secrets: known, context: `authorization: ${authorization}; cookie: ${cookie} ${isLogOn ? body : ''}` };
  }

  /** The first log-ons fail, all others work. */
  private atTheDoor(sent: Sent): Spoken | undefined {
    this.#logOns += 1;
    const said = this.options.atLogOn[this.#logOns - 1];
    return said === undefined ? undefined : this.say(said, sent);
  }

  private carelessly(sent: Sent): Spoken | undefined {
    this.#passed += 1;
    if (this.#passed <= this.options.pause) return undefined;
    const next = this.#plan.shift();
    if (next === undefined) return undefined;
    this.#passed = 0;
    return this.say(next, sent);
  }

  private say(what: Saying, sent: Sent): Spoken {
    this.said.push(what);
    return carriers[what.carrier](quotations[what.quotation](sent));
  }

  private async pass(request: IncomingMessage, body: string, isLogOn: boolean): Promise<Spoken> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name, value]) => !HOP.has(name) && value !== undefined),
    ) as Record<string, string>;
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const url = new URL(request.url ?? '/', this.options.upstream);
      const onward = send(
        url,
        { method: request.method ?? 'GET', headers: { ...headers, ...length }, agent: this.#agent },
        resolve,
      );
      onward.on('error', reject);
      onward.end(body);
    });
    const text = await read(answered);
    const status = answered.statusCode ?? 0;
    if (isLogOn && status === 200) this.secrets.add(tokenIn(text));
    const back = Object.entries(answered.headers).filter(([name, value]) => !HOP.has(name) && value !== undefined);
    return {
      status,
      headers: Object.fromEntries(back) as Record<string, string>,
      body: isLogOn ? text : withUnasked(text, this.options.unasked),
    };
  }
}

async function read(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** The secret half of a log-on's body: a form, or JSON. */
function passwordIn(body: string): string {
  if (body.startsWith('{')) return (JSON.parse(body) as { readonly password: string }).password;
  return new URLSearchParams(body).get('client_secret') ?? '';
}

function tokenIn(text: string): string {
  const answer = JSON.parse(text) as string | { readonly access_token: string };
  return typeof answer === 'string' ? answer : answer.access_token;
}

/** Into every object of the answer. */
function withUnasked(text: string, secret: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  const into = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(into);
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.entries(value).map(([name, one]) => [name, into(one)] as const);
    return { ...Object.fromEntries(inner), sessionKey: secret };
  };
  return JSON.stringify(into(JSON.parse(text)));
}
