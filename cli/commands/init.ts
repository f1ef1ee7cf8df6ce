import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { Complaint } from '../exit';
import { firstConfig } from '../first-config';
import type { Cli } from '../program';

interface InitOptions {
  readonly force?: boolean;
  readonly json?: boolean;
}

export function initCommand(cli: Cli): Command {
  return new Command('init')
    .description('write a first configuration, which looks only (mode: observe) until you change that')
    .argument('[file]', 'where to', 'tenure.yaml')
    .option('--force', 'replace the file if it is there')
    .option('--json', 'print the result as JSON')
    .action((file: string, options: InitOptions) => init(cli, file, options));
}

function init({ terminal }: Cli, file: string, { force, json }: InitOptions): void {
  const place = path.resolve(terminal.cwd, file);
  try {
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, firstConfig, { flag: force === true ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Complaint(`${place} is there already; --force replaces it.`);
  }
  if (json === true) return terminal.out(JSON.stringify({ written: place }));
  terminal.out(
    [
      `Written: ${place}`,
      'Next: put your targets in, set the variables that it names (HR_WEBHOOK_SECRET, VAULT_EU_SECRET), then',
      `  tenure start --config ${file}    and, in another terminal,`,
      `  tenure check --config ${file}`,
    ].join('\n'),
  );
}
