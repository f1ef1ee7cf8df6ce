import type { DesiredAccess, DesiredAccount, DesiredGrant } from '../domain/access';
import { sha256OfJson } from './hash';
import type { AccountTrace, RuleTrace } from './trace';

/** What all rules give together, in an order that does not depend on theirs. Never throws. */
export function combine({
  traces,
  changesAt,
}: {
  readonly traces: readonly RuleTrace[];
  /** Moments ahead at which a condition changes its answer. */
  readonly changesAt: readonly string[];
}): DesiredAccess {
  const problems = new Set(traces.flatMap((trace) => trace.problems));
  const drafts = new Map<string, Draft>();
  for (const trace of traces) if (trace.account !== undefined) add(drafts, trace, trace.account);
  for (const draft of drafts.values()) for (const problem of conflictsIn(draft)) problems.add(problem);
  const accounts = [...drafts.values()].map(accountOf).sort(byText(({ target, username }) => `${target} ${username}`));
  const ends = accounts.flatMap(({ grants }) => grants.flatMap(({ until }) => until ?? []));
  const reviewAt = [...ends, ...changesAt].sort()[0];
  return { accounts, ...(reviewAt === undefined ? {} : { reviewAt }), problems: [...problems].sort() };
}

/** One account while rules add to it. */
interface Draft {
  readonly target: string;
  readonly usernames: Set<string>;
  readonly because: Set<string>;
  /** By name, then the rules that ask for each value. */
  readonly attributes: Map<string, Map<string, { readonly value: unknown; readonly rules: string[] }>>;
  /** The same for every rule: they belong to the target. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly grants: Map<string, { readonly names: Set<string>; readonly given: GivenGrant[] }>;
}
type GivenGrant = Omit<DesiredGrant, 'because'> & { readonly rule: string };

function add(drafts: Map<string, Draft>, trace: RuleTrace, account: AccountTrace): void {
  const key = JSON.stringify([trace.target, account.username.toLowerCase()]);
  const draft: Draft = drafts.get(key) ?? {
    ...{ target: trace.target, usernames: new Set<string>(), because: new Set<string>() },
    attributes: new Map(),
    defaults: account.defaults,
    grants: new Map(),
  };
  drafts.set(key, draft);
  draft.usernames.add(account.username);
  draft.because.add(trace.rule);
  for (const [name, value] of Object.entries(account.attributes)) {
    const values = draft.attributes.get(name) ?? new Map<string, { value: unknown; rules: string[] }>();
    const same = values.get(sha256OfJson(value)) ?? { value, rules: [] };
    same.rules.push(trace.rule);
    draft.attributes.set(name, values.set(sha256OfJson(value), same));
  }
  for (const { isOver, ...grant } of trace.grants) {
    if (isOver) continue;
    const grantKey = JSON.stringify([grant.kind, grant.name.toLowerCase()]);
    const known = draft.grants.get(grantKey) ?? { names: new Set(), given: [] };
    known.names.add(grant.name);
    known.given.push({ ...grant, rule: trace.rule });
    draft.grants.set(grantKey, known);
  }
}

function conflictsIn({ target, usernames, attributes }: Draft): readonly string[] {
  return [...attributes].flatMap(([name, values]) => {
    if (values.size < 2) return [];
    const rules = [...values.values()].map((one) => one.rules.sort().join(', ')).sort();
    return `${target}, account ${first(usernames)}: rules ${rules.join(' and ')} set ${name} to different values`;
  });
}

function accountOf({ target, usernames, because, attributes, defaults, grants }: Draft): DesiredAccount {
  const set = [...attributes].map(([name, values]): [string, unknown] => [
    name,
    values.get([...values.keys()].sort()[0] ?? '')?.value,
  ]);
  const settled = Object.entries({ ...defaults, ...Object.fromEntries(set) })
    .filter(([, value]) => value !== null)
    .sort(byText(([name]) => name));
  return {
    target,
    username: first(usernames),
    attributes: Object.fromEntries(settled),
    grants: [...grants.values()].map(grantOf).sort(byText(({ kind, name }) => `${kind} ${name.toLowerCase()}`)),
    because: [...because].sort(),
  };
}

/** The longest of what several rules give counts, and one that calls it privileged is enough. */
function grantOf({
  names,
  given,
}: {
  readonly names: Set<string>;
  readonly given: readonly GivenGrant[];
}): DesiredGrant {
  const isEndless = given.some(({ until }) => until === undefined);
  const until = isEndless
    ? undefined
    : given
        .map((one) => one.until ?? '')
        .sort()
        .at(-1);
  return {
    kind: given[0]?.kind ?? '',
    name: first(names),
    privileged: given.some(({ privileged }) => privileged),
    ...(until === undefined ? {} : { until }),
    because: [...new Set(given.map(({ rule }) => rule))].sort(),
  };
}

function first(texts: ReadonlySet<string>): string {
  return [...texts].sort()[0] ?? '';
}

function byText<T>(textOf: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0);
}
