import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import type { PathProblem } from '../../policy/cross-check';
import { problemAt, problemsOfIssue } from '../../policy/load';
import { readYamlText, type YamlText } from '../../policy/yaml-text';
import { ConfigProblems, type ConfigProblem } from './problem';

/** The configuration's own file, or `ConfigProblems`. */
export function readYaml(file: string): YamlText & { readonly text: string } {
  const found = readText(file);
  if ('problem' in found) {
    const advice = found.isMissing ? '; tenure init writes a first one' : '';
    throw new ConfigProblems(file, [{ path: '', message: `${found.problem}${advice}` }]);
  }
  const read = readYamlText(found.text);
  if ('problems' in read) throw new ConfigProblems(file, read.problems);
  return { ...read, ...found };
}

const fileWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
};

function readText(file: string): { readonly text: string } | { readonly problem: string; readonly isMissing: boolean } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { problem: fileWords[code] ?? message, isMissing: code === 'ENOENT' };
  }
}

/** The policy, from a file of its own or from the configuration. */
export interface PolicyPart {
  readonly value: unknown;
  /** Of a file of its own; it counts for the hash. */
  readonly text: string;
  readonly lineOf: YamlText['lineOf'];
  /** A problem of the policy as one of the whole: named by its place here, or by its own file. */
  readonly name: (problem: ConfigProblem) => ConfigProblem;
  /** Why there is none to be read, or not one: told with all that is wrong elsewhere. */
  readonly problems: readonly ConfigProblem[];
}

/** Reads the policy where the configuration says that it is; never throws. */
export function readPolicy({
  value,
  lineOf,
  folder,
  isChosen,
}: {
  readonly value: unknown;
  readonly lineOf: YamlText['lineOf'];
  readonly folder: string;
  /** The file was named to the command; the configuration says nothing of it. */
  readonly isChosen: boolean;
}): PolicyPart {
  const { policyFile, policy } = (value ?? {}) as { policyFile?: unknown; policy?: unknown };
  if (typeof policyFile !== 'string') {
    return {
      ...{ value: policy, text: '', problems: [] },
      lineOf: (at, below) => lineOf(['policy', ...at], below),
      name: (problem) => ({ ...problem, path: `policy${problem.path === '' ? '' : '.'}${problem.path}` }),
    };
  }
  const here = { path: 'policyFile', ...lineOf(['policyFile']) };
  const twice = policy === undefined ? [] : [{ ...here, message: 'give policy or policyFile, not both' }];
  const name = (problem: ConfigProblem) => ({ ...problem, file: policyFile });
  const none = (problems: readonly ConfigProblem[]): PolicyPart => ({
    ...{ value: undefined, text: '', lineOf: () => ({}), name },
    problems: [...twice, ...problems],
  });
  const file = path.resolve(folder, policyFile);
  const found = readText(file);
  if ('problem' in found) {
    if (isChosen) return none([name({ path: '', message: found.problem })]);
    return none([{ ...here, message: `${file}: ${found.problem}; the path is taken from this file’s folder` }]);
  }
  const read = readYamlText(found.text);
  if ('problems' in read) return none(read.problems.map(name));
  return { ...read, ...found, value: read.value ?? {}, name, problems: twice };
}

/** The configuration with another policy file in the place of its own policy. */
export function withPolicyFile(value: unknown, policyFile: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, policy: undefined, policyFile };
}

/** A problem by the file that it is about. */
export function problemIn(
  { path: at, message }: PathProblem,
  { lineOf, policy }: { readonly lineOf: YamlText['lineOf']; readonly policy: PolicyPart },
): ConfigProblem {
  return at[0] === 'policy'
    ? policy.name(problemAt({ path: at.slice(1), message }, policy))
    : problemAt({ path: at, message }, { lineOf });
}

/** What an issue of the schema says, by the file that it is about. */
export function problemsWith(
  issue: z.core.$ZodIssue,
  { lineOf, policy }: { readonly lineOf: YamlText['lineOf']; readonly policy: PolicyPart },
): readonly ConfigProblem[] {
  return issue.path[0] === 'policy'
    ? problemsOfIssue({ ...issue, path: issue.path.slice(1) }, policy).map(policy.name)
    : problemsOfIssue(issue, { lineOf });
}
