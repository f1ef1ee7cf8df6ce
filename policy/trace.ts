import type { DesiredGrant } from '../domain/access';
import type { TargetId } from '../domain/account';
import type { Answer, Expression } from './cel/compile';
import { grantsAt, type GrantQuestion } from './grant';
import { fillAttributes } from './attributes';
import { valueAt } from './facts';
import type { AccessRules, Exclusion, Rule } from './rule';

/** What one rule says of one person on one target, and why. */
export interface RuleTrace {
  readonly rule: string;
  readonly target: TargetId;
  /**
   * `gives`; `does-not-match`: `when` is false; `excepted`: `unless` is true; `excluded`: an exclusion of the policy;
   * `undecided`: it cannot be said, see `problems`.
   */
  readonly verdict: 'gives' | 'does-not-match' | 'excepted' | 'excluded' | 'undecided';
  /** The condition that decided, as the policy writes it. */
  readonly condition: string;
  /** What it looked at; a field that the person does not have is null. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What the policy itself says of the exclusion that decided. */
  readonly why?: string;
  readonly account?: AccountTrace;
  readonly grants: readonly GrantTrace[];
  readonly problems: readonly string[];
}

export interface AccountTrace {
  readonly username: string;
  /** What the rule itself sets; null takes a default away. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What the target's defaults set where no rule sets anything. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

export interface GrantTrace extends Omit<DesiredGrant, 'because'> {
  /** True: its time is over, and it is not given any more. */
  readonly isOver: boolean;
}

/** Every rule on every target of its own, in the order of the policy. Never throws. */
export function traceRules(access: AccessRules, question: GrantQuestion): readonly RuleTrace[] {
  const exclusions = access.exclusions.map((exclusion, index) => ({
    exclusion,
    answer: decide(exclusion.when, question),
    name: `exclusion ${index + 1}`,
  }));
  return access.rules.flatMap((rule) => {
    const own = ownVerdict(rule, question);
    return rule.targets.map((target): RuleTrace => {
      const nothing = { rule: rule.id, target, grants: [], problems: [] };
      if (own.verdict !== 'gives') return { ...nothing, ...own };
      for (const { exclusion, answer, name } of exclusions) {
        if (!(exclusion.targets?.includes(target) ?? true)) continue;
        const { why } = exclusion;
        const said = {
          ...{ condition: exclusion.when.text, values: valuesOf(exclusion.when, question) },
          ...(why === undefined ? {} : { why }),
        };
        if ('problem' in answer) {
          return { ...nothing, ...said, verdict: 'undecided', problems: [`${name}: ${answer.problem}`] };
        }
        if (answer.value) return { ...nothing, ...said, verdict: 'excluded' };
      }
      return giving({ rule, target, access, question, said: own });
    });
  });
}

type OwnVerdict = Pick<RuleTrace, 'verdict' | 'condition' | 'values' | 'problems'>;

function ownVerdict(rule: Rule, question: GrantQuestion): OwnVerdict {
  const { when, unless } = rule;
  const said = { condition: when.text, values: valuesOf(when, question), problems: [] };
  const matches = decide(when, question);
  if ('problem' in matches) return undecided(said, `rule ${rule.id}, when: ${matches.problem}`);
  if (!matches.value) return { ...said, verdict: 'does-not-match' };
  if (unless === undefined) return { ...said, verdict: 'gives' };
  const exception = { condition: unless.text, values: valuesOf(unless, question), problems: [] };
  const excepted = decide(unless, question);
  if ('problem' in excepted) return undecided(exception, `rule ${rule.id}, unless: ${excepted.problem}`);
  if (excepted.value) return { ...exception, verdict: 'excepted' };
  return { ...said, values: { ...said.values, ...exception.values }, verdict: 'gives' };
}

function undecided(said: Omit<OwnVerdict, 'verdict'>, problem: string): OwnVerdict {
  return { ...said, verdict: 'undecided', problems: [problem] };
}

function decide(condition: Expression, { facts }: GrantQuestion): { readonly value: boolean } | { problem: string } {
  const answer: Answer = condition.evaluate(facts);
  if ('problem' in answer) return answer;
  if (typeof answer.value === 'boolean') return { value: answer.value };
  return { problem: `\`${condition.text}\` gives neither true nor false for this person` };
}

function giving({
  rule,
  target,
  access,
  question,
  said: { condition, values },
}: {
  readonly rule: Rule;
  readonly target: TargetId;
  readonly access: AccessRules;
  readonly question: GrantQuestion;
  readonly said: OwnVerdict;
}): RuleTrace {
  const fallback = access.defaults.get(target);
  const template = rule.account.username ?? fallback?.username;
  const username = template?.fill(question.facts) ?? valueOfUsername(question);
  const own = fillAttributes(rule.account.attributes, question.facts);
  const defaults = fillAttributes(fallback?.attributes ?? new Map(), question.facts);
  const { grants, problems } = grantsAt({ rule, target, question });
  const accountProblems = 'problem' in username ? [`account: ${username.problem}`] : [];
  const all = [...accountProblems, ...own.problems, ...defaults.problems, ...problems];
  const said = { rule: rule.id, target, condition, values };
  if ('problem' in username || all.length > 0) {
    const named = [...new Set(all)].map((problem) => `rule ${rule.id} on ${target}: ${problem}`);
    return { ...said, verdict: 'undecided', grants: [], problems: named };
  }
  const account = { username: username.text, attributes: own.values, defaults: defaults.values };
  return { ...said, verdict: 'gives', account, grants, problems: [] };
}

function valueOfUsername({ facts }: GrantQuestion): { readonly text: string } | { readonly problem: string } {
  const username = valueAt(facts, ['username']);
  if (typeof username === 'string' && username !== '') return { text: username };
  return { problem: 'the person has no username: have HR send it, or give account.username' };
}

function valuesOf(expression: Expression, { facts }: GrantQuestion): Readonly<Record<string, unknown>> {
  const fields = expression.paths.map((path): [string, unknown] => [
    ['person', ...path].join('.'),
    valueAt(facts, path) ?? null,
  ]);
  return Object.fromEntries([...fields, ...(expression.usesNow ? [['now', facts.at] as const] : [])]);
}

/** Conditions of exclusions and rules, for whoever looks for the moments at which they change. */
export function conditionsOf({ rules, exclusions }: AccessRules): readonly Expression[] {
  return [
    ...rules.flatMap(({ when, unless }) => (unless === undefined ? [when] : [when, unless])),
    ...exclusions.map(({ when }: Exclusion) => when),
  ];
}
