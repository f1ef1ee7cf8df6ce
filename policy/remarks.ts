import type { PolicyTarget } from './cross-check';
import type { AccessRules, Rule } from './rule';

/** What is not wrong with a policy, and yet hardly meant. */
export function remarksOn({
  rules,
  targets = [],
  at,
  endOf,
}: {
  readonly rules: AccessRules;
  readonly targets?: readonly PolicyTarget[] | undefined;
  readonly at: string;
  /** UTC, of a date or time as written; undefined where it differs from person to person. */
  readonly endOf: (text: string) => string | undefined;
}): readonly string[] {
  return [...overIn(rules, at, endOf), ...unusedIn(rules), ...notFoundIn(rules, targets)];
}

function overIn({ rules }: AccessRules, at: string, endOf: (text: string) => string | undefined): readonly string[] {
  return rules.flatMap(({ id, grants }) =>
    grants.flatMap(({ kind, name, until }) => {
      const end = until !== undefined && 'text' in until ? endOf(until.text) : undefined;
      return end !== undefined && end <= at
        ? [`rule ${id}: ${kind} ${name} ended on ${end.slice(0, 10)}; nobody gets it any more`]
        : [];
    }),
  );
}

function unusedIn({ rules, defaults, exclusions }: AccessRules): readonly string[] {
  const used = new Set(rules.flatMap(({ targets }) => targets));
  const idle = [...defaults.keys()].filter((target) => !used.has(target));
  const elsewhere = exclusions.flatMap(({ targets = [] }) => targets).filter((target) => !used.has(target));
  return [
    ...idle.map((target) => `defaults for ${target}: no rule gives an account there`),
    ...[...new Set(elsewhere)].map((target) => `an exclusion names ${target}: no rule gives an account there anyway`),
  ];
}

/** Accounts that Tenure knows only by its own record of having made them: whoever has them by other ways keeps them. */
function notFoundIn({ rules, defaults }: AccessRules, targets: readonly PolicyTarget[]): readonly string[] {
  const usernameOf = (rule: Rule, target: string) =>
    (rule.account.username ?? defaults.get(target)?.username)?.text ?? '{username}';
  return rules.flatMap((rule) =>
    targets.flatMap(({ id, foundBy }) => {
      if (foundBy === undefined || !rule.targets.includes(id)) return [];
      const username = usernameOf(rule, id);
      if (foundBy.includes(username)) return [];
      return [
        `rule ${rule.id}: accounts called ${username} on ${id} are not looked for when somebody leaves, unless Tenure made ` +
          `them: add ${JSON.stringify(username)} to correlation.extraUsernames of ${id}`,
      ];
    }),
  );
}
