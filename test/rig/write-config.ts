import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StandIn } from '../../sandbox/core/contract';
import { loadConfig, type Config } from '../../workers/config';

export interface ConfigToWrite {
  readonly folder: string;
  /** Each becomes a target of the same id. */
  readonly standIns: ReadonlyMap<string, StandIn>;
  /** Overrides of the top level of tenure.yaml, as JSON. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Extra fields of a target, by its id. */
  readonly targets?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/** Writes a tenure.yaml for these stand-ins, their secrets in files of their own, and reads it as a worker does. */
export async function writeConfig({ folder, standIns, config, targets }: ConfigToWrite): Promise<Config> {
  const whole = {
    store: { url: 'sqlite:tenure.db' },
    mode: 'full',
    safety: { budget: { perHour: 1000, perDay: 1000, urgentPerHour: 1000 } },
    targets: await Promise.all(
      [...standIns].map(([id, standIn]) => targetOf(folder, id, standIn, targets?.[id] ?? {})),
    ),
    policy: { leaver: { retention: 'PT0S', sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' } } },
    ...config,
  };
  const file = path.join(folder, 'tenure.yaml');
  await writeFile(file, JSON.stringify(whole));
  return loadConfig({ path: file });
}

async function targetOf(
  folder: string,
  id: string,
  standIn: StandIn,
  extra: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const auth: Record<string, string> = {};
  for (const [name, value] of Object.entries(standIn.auth)) {
    if (!/secret|password|^token$/i.test(name)) auth[name] = value;
    else {
      await writeFile(path.join(folder, `${id}-${name}.secret`), value);
      auth[name] = `\${file:${id}-${name}.secret}`;
    }
  }
  return {
    id,
    type: standIn.type,
    baseUrl: standIn.baseUrl,
    auth,
    mode: 'full',
    limits: { requestsPerSecond: 1000, concurrency: 10 },
    ...extra,
  };
}
