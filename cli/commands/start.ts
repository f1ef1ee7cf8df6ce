import path from 'node:path';
import { Command } from 'commander';
import { readEventFile } from '../../client/event-file';
import { defaultDataDir, lockDataDir } from '../data-dir';
import { rememberOthers } from '../demo/play';
import { playDemo } from '../demo/stage';
import { eventsOf } from '../event';
import { exitCodes } from '../exit';
import type { Cli } from '../program';
import { chooseScene } from '../start/scene';
import { bringUp, type House } from '../start/house';
import { runOnce } from '../start/once';
import { Patience } from '../patience';
import { StopSignal } from '../stop-signal';
import { Teardown } from '../teardown';

export interface StartOptions {
  readonly config?: string;
  readonly demo?: boolean;
  readonly once?: string;
  readonly dataDir: string;
  readonly temporalPort?: string;
  readonly uiPort?: string;
  readonly json?: boolean;
}

export function startCommand(cli: Cli): Command {
  return new Command('start')
    .description('run everything: an engine if none is configured, workers for all targets, the gateway')
    .option('--config <file>', 'configuration; else TENURE_CONFIG or ./tenure.yaml')
    .option('--demo', 'an engine of its own and stand-ins of all eight systems; plays the sample company')
    .option('--once <file>', 'hand over this file, follow its flows to their end or their wait, then stop')
    .option('--data-dir <folder>', 'where the engine, the store and the stand-ins keep their data', defaultDataDir)
    .option('--temporal-port <port>', 'port of the engine it starts (default: 7233; auto: a free one)')
    .option('--ui-port <port>', 'port of its Web UI (default: 8233; auto: a free one)')
    .option('--json', 'print the outcomes of --once as JSON')
    .action(async (options: StartOptions) => start(cli, options));
}

async function start({ terminal, ended }: Cli, options: StartOptions): Promise<void> {
  const { once, json = false } = options;
  const events = once === undefined ? undefined : eventsOf(await readEventFile(path.resolve(terminal.cwd, once)), once);
  const stop = new StopSignal(terminal);
  const teardown = new Teardown(terminal);
  const { say, quiet } = new Patience();
  try {
    const dataDir = lockDataDir(path.resolve(terminal.cwd, options.dataDir));
    teardown.add('data folder', () => dataDir.release());
    const scene = await stop.unless(chooseScene({ terminal, dataDir: dataDir.path, options, events, say }, teardown));
    const { temporalPort, uiPort } = options;
    const ports = {
      ...(temporalPort === undefined ? {} : { temporalPort }),
      ...(uiPort === undefined ? {} : { uiPort }),
    };
    const engine = { own: scene.ownEngine, say, ...ports };
    const { config, play } = scene;
    const house = await stop.unless(bringUp({ terminal, dataDir, config, demo: play !== undefined, engine }, teardown));
    quiet();
    for (const line of greeting(house)) terminal.err(line);
    if (events !== undefined) {
      const code = await stop.unless(runOnce({ terminal, house, events, json, say, quiet }));
      if (play !== undefined) rememberOthers(dataDir.path, events);
      if (play !== undefined) terminal.err('Flows that wait go on with `tenure start --demo` on the same data folder.');
      return ended(code);
    }
    if (play !== undefined && options.demo === true) {
      await playDemo({ terminal, house, play, dataDir: dataDir.path, stop }, teardown);
    } else terminal.err('Ready. Ctrl-C stops everything.');
    await stop.wait(house.parts);
    ended(exitCodes.ok);
  } finally {
    quiet();
    await teardown.run();
    stop.close();
  }
}

function greeting({ temporal, gatewayUrl, config }: House): readonly string[] {
  const { address, namespace, uiUrl } = temporal;
  return [
    `Temporal: ${address}, namespace ${namespace}`,
    ...(uiUrl === undefined ? [] : [`Web UI:   ${uiUrl}/namespaces/${namespace}/workflows`]),
    gatewayUrl === undefined
      ? 'Gateway:  none, because neither gateway.hrWebhookSecrets nor sources are configured'
      : `Gateway:  ${gatewayUrl}/hr/events`,
    `Targets:  ${config.targets.map(({ id }) => id).join(', ')} (mode ${config.mode})`,
  ];
}
