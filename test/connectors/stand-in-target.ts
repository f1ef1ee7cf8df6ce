import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Call, Exchange } from '../../connectors/connector';
import { targetSchema } from '../../connectors/target-schema';
import type { Target } from '../../connectors/target';
import { Secret } from '../../domain/secret';
import type { StandIn } from '../../sandbox/core';

const secretFields = ['token', 'clientSecret', 'password'];

/** What a person would write into tenure.yaml for this stand-in, read by the real schema; `extra` is laid over it. */
export function targetAt(
  standIn: Pick<StandIn, 'type' | 'baseUrl' | 'auth'>,
  extra: Readonly<Record<string, unknown>> = {},
): Target {
  const secrets = new Map<string, string>();
  const auth = Object.fromEntries(
    Object.entries(standIn.auth).map(([name, value]) => {
      if (!secretFields.includes(name)) return [name, value];
      secrets.set(`\${env:PLAY_${name}}`, value);
      return [name, `\${env:PLAY_${name}}`];
    }),
  );
  const resolveSecret = (reference: string): Secret => new Secret(reference, () => secrets.get(reference) ?? '');
  return targetSchema(resolveSecret).parse({
    ...{ id: 'under-test', type: standIn.type, baseUrl: standIn.baseUrl, auth },
    limits: { requestsPerSecond: 1000, concurrency: 50, timeout: 'PT20S' },
    ...extra,
  });
}

/** The stand-in's private CA as a file, as a person would have it. */
export function caFileOf({ ca = '' }: StandIn): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tenure-ca-')), 'ca.pem');
  writeFileSync(file, ca);
  return file;
}

export interface RecordedCall extends Call {
  readonly exchanges: readonly Exchange[];
  /** Operations that asked before they wrote. */
  readonly writes: readonly string[];
}

export function recordedCall(given: Partial<Pick<Call, 'signal' | 'beforeWrite'>> = {}): RecordedCall {
  const exchanges: Exchange[] = [];
  const writes: string[] = [];
  return {
    signal: new AbortController().signal,
    beforeWrite: async (operation) => void writes.push(operation),
    ...given,
    ...{ exchanges, writes },
    noteExchange: (exchange) => void exchanges.push(exchange),
  };
}
