import type { FastifyRequest } from 'fastify';
import type { FaultKind, LoggedRequest } from './contract';

const SECRET = /token|secret|password|assertion/i;
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** An entry that is still being written: the status is known only when the answer leaves. */
export interface OpenEntry extends LoggedRequest {
  status: number;
  fault?: FaultKind;
  faults?: readonly FaultKind[];
  readonly logOn: boolean;
}

/** A list can be unfiltered, clamped and short of a field at once. */
export function noteFault(entry: OpenEntry, kind: FaultKind): void {
  entry.fault = kind;
  entry.faults = [...(entry.faults ?? []), kind];
}

/** Every request in the order of arrival; log-ons that worked are counted. */
export class RequestLog {
  readonly entries: OpenEntry[] = [];

  constructor(readonly apiRoot: string) {}

  get tokensIssued(): number {
    return this.entries.filter((entry) => entry.logOn && entry.status >= 200 && entry.status < 300).length;
  }

  open(request: FastifyRequest): OpenEntry {
    const config = request.routeOptions.config;
    const logOn = config?.logOn === true;
    const entry: OpenEntry = {
      at: Date.now(),
      method: request.method,
      path: this.below(request.url),
      query: queryOf(request),
      status: 0,
      write: WRITES.has(request.method) && !logOn && config?.reads !== true,
      logOn,
    };
    this.entries.push(entry);
    return entry;
  }

  isBelow(url: string): boolean {
    return url === this.apiRoot || url.startsWith(`${this.apiRoot}/`) || url.startsWith(`${this.apiRoot}?`);
  }

  below(url: string): string {
    const path = url.split('?', 1)[0] ?? '';
    return this.isBelow(url) ? path.slice(this.apiRoot.length) || '/' : path;
  }
}

function queryOf(request: FastifyRequest): Record<string, string> {
  const query = (request.query ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, SECRET.test(key) ? '(hidden)' : [value].flat().join(',')]),
  );
}
