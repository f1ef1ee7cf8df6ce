import type { AccessRules } from './rule';

/** What is not wrong with a policy, and yet hardly meant. */
export function remarksOn({
  rules,
  at,
  endOf,
}: {
  readonly rules: AccessRules;
  readonly at: string;
  /** UTC, of a date or time as written; undefined where it differs from person to person. */
  readonly endOf: (text: string) => string | undefined;
}): readonly string[] {
  return [...overIn(rules, at, endOf), ...unusedIn(rules)];
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
