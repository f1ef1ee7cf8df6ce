import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { deliverEvents, temporalReady } from '../../client/deliver';
import { startGateway, type RunningGateway } from '../../client/gateway';
import { sendMessage, type HrMessage, type HrStandIn } from '../../sandbox/hr/contract';
import { pingsOf } from '../../cli/pings';
import type { Rig } from './tenure';

/** An entry of `sources:` for a stand-in, its secrets in files of their own. */
export async function sourceEntry(
  folder: string,
  standIn: HrStandIn,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const auth: Record<string, string> = {};
  for (const [name, value] of Object.entries(standIn.auth)) {
    if (!/token|secret/i.test(name)) auth[name] = value;
    else auth[name] = await secretFile(folder, `${standIn.type}-${name}`, value);
  }
  return {
    id: 'acme',
    type: standIn.type,
    baseUrl: standIn.baseUrl,
    auth,
    webhookSecrets: [await secretFile(folder, `${standIn.type}-webhook`, standIn.webhookSecret)],
    limits: { requestsPerSecond: 1000, concurrency: 10 },
    ...extra,
  };
}

export async function secretFile(folder: string, name: string, value: string): Promise<string> {
  await writeFile(path.join(folder, `${name}.secret`), value);
  return `\${file:${name}.secret}`;
}

/** A gateway for the rig's sources; `send` is what the HR system does. */
export async function hrGateway(
  rig: Rig,
): Promise<RunningGateway & { send(message: HrMessage, type: string): Promise<Response> }> {
  const { client } = rig;
  const gateway = await startGateway({
    ...{ host: '127.0.0.1', port: 0, secrets: [], log: pino({ level: 'silent' }) },
    pings: pingsOf(rig.config, client),
    deliver: deliverEvents({ client }),
    ready: temporalReady({ client }),
  });
  return { ...gateway, send: (message, type) => sendMessage(message, `${gateway.url}/hr/${type}/acme`) };
}
