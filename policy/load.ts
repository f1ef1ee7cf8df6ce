import type { z } from 'zod';
import { crossCheck, type PathProblem, type PolicyTarget } from './cross-check';
import type { MomentOf } from './grant';
import { openPolicy, type LoadedPolicy } from './open';
import { policySchema, type ParsedPolicy } from './schema';
import { readYamlText, type FileProblem, type YamlText } from './yaml-text';

/** What a policy is held against. */
export interface PolicySurroundings {
  /** The configured targets; absent: not known, and what a policy says of them is not checked. */
  readonly targets?: readonly PolicyTarget[];
  readonly momentOf: MomentOf;
}

export type LoadedPolicyText = { readonly policy: LoadedPolicy; readonly settings: ParsedPolicy };

/** Reads a policy file: the policy, or everything that is wrong with it, each with its line. Never throws. */
export function loadPolicy(
  text: string,
  surroundings: PolicySurroundings,
): LoadedPolicyText | { readonly problems: readonly FileProblem[] } {
  const read = readYamlText(text);
  if ('problems' in read) return read;
  const raw = read.value ?? {};
  const parsed = policySchema({ personFields: personFieldsOf(raw), momentOf: surroundings.momentOf }).safeParse(raw);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOfIssue(issue, read))),
    ...crossCheck(raw, surroundings.targets).map((problem) => problemAt(problem, read)),
  ];
  if (!parsed.success || problems.length > 0) return { problems: inOrder(problems) };
  const { targets, momentOf } = surroundings;
  return { settings: parsed.data, policy: openPolicy({ parsed: parsed.data, raw, targets, momentOf }) };
}

/** `access.personFields` of a policy that is not checked yet. */
export function personFieldsOf(raw: unknown): readonly string[] {
  const access = (raw as { access?: { personFields?: unknown } } | null)?.access;
  const fields: unknown = typeof access === 'object' && access !== null ? access.personFields : undefined;
  return Array.isArray(fields) ? fields.filter((name) => typeof name === 'string') : [];
}

/** The problems that an issue of the schema stands for, each with its line: unknown keys have one each. */
export function problemsOfIssue(issue: z.core.$ZodIssue, { lineOf }: Pick<YamlText, 'lineOf'>): readonly FileProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key].map(String).join('.'),
      message: 'is no key that is known here',
      ...lineOf([...issue.path, key]),
    }));
  }
  const below: unknown = issue.code === 'custom' ? issue.params?.['line'] : undefined;
  const { path, message } = issue;
  return [
    { path: path.map(String).join('.'), message, ...lineOf(path, typeof below === 'number' ? below : undefined) },
  ];
}

export function problemAt({ path, message }: PathProblem, { lineOf }: Pick<YamlText, 'lineOf'>): FileProblem {
  return { path: path.join('.'), message, ...lineOf(path) };
}

/** As they stand in the file. */
export function inOrder(problems: readonly FileProblem[]): readonly FileProblem[] {
  return [...problems].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
}
