import { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';
import type { Deliver, Readiness } from '../../client/deliver';
import { startGateway, type GatewayOptions, type RunningGateway } from '../../client/gateway';
import { signWebhook } from '../../client/sources/standard-webhooks';
import { Secret } from '../../domain/secret';

export const webhookSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const secrets = [new Secret('${env:HR_WEBHOOK_SECRET}', () => webhookSecret)];

export type Line = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** A real pino log whose lines a test can read. */
export function readableLog(): { readonly log: Logger; readonly lines: Line[]; text(): string } {
  const lines: Line[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  return { log: pino({ level: 'debug' }, out), lines, text: () => JSON.stringify(lines) };
}

interface Post {
  readonly gateway: RunningGateway;
  readonly body: unknown;
  readonly secret?: string;
  readonly at?: Date;
  readonly headers?: Record<string, string>;
  readonly path?: string;
}

/** Signs as an HR system does and sends it; a string or bytes are sent as they are. */
export function post({ gateway, body, secret = webhookSecret, at = new Date(), headers, path = '/hr/events' }: Post) {
  const bytes =
    typeof body === 'string' || body instanceof Buffer ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const signed = signWebhook({ secret, id: 'msg_1', timestamp: at, body: bytes });
  return fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed, ...headers },
    body: bytes,
  });
}

/** Opens gateways of one test after the other, and closes them after each. */
export function gatewayOpener() {
  const running: RunningGateway[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.close()));
  });
  return async (changes: Partial<GatewayOptions> = {}) => {
    const delivered: string[] = [];
    const deliver: Deliver = async (event) => {
      delivered.push(event.id);
      return { workflowId: `person:${event.data.person.id}` };
    };
    const written = readableLog();
    const ready = async (): Promise<Readiness> => ({ ready: true });
    const place = { host: '127.0.0.1', port: 0 };
    const gateway = await startGateway({ ...place, secrets, deliver, ready, log: written.log, ...changes });
    running.push(gateway);
    return { gateway, delivered, written };
  };
}
