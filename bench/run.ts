import { cpus, loadavg, totalmem } from 'node:os';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { startBareWorkers } from './bare/worker';
import { recordLeaver, type Recording } from './http/recording';
import { actionRow } from './row/action';
import { activityRow } from './row/activity';
import { joinerRow, moverRow } from './row/change';
import { latencyRows } from './row/latency';
import { requestRows } from './row/request';
import type { Result } from './row/result';
import { signInRow } from './row/sign-in';
import { throughputRow } from './row/throughput';
import { tokenRow } from './row/token';
import { Stage } from './stage';

/** What `--only` takes. */
export const rowNames = [
  'requests',
  'activities',
  'joiner',
  'mover',
  'actions',
  'tokens',
  'latency',
  'sign-in',
  'throughput',
] as const;
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
  const wants = (...names: readonly RowName[]) => only === undefined || names.includes(only);
  const results: Result[] = [];
  let recording: Recording | undefined;
  if (wants('requests', 'activities', 'latency', 'throughput')) {
    say('recording one leaver');
    recording = await recordLeaver(stage);
  }
  if (recording !== undefined && wants('requests')) results.push(...requestRows(recording));
  if (recording !== undefined && wants('activities')) results.push(await activityRow(stage, recording.person));
  for (const [name, row] of counts(stage, quick)) {
    if (!wants(name)) continue;
    say(name);
    results.push(await row());
  }
  if (recording !== undefined && wants('latency', 'throughput'))
    results.push(...(await timed(stage, recording, { quick, wants, say })));
  return results;
}

/** Rows that need no recording of a leaver. */
function counts(stage: Stage, quick: boolean): readonly (readonly [RowName, () => Promise<Result>])[] {
  return [
    ['joiner', () => joinerRow(stage)],
    ['mover', () => moverRow(stage)],
    ['actions', () => actionRow(stage)],
    ['tokens', () => tokenRow(stage, quick ? 10 : 100)],
    ['sign-in', () => signInRow(stage, quick ? 3 : 20)],
  ];
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
      results.push(await throughputRow(stage, quick ? { leavers: 5, rounds: 1 } : { leavers: 12, rounds: 4 }));
    }
    return results;
  } finally {
    await bare.stop();
  }
}

export function print(results: readonly Result[]): string {
  const table = new Table({ head: ['measure', 'measured', 'must reach', ''], style: { head: [], border: [] } });
  for (const { measure: name, measured, target = '', reached } of results)
    table.push([name, measured, target, reached === undefined ? '' : reached ? 'reached' : 'MISSED']);
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
    if (results.some(({ reached }) => reached === false)) process.exitCode = 1;
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
