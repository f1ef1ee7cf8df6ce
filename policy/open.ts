import {
  timeBoxKey,
  type AccessPolicy,
  type DesiredAccess,
  type ManagedEntitlement,
  type TimeBoxes,
} from '../domain/access';
import type { Person } from '../domain/person';
import { targetsOf, type PolicyTarget } from './cross-check';
import { combine } from './desired';
import { factsOf } from './facts';
import type { MomentOf } from './grant';
import { sha256OfJson } from './hash';
import { remarksOn } from './remarks';
import type { AccessRules, GrantRule, Rule } from './rule';
import type { ParsedPolicy } from './schema';
import { conditionsOf, traceRules, type RuleTrace } from './trace';

export interface PolicyQuestion {
  readonly person: Person;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly timeBoxes: TimeBoxes;
}

/** A policy that can also say why. */
export interface LoadedPolicy extends AccessPolicy {
  explain(question: PolicyQuestion): Explanation;
  /** What is not wrong with it, and yet hardly meant: grants that are over, defaults that nobody uses. */
  remarks(at: string): readonly string[];
  readonly ruleCount: number;
}

export interface Explanation {
  readonly access: DesiredAccess;
  /** Every rule on every target of its own. */
  readonly traces: readonly RuleTrace[];
}

/** The policy that a checked text stands for; `raw` is the text's value, for the hash. */
export function openPolicy({
  parsed,
  raw,
  targets,
  momentOf,
}: {
  readonly parsed: ParsedPolicy;
  readonly raw: unknown;
  readonly targets: readonly PolicyTarget[] | undefined;
  readonly momentOf: MomentOf;
}): LoadedPolicy {
  const { joiner, mover, access, approvalWindow } = parsed;
  const rules = rulesOf(access, targets);
  const explain = (question: PolicyQuestion) => explanationOf({ rules, question, momentOf });
  return {
    hash: sha256OfJson(raw ?? {}),
    isGiven: access !== undefined,
    explain,
    remarks: (at) =>
      remarksOn({ rules, targets, at, endOf: (text) => momentOf({ text, person: { id: 'nobody' } }).at }),
    ruleCount: rules.rules.length,
    desired: (question) => explain(question).access,
    managed: managedBy(rules.rules),
    timeBoxesOf: (given) => timeBoxesIn(rules.rules, given),
    joiner,
    mover,
    approval: {
      approvers: (parsed.approvers ?? parsed.leaver.deletion.approvers) as AccessPolicy['approval']['approvers'],
      window: approvalWindow,
    },
  };
}

function rulesOf(access: ParsedPolicy['access'], targets: readonly PolicyTarget[] | undefined): AccessRules {
  return {
    rules: (access?.rules ?? []).map(({ target, targets: several, ...rule }) => ({
      ...rule,
      targets: targetsOf({ target, targets: several }, targets),
    })),
    exclusions: access?.exclude ?? [],
    defaults: new Map(Object.entries(access?.defaults ?? {}).map(([id, { account }]) => [id, account])),
  };
}

function explanationOf({
  rules,
  question: { person, at, timeBoxes },
  momentOf,
}: {
  readonly rules: AccessRules;
  readonly question: PolicyQuestion;
  readonly momentOf: MomentOf;
}): Explanation {
  if (Number.isNaN(Date.parse(at))) {
    return { traces: [], access: { accounts: [], problems: [`${at} is no moment to ask about`] } };
  }
  const facts = factsOf({ person, at: new Date(at).toISOString() });
  const traces = traceRules(rules, { facts, timeBoxes, momentOf });
  const instants = conditionsOf(rules).flatMap((condition) => condition.instants);
  return { traces, access: combine({ traces, changesAt: instants.filter((instant) => instant > facts.at) }) };
}

function managedBy(rules: readonly Rule[]): readonly ManagedEntitlement[] {
  const all = rules.flatMap(({ targets, grants }) =>
    targets.flatMap((target) => grants.map(({ kind, name }): ManagedEntitlement => ({ target, kind, name }))),
  );
  const keyOf = ({ target, kind, name }: ManagedEntitlement) => JSON.stringify([target, kind, name.toLowerCase()]);
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

function timeBoxesIn(rules: readonly Rule[], { accounts }: DesiredAccess): readonly string[] {
  const keys = accounts.flatMap(({ target, grants }) =>
    grants.flatMap(({ kind, name, because }) =>
      rules
        .filter((rule) => because.includes(rule.id) && rule.targets.includes(target))
        .filter((rule) => rule.grants.some((grant) => isCounted(grant, { kind, name })))
        .map((rule) => timeBoxKey({ rule: rule.id, target, kind, name })),
    ),
  );
  return [...new Set(keys)].sort();
}

function isCounted(grant: GrantRule, { kind, name }: { readonly kind: string; readonly name: string }): boolean {
  return grant.for !== undefined && grant.kind === kind && grant.name.toLowerCase() === name.toLowerCase();
}
