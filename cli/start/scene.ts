import fs from 'node:fs';
import path from 'node:path';
import type { HrEvent } from '../../domain/event';
import { loadConfig, type Config } from '../../workers/config';
import { companyOf, sampleCompany } from '../demo/company';
import { playTargets, writePlayConfig } from '../demo/config';
import { moveIn, startStandIns } from '../demo/stand-ins';
import { Complaint } from '../exit';
import type { Teardown } from '../teardown';
import type { Terminal } from '../terminal';

/** What a start acts on: real targets, or stand-ins. */
export interface Scene {
  readonly config: Config;
  /** Never a configured Temporal, also where one is. */
  readonly ownEngine: boolean;
  /** Absent: the targets are real, and no stand-in runs. */
  readonly play?: { readonly hrSecret: string };
}

export interface SceneWish {
  readonly terminal: Terminal;
  readonly dataDir: string;
  readonly options: { readonly config?: string; readonly demo?: boolean; readonly once?: string };
  readonly events: readonly HrEvent[] | undefined;
  readonly say: (text: string) => void;
}

export async function chooseScene(wish: SceneWish, teardown: Teardown): Promise<Scene> {
  const { terminal, options } = wish;
  const file = configOf(terminal, options);
  if (file !== undefined) {
    terminal.err(`Configuration: ${file}`);
    return { config: loadConfig({ path: file, env: terminal.env }), ownEngine: options.demo === true };
  }
  if (options.demo === true || options.once !== undefined) return await setStage(wish, teardown);
  throw new Complaint(
    'No configuration: give --config FILE, set TENURE_CONFIG, or write a tenure.yaml (`tenure init`). ' +
      'To look around first: tenure start --demo.',
  );
}

/** The demo listens to nothing but `--config`: it must never meet real targets by an accident of the environment. */
function configOf({ env, cwd }: Terminal, { config, demo }: SceneWish['options']): string | undefined {
  if (config !== undefined) return path.resolve(cwd, config);
  if (demo === true) return undefined;
  if (env.TENURE_CONFIG) return path.resolve(cwd, env.TENURE_CONFIG);
  const here = path.join(cwd, 'tenure.yaml');
  return fs.existsSync(here) ? here : undefined;
}

async function setStage({ terminal, dataDir, options, events, say }: SceneWish, teardown: Teardown): Promise<Scene> {
  say('starting the stand-ins of eight systems');
  const house = await startStandIns(path.join(dataDir, 'stand-ins'), teardown);
  const people = events === undefined ? sampleCompany().people : companyOf(events);
  const made = moveIn(house, { targets: playTargets(), people });
  const { file, hrSecret } = await writePlayConfig({ dataDir, house });
  if (options.once !== undefined) {
    terminal.err(
      `No --config: nothing real is touched. Stand-ins of eight systems run instead, with ${made} new accounts for the ${people.length} people of ${options.once}.`,
    );
  }
  terminal.err(`Configuration: ${file} (made for the stand-ins)`);
  return { config: loadConfig({ path: file, env: terminal.env }), ownEngine: true, play: { hrSecret } };
}
