import { Duration, DateTime } from 'luxon';
import { timeBoxKey, type TimeBoxes } from '../domain/access';
import type { TargetId } from '../domain/account';
import type { Person } from '../domain/person';
import { textOfValue } from './cel/value';
import type { Facts } from './facts';
import type { End, GrantRule, Rule } from './rule';
import type { GrantTrace } from './trace';

/** The instant that a date or time of HR means for a person: UTC, or what is wrong with it. */
export type MomentOf = (question: { readonly text: string; readonly person: Person }) => {
  readonly at?: string;
  readonly problem?: string;
};

export interface GrantQuestion {
  readonly facts: Facts;
  readonly timeBoxes: TimeBoxes;
  readonly momentOf: MomentOf;
}

/** What a rule grants on one target now, with the ends of what is time-boxed. */
export function grantsAt({
  rule,
  target,
  question,
}: {
  readonly rule: Rule;
  readonly target: TargetId;
  readonly question: GrantQuestion;
}): { readonly grants: readonly GrantTrace[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const grants = rule.grants.map((grant): GrantTrace => {
    const key = timeBoxKey({ rule: rule.id, target, kind: grant.kind, name: grant.name });
    const ends = endsOf(grant, key, question).flatMap((end) => {
      if ('at' in end) return [end.at];
      problems.push(`${grant.kind} ${grant.name}, until: ${end.problem}`);
      return [];
    });
    const until = ends.sort()[0];
    const { kind, name, privileged } = grant;
    return {
      ...{ kind, name, privileged },
      ...(until === undefined ? {} : { until }),
      isOver: until !== undefined && until <= question.facts.at,
    };
  });
  return { grants, problems };
}

type Ending = { readonly at: string } | { readonly problem: string };

function endsOf(grant: GrantRule, key: string, question: GrantQuestion): readonly Ending[] {
  const { facts, timeBoxes } = question;
  const from = Object.hasOwn(timeBoxes, key) ? (timeBoxes[key] ?? facts.at) : facts.at;
  const counted = grant.for === undefined ? [] : [later(from, grant.for)];
  return [...counted, ...(grant.until === undefined ? [] : [endOf(grant.until, question)])];
}

function endOf(end: End, { facts, momentOf }: GrantQuestion): Ending {
  const text = 'text' in end ? { text: end.text } : textGivenBy(end, facts);
  if ('problem' in text) return text;
  const { at, problem = 'cannot be read' } = momentOf({ text: text.text, person: facts.person });
  return at === undefined ? { problem } : { at };
}

function textGivenBy(
  { expression }: Extract<End, { expression: unknown }>,
  facts: Facts,
): { readonly text: string } | { readonly problem: string } {
  const answer = expression.evaluate(facts);
  if ('problem' in answer) return answer;
  const text = textOfValue(answer.value);
  return text === undefined ? { problem: `\`${expression.text}\` gives no date and no time` } : { text };
}

/** Calendar-true: `P1M` after 31 January is the last of February. */
function later(from: string, duration: string): Ending {
  const end = DateTime.fromISO(from, { zone: 'utc' }).plus(Duration.fromISO(duration));
  return end.isValid
    ? { at: new Date(end.toMillis()).toISOString() }
    : { problem: `${from} is no first day to count from` };
}
