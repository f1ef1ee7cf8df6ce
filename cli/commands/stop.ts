import { Command } from 'commander';
import { readEmergencyStops, setEmergencyStop } from '../../workers/emergency-stop';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { connectTemporal, operatorOf } from '../temporal';
import { targetsOf } from './check';
import { collect, placed } from './option';

interface StopOptions extends PlaceOptions {
  readonly target?: readonly string[];
  readonly reason: string;
}

export function stopCommand(cli: Cli): Command {
  return placed(new Command('stop'))
    .description('emergency stop: hold every step on the targets within seconds, in flight too, until resume')
    .option('--target <id>', 'this target only; may be given several times', collect)
    .requiredOption('--reason <text>', 'why; shown with the stop')
    .action(async (options: StopOptions) => change(cli, options, true));
}

export function resumeCommand(cli: Cli): Command {
  return placed(new Command('resume'))
    .description(
      'end an emergency stop: what was held goes on, mostly within a second, at the latest within about a minute',
    )
    .option('--target <id>', 'this target only; may be given several times', collect)
    .requiredOption('--reason <text>', 'why')
    .action(async (options: StopOptions) => change(cli, options, false));
}

async function change({ terminal }: Cli, options: StopOptions, stopped: boolean): Promise<void> {
  const place = findPlace(terminal, options);
  const targets = targetsOf(place, options.target);
  const temporal = await connectTemporal(terminal, place);
  try {
    const { namespace, client } = temporal;
    const door = { workflowService: client.workflowService, namespace, targets };
    await setEmergencyStop({ ...door, stopped, reason: options.reason, by: operatorOf(terminal) });
    const states = await readEmergencyStops(door);
    if (options.json) terminal.out(JSON.stringify(states, null, 2));
    else for (const { target, stopped: is } of states) terminal.out(`${target}: ${is ? 'stopped' : 'runs'}`);
  } finally {
    await temporal.close();
  }
}
