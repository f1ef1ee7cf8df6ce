import { cpus, loadavg, totalmem } from 'node:os';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { startBareWorkers } from './bare/worker';
import { record, type Recording } from './http/recording';
import { actionRow } from './row/action';
import { activityRow } from './row/activity';
import { latencyRows } from './row/latency';
import { requestRows } from './row/request';
import type { Result } from './row/result';
import { throughputRow } from './row/throughput';
import { tokenRow } from './row/token';
import { Stage } from './stage';

export const rowNames = ['requests', 'activities', 'actions', 'tokens', 'latency', 'throughput'] as const;
export type RowName = (typeof rowNames)[number];

export interface BenchWish {
  /** Fewer leavers and rounds: to see that it works, not to believe the figures. */
  readonly quick: boolean;
  readonly only?: RowName;
  /** Told what is being done. */
  readonly say: (text: string) => void;
}

/** Measures on a stage of its own; every row has a baseline or a count of the same run. */
export async function measure(stage: Stage, { quick, only, say }: BenchWish): Promise<readonly Result[]> {
  const wants = (name: RowName) => only === undefined || only === name;
  say('recording one leaver');
  const recording = await record(stage);
  const results: Result[] = [];
  if (wants('requests')) results.push(...requestRows(recording));
  if (wants('activities')) results.push(await activityRow(stage, recording.person));
  if (wants('actions')) {
    say('billable actions');
    results.push(await actionRow(stage));
  }
  if (wants('tokens')) {
    say('tokens');
    results.push(await tokenRow(stage, quick ? 10 : 100));
  }
  if (wants('latency') || wants('throughput')) results.push(...(await timed(stage, recording, { quick, wants, say })));
  return results;
}

async function timed(
  stage: Stage,
  recording: Recording,
  { quick, wants, say }: Pick<BenchWish, 'quick' | 'say'> & { readonly wants: (name: RowName) => boolean },
): Promise<readonly Result[]> {
  const results: Result[] = [];
  await stage.startWorkers();
  const bare = await startBareWorkers(stage, recording);
  try {
    if (wants('latency')) {
      say('latency');
      results.push(...(await latencyRows(stage, quick ? 3 : 20)));
    }
    if (wants('throughput')) {
      say('throughput');
      results.push(await throughputRow(stage, quick ? { leavers: 5, rounds: 1 } : { leavers: 12, rounds: 2 }));
    }
    return results;
  } finally {
    await bare.stop();
  }
}

export function print(results: readonly Result[]): string {
  const table = new Table({ head: ['measure', 'measured', 'must reach', ''], style: { head: [], border: [] } });
  for (const { measure: name, measured, target, reached } of results)
    table.push([name, measured, target, reached ? 'reached' : 'MISSED']);
  return [table.toString(), ...results.flatMap(({ notes = [] }) => notes)].join('\n');
}

function machine(): string {
  const load = loadavg().map((value) => value.toFixed(1));
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  return `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${memory} GiB, Node ${process.versions.node}, load ${load.join(' ')}`;
}

async function main(): Promise<void> {
  const command = new Command('bench')
    .description('Measures what Tenure promises about speed; exit 1 when a row misses its target.')
    .option('--quick', 'fewer leavers and rounds', false)
    .addOption(new Option('--only <row>', 'one row').choices(rowNames))
    .parse();
  const { quick, only } = command.opts<{ quick: boolean; only?: RowName }>();
  const say = (text: string) => process.stderr.write(`${text}…\n`);
  const stage = await Stage.open();
  try {
    const results = await measure(stage, { quick, say, ...(only === undefined ? {} : { only }) });
    process.stdout.write(`${print(results)}\nMachine: ${machine()}\n`);
    if (results.some(({ reached }) => !reached)) process.exitCode = 1;
  } finally {
    await stage.close();
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
