import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Call } from '../../connectors/connector';
import { newsOf, type HrRecord, type KnownRecord, type PingHint, type RecordNews } from '../../domain/hr-record';
import type { HrStandIn } from '../../sandbox/hr/contract';
import { openSource } from '../../sources/registry';
import { sourceSchema } from '../../sources/source-schema';
import { sourceName, type Source } from '../../sources/source';
import { resolveSecretFrom } from '../../workers/config/secret-reference';

/** Secrets in files of a folder of its own, as a configuration has them. */
export class SecretFolder {
  private constructor(readonly path: string) {}

  static async make(): Promise<SecretFolder> {
    return new SecretFolder(await mkdtemp(path.join(tmpdir(), 'tenure-source-')));
  }
  async keep(name: string, value: string): Promise<string> {
    await writeFile(path.join(this.path, name), value);
    return `\${file:${name}}`;
  }
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** A source for a stand-in, parsed by the same schema as tenure.yaml. */
export async function sourceFor(
  folder: SecretFolder,
  standIn: HrStandIn,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Source> {
  const auth: Record<string, string> = {};
  for (const [name, value] of Object.entries(standIn.auth)) {
    auth[name] = /token|secret/i.test(name) ? await folder.keep(`auth-${name}`, value) : value;
  }
  const entry = {
    ...{ id: 'acme', type: standIn.type, baseUrl: standIn.baseUrl, auth },
    webhookSecrets: [await folder.keep('webhook', standIn.webhookSecret)],
    limits: { requestsPerSecond: 1000, concurrency: 10 },
    ...extra,
  };
  return sourceSchema({ resolveSecret: resolveSecretFrom({ env: {}, folder: folder.path }) }).parse(entry);
}

export function callOf(): Call {
  return {
    signal: new AbortController().signal,
    beforeWrite: async () => undefined,
    noteExchange: () => undefined,
  };
}

/** Looks at a record again and again, as the flow does. */
export class Looker {
  known: KnownRecord | undefined;
  record: HrRecord | undefined;
  readonly #system;

  constructor(
    private readonly source: Source,
    private readonly recordId: string,
  ) {
    this.#system = openSource(source);
  }

  async look(...hints: readonly PingHint[]): Promise<RecordNews['events']> {
    this.record = await this.#system.readRecord(this.recordId, callOf());
    if (this.record === undefined) return [];
    const { events, known } = newsOf({
      ...{ source: sourceName(this.source), recordId: this.recordId, record: this.record },
      ...{ readAt: new Date().toISOString(), hints },
      ...(this.known === undefined ? {} : { before: this.known }),
    });
    this.known = known;
    return events;
  }
}

/** A day so many days from now. */
export function day(offset: number): string {
  return new Date(Date.now() + offset * 24 * 3_600_000).toISOString().slice(0, 'yyyy-mm-dd'.length);
}
