import {
  Agent,
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it crossed the wire, and its answer. */
export interface Exchange {
  readonly at: number;
  readonly method: string;
  /** Where it was sent on to, without the path. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  /** The answer as JSON; undefined when it is none. */
  readonly answer: unknown;
}

/** Stands between Tenure and one server and keeps what passes. */
export interface Relay {
  readonly origin: string;
  stop(): Promise<void>;
}

/** What belongs to one connection and not to the request. */
const HOP = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);

/**
 * Connections kept open, as a client should: with a time limit the agent heeds what the server says of its own; else it
 * writes into connections that close.
 */
export function keptOpen(): Agent {
  return new Agent({ keepAlive: true, timeout: 15_000 });
}

export async function startRelay(upstream: string, keep: (exchange: Exchange) => void): Promise<Relay> {
  const agent = keptOpen();
  const server = createServer((request, response) => {
    pass({ request, response, upstream, agent, keep }).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, stop: async () => stop(server, agent) };
}

async function stop(server: Server, agent: Agent): Promise<void> {
  agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function pass(work: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upstream: string;
  readonly agent: Agent;
  readonly keep: (exchange: Exchange) => void;
}): Promise<void> {
  const { request, response, upstream, agent, keep } = work;
  const at = Date.now();
  const { method = 'GET', url: path = '/' } = request;
  const body = await textOf(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      HOP.has(name) || value === undefined ? [] : [[name, String(value)]],
    ),
  );
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, agent };
    const onward = send(new URL(path, upstream), options, resolve);
    onward.on('error', reject);
    onward.end(body);
  });
  const text = await textOf(answered);
  const status = answered.statusCode ?? 0;
  keep({ at, method, origin: upstream, path, headers, body, status, answer: jsonOf(text) });
  const back = Object.entries(answered.headers).filter(([name, value]) => !HOP.has(name) && value !== undefined);
  response.writeHead(status, Object.fromEntries(back) as Record<string, string>);
  response.end(text);
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
