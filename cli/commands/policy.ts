import path from 'node:path';
import { Command } from 'commander';
import type { LoadedPolicy } from '../../policy/open';
import { ConfigProblems, loadConfig, type ConfigProblem } from '../../workers/config';
import { loadPolicyAlone } from '../../workers/config/policy-file';
import { exitCodes } from '../exit';
import { findConfigFile, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { tableOf } from '../table';
import { placed } from './option';
import { explainCommand } from './policy-explain';

export function policyCommand(cli: Cli): Command {
  const command = new Command('policy').description('check who gets what by policy, and explain it for one person');
  command.addCommand(
    placed(new Command('check'))
      .description('every problem of the policy with its line; needs no Temporal and no target')
      .argument('[file]', 'a policy file to check instead of the configuration’s own, as if it were named there')
      .action((file: string | undefined, options: PlaceOptions) => check(cli, file, options)),
  );
  command.addCommand(explainCommand(cli));
  return command;
}

interface Checked {
  readonly file: string;
  readonly ok: boolean;
  readonly problems: readonly ConfigProblem[];
  /** Not wrong, but hardly meant. */
  readonly remarks: readonly string[];
  readonly rules?: number;
  readonly managed?: number;
  readonly hash?: string;
}

function check({ terminal, ended }: Cli, file: string | undefined, options: PlaceOptions): void {
  const chosen = file === undefined ? undefined : path.resolve(terminal.cwd, file);
  const config = findConfigFile(terminal, options);
  if (config === undefined && chosen !== undefined)
    terminal.err('No configuration is there: what the policy says of targets is not checked.');
  const checked = checkedOf({ config, file: chosen, env: terminal.env });
  if (options.json) terminal.out(JSON.stringify(checked, null, 2));
  else terminal.out(textOf(checked, terminal));
  ended(checked.ok ? exitCodes.ok : exitCodes.attention);
}

function checkedOf({
  config,
  file,
  env,
}: {
  readonly config: string | undefined;
  readonly file: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}): Checked {
  if (config === undefined) {
    if (file === undefined) return wrong('', [{ path: '', message: 'no policy: name a file, or give --config FILE' }]);
    const loaded = loadPolicyAlone(file);
    return 'problems' in loaded ? wrong(file, loaded.problems) : right(file, loaded.policy);
  }
  try {
    const { access } = loadConfig({ path: config, env, ...(file === undefined ? {} : { policyFile: file }) });
    return right(file ?? config, access);
  } catch (error) {
    if (error instanceof ConfigProblems) return wrong(error.file, error.problems);
    throw error;
  }
}

function wrong(file: string, problems: readonly ConfigProblem[]): Checked {
  return { file, ok: false, problems, remarks: [] };
}

function right(file: string, policy: LoadedPolicy): Checked {
  return {
    ...{ file, ok: true, problems: [], hash: policy.hash },
    remarks: policy.isGiven
      ? policy.remarks(new Date().toISOString())
      : ['it says nothing of access: joiners and movers will do nothing, and say so'],
    rules: policy.ruleCount,
    managed: policy.managed.length,
  };
}

function textOf({ file, ok, problems, remarks, rules, managed, hash }: Checked, terminal: Cli['terminal']): string {
  const notes = remarks.map((remark) => `  note: ${remark}`);
  if (ok) {
    const found = `nothing is wrong: ${rules} rule${rules === 1 ? '' : 's'}, ${managed} entitlements managed, hash ${hash}`;
    return [`${file}: ${found}`, ...notes].join('\n');
  }
  const rows = problems.map((problem) => [
    `${problem.file ?? path.basename(file)}${problem.line === undefined ? '' : `:${problem.line}`}`,
    problem.path === '' ? '(whole file)' : problem.path,
    problem.message,
  ]);
  const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
  return `${file}: ${count}\n${tableOf({ head: ['line', 'where', 'what'], rows, terminal })}`;
}
