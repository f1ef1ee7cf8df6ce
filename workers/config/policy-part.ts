import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { problemsOfIssue } from '../../policy/load';
import { readYamlText, type YamlText } from '../../policy/yaml-text';
import { ConfigProblems, type ConfigProblem } from './problem';

/** A file of YAML, or `ConfigProblems`. */
export function readYaml(file: string): YamlText & { readonly text: string } {
  if (!existsSync(file))
    throw new ConfigProblems(file, [{ path: '', message: 'there is no such file; tenure init writes a first one' }]);
  const text = readFileSync(file, 'utf8');
  const read = readYamlText(text);
  if ('problems' in read) throw new ConfigProblems(file, read.problems);
  return { ...read, text };
}

/** The policy, from a file of its own or from the configuration. */
export interface PolicyPart {
  readonly value: unknown;
  /** Of a file of its own; it counts for the hash. */
  readonly text: string;
  readonly lineOf: YamlText['lineOf'];
  /** A problem of the policy as one of the whole: named by its place here, or by its own file. */
  readonly name: (problem: ConfigProblem) => ConfigProblem;
}

/** Reads the policy where the configuration says that it is. */
export function readPolicy({
  value,
  lineOf,
  folder,
}: {
  readonly value: unknown;
  readonly lineOf: YamlText['lineOf'];
  readonly folder: string;
}): PolicyPart {
  const { policyFile, policy } = (value ?? {}) as { policyFile?: unknown; policy?: unknown };
  if (typeof policyFile !== 'string') {
    return {
      ...{ value: policy, text: '' },
      lineOf: (at, below) => lineOf(['policy', ...at], below),
      name: (problem) => ({ ...problem, path: `policy${problem.path === '' ? '' : '.'}${problem.path}` }),
    };
  }
  if (policy !== undefined)
    throw new ConfigProblems(folder, [{ path: 'policyFile', message: 'give policy or policyFile, not both' }]);
  const file = path.resolve(folder, policyFile);
  const read = readYaml(file);
  return { ...read, value: read.value ?? {}, name: (problem) => ({ ...problem, file: policyFile }) };
}

/** The configuration with another policy file in the place of its own policy. */
export function withPolicyFile(value: unknown, policyFile: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, policy: undefined, policyFile };
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
