import { setTimeout as wait } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { slackRefusal } from './slack';

/** How a box fails: an answer of 500, none at all, 410, 429 with Retry-After, 429 without, a web page with 200. */
export type BoxFault =
  'server-error' | 'silent' | 'gone' | 'throttled' | 'throttled-silently' | 'web-page' | 'redirect';

export interface ReceivedNotice {
  /** Which receiver it came to. */
  readonly box: string;
  readonly kind: 'webhook' | 'slack';
  readonly at: number;
  /** 0 while none has left. */
  readonly status: number;
  /** `webhook-id`, of webhooks. */
  readonly id?: string;
  /** The same `webhook-id` was taken before. */
  readonly repeat: boolean;
  /** The JSON that came; of what was refused as well. */
  readonly body: Record<string, unknown>;
}

export interface NoticeOptions {
  /** What webhooks must be signed with; any of them fits. */
  readonly secrets?: readonly string[];
  /** A Slack-like box takes one message in so many milliseconds, as Slack does with one a second; 0: no limit. */
  readonly slackEveryMs?: number;
}

/** Receivers of notices over real HTTP: a box for each channel, which checks what it gets as strictly as the real ones. */
export interface NoticeReceiver {
  /** Of a box that takes Standard Webhooks. */
  webhookUrl(box: string): string;
  /** Of a box that behaves like a Slack incoming webhook; the last part of the address is its only credential. */
  slackUrl(box: string): string;
  readonly secrets: readonly string[];
  readonly received: readonly ReceivedNotice[];
  /** What was taken by a box, repeats left out. */
  taken(box: string): readonly ReceivedNotice[];
  /** The next so many messages to a box fail; by default all from now on. */
  fail(box: string, fault: BoxFault, times?: number): void;
  heal(box: string): void;
  stop(): Promise<void>;
}

const PLAY_SECRET = `whsec_${Buffer.from('play secret of the notice boxes!').toString('base64')}`;
const PLAY_KEY = 'playKeyOfTheBox';

type Entry = { -readonly [K in keyof ReceivedNotice]: ReceivedNotice[K] };

export async function startNotices({
  secrets = [PLAY_SECRET],
  slackEveryMs = 0,
}: NoticeOptions = {}): Promise<NoticeReceiver> {
  const boxes = new Boxes(secrets, slackEveryMs);
  const app = fastify({ forceCloseConnections: true });
  // Signatures are made over bytes, so the body is read as it came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  addRoutes(app, boxes);
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    webhookUrl: (box) => `${origin}/hooks/${box}`,
    slackUrl: (box) => `${origin}/services/T0/${box}/${PLAY_KEY}`,
    secrets,
    received: boxes.received,
    taken: (box) => boxes.received.filter((one) => one.box === box && one.status === 200 && !one.repeat),
    fail: (box, fault, times = Infinity) => void boxes.faults.set(box, { fault, times }),
    heal: (box) => void boxes.faults.delete(box),
    stop: async () => {
      boxes.stopping.abort();
      await app.close();
    },
  };
}

type BoxRequest = FastifyRequest<{ Params: { box: string; key?: string } }>;

function addRoutes(app: FastifyInstance, boxes: Boxes): void {
  // A receiver answers to what it does not take as well; that is how anybody learns that it is there.
  for (const url of ['/hooks/:box', '/services/T0/:box/:key'])
    app.head(url, (_request, reply) => reply.code(405).send());
  app.post('/hooks/:box', (request: BoxRequest, reply) => boxes.take(request, reply, 'webhook'));
  app.post('/services/T0/:box/:key', (request: BoxRequest, reply) => boxes.take(request, reply, 'slack'));
}

class Boxes {
  readonly received: Entry[] = [];
  readonly faults = new Map<string, { readonly fault: BoxFault; times: number }>();
  readonly stopping = new AbortController();
  readonly #lastSlack = new Map<string, number>();

  constructor(
    private readonly secrets: readonly string[],
    private readonly slackEveryMs: number,
  ) {}

  async take(request: BoxRequest, reply: FastifyReply, kind: Entry['kind']): Promise<FastifyReply> {
    const { box } = request.params;
    const id = request.headers['webhook-id'];
    const entry: Entry = {
      ...{ box, kind, at: Date.now(), status: 0, repeat: false, body: readJson(request.body) },
      ...(typeof id === 'string' ? { id } : {}),
    };
    this.received.push(entry);
    const fault = this.#faultOf(box);
    if (fault === 'silent') {
      await wait(60_000, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      return reply.code(504).send();
    }
    const answer = fault === undefined ? this.#check(request, entry) : faultAnswers[fault];
    entry.repeat = answer.status === 200 && this.#tookBefore(entry);
    entry.status = answer.status;
    return reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .send(answer.body ?? '');
  }

  #faultOf(box: string): BoxFault | undefined {
    const waiting = this.faults.get(box);
    if (waiting === undefined) return undefined;
    waiting.times -= 1;
    if (waiting.times <= 0) this.faults.delete(box);
    return waiting.fault;
  }

  #check(request: BoxRequest, entry: Entry): Answer {
    return entry.kind === 'webhook' ? this.#checkWebhook(request) : this.#checkSlack(request, entry);
  }

  #checkWebhook({ body, headers }: BoxRequest): Answer {
    const fits = this.secrets.some((secret) => {
      const verifier = secret.startsWith('whsec_')
        ? new Webhook(secret)
        : new Webhook(Buffer.from(secret, 'utf8'), { format: 'raw' });
      try {
        verifier.verify(String(body), headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    });
    return fits ? { status: 200 } : { status: 401, body: 'bad signature' };
  }

  #checkSlack({ params: { box, key } }: BoxRequest, entry: Entry): Answer {
    if (key !== PLAY_KEY) return slackText(404, 'no_service');
    const since = entry.at - (this.#lastSlack.get(box) ?? -Infinity);
    if (since < this.slackEveryMs) {
      return {
        ...slackText(429, 'rate_limited'),
        headers: { 'retry-after': String(Math.ceil(this.slackEveryMs / 1000)) },
      };
    }
    const refusal = slackRefusal(entry.body);
    if (refusal !== undefined) return slackText(400, refusal);
    this.#lastSlack.set(box, entry.at);
    return slackText(200, 'ok');
  }

  #tookBefore(entry: Entry): boolean {
    return (
      entry.id !== undefined &&
      this.received.some((one) => one !== entry && one.box === entry.box && one.id === entry.id && one.status === 200)
    );
  }
}

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function slackText(status: number, body: string): Answer {
  return { status, body, headers: { 'content-type': 'text/html' } };
}

const faultAnswers: Readonly<Record<Exclude<BoxFault, 'silent'>, Answer>> = {
  'server-error': { status: 500, body: 'server_error' },
  gone: { status: 410, body: 'channel_is_archived' },
  throttled: { status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } },
  'throttled-silently': { status: 429 },
  'web-page': { status: 200, body: '<!DOCTYPE html><title>Sign in</title>', headers: { 'content-type': 'text/html' } },
  redirect: { status: 302, headers: { location: 'https://elsewhere.example/' } },
};

function readJson(body: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(body));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
