import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal, startServer, type Answers, type StandIn, type StandInState } from '../core';

/** Fields that callers may not see; each system leaves them out in its own way. */
export class Hidden {
  readonly #fields = new Set<string>();

  hide(field: string): void {
    this.#fields.add(field);
  }
  show(field: string): void {
    this.#fields.delete(field);
  }
  has(field: string): boolean {
    return this.#fields.has(field);
  }
  /** The same object without what is hidden. */
  cut(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(object).filter(([field]) => !this.#fields.has(field)));
  }
}

export interface HrServer {
  readonly type: string;
  readonly apiRoot: string;
  readonly port?: number;
  admits(request: FastifyRequest): boolean;
  routes(app: FastifyInstance): void;
  outside?(app: FastifyInstance): void;
  readonly answers?: Partial<Answers>;
}

/** A stand-in's server without accounts: HR systems hold records. */
export async function startHrServer(server: HrServer): Promise<StandIn & { readonly origin: string }> {
  return await startServer({ ...server, state: noAccounts, auth: () => ({}) });
}

/** One of `records`, or the system's 404. */
export function found<T>(records: ReadonlyMap<string, T>, id: string): T {
  const record = records.get(id);
  if (record === undefined) throw new Refusal(404, 'There is no such record.');
  return record;
}

/** `Basic` credentials as they stand in the header. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

const noAccounts: StandInState = {
  seed: () => undefined,
  account: () => undefined,
  accounts: () => [],
  save: () => ({}),
  restore: () => undefined,
};

/** A request without any signature, as handshakes are. */
export async function sendUnsigned(url: string, body: string): Promise<Response> {
  return await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
