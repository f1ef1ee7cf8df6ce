import { type Command } from 'commander';

/** The options that nearly every command has. */
export function placed(command: Command): Command {
  return command
    .option('--config <file>', 'configuration; else TENURE_CONFIG, ./tenure.yaml, or that of a running start')
    .option('--data-dir <folder>', 'where a running `tenure start` keeps its data (default: .tenure)')
    .option('--json', 'print the result as JSON');
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
