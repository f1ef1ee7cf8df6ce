import fs from 'node:fs';
import path from 'node:path';
import { loadConfig, type Config } from '../workers/config';
import { defaultDataDir, runningStart, type RunningStart } from './data-dir';
import { Complaint } from './exit';
import type { Terminal } from './terminal';

/** The options with which every command finds its configuration. */
export interface PlaceOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** Which configuration a command acts with, and what runs beside it. */
export interface Place {
  readonly config: Config;
  readonly dataDir: string;
  /** A `tenure start` on the data folder, with whatever configuration. */
  readonly running?: RunningStart;
}

/** Which configuration a command would act with, where it can do without one; says which. */
export function findConfigFile(terminal: Terminal, options: PlaceOptions): string | undefined {
  const found = chooseConfig(terminal, options, runningStart(dataDirOf(terminal, options)));
  if (found !== undefined) terminal.err(`Configuration: ${found.file} (${found.because})`);
  return found?.file;
}

/** The configuration: `--config`, else TENURE_CONFIG, else ./tenure.yaml, else that of a running start; says which. */
export function findPlace(terminal: Terminal, options: PlaceOptions): Place {
  const dataDir = dataDirOf(terminal, options);
  const running = runningStart(dataDir);
  const found = chooseConfig(terminal, options, running);
  if (found === undefined) throw new Complaint(noConfiguration);
  const { file, because } = found;
  terminal.err(`Configuration: ${file} (${because})`);
  const config = loadConfig({ path: file, env: terminal.env });
  return { config, dataDir, ...(running === undefined ? {} : { running }) };
}

export function dataDirOf({ cwd }: Terminal, { dataDir = defaultDataDir }: PlaceOptions): string {
  return path.resolve(cwd, dataDir);
}

function chooseConfig(
  { env, cwd }: Terminal,
  { config, dataDir }: PlaceOptions,
  running: RunningStart | undefined,
): { readonly file: string; readonly because: string } | undefined {
  if (config !== undefined) return { file: path.resolve(cwd, config), because: '--config' };
  // A folder named on the command line is meant, whatever lies around.
  if (dataDir !== undefined && running !== undefined) return { file: running.config, because: `runs in ${dataDir}` };
  if (env.TENURE_CONFIG) return { file: path.resolve(cwd, env.TENURE_CONFIG), because: 'TENURE_CONFIG' };
  const here = path.join(cwd, 'tenure.yaml');
  if (fs.existsSync(here)) return { file: here, because: 'in this folder' };
  if (running !== undefined) {
    return { file: running.config, because: running.demo ? 'of the running demo' : 'of the running `tenure start`' };
  }
  return undefined;
}

const noConfiguration =
  'No configuration: give --config FILE, set TENURE_CONFIG, or have a tenure.yaml in this folder (`tenure init` writes one). ' +
  'With `tenure start --demo` running in this folder, its configuration is found by itself.';
