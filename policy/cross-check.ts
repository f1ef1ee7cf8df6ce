/** A target as far as a policy has to know it. */
export interface PolicyTarget {
  readonly id: string;
  readonly type: string;
  /** Kinds of entitlement that it can grant; absent: not known. */
  readonly kinds?: readonly string[];
  /** What it cannot, and why. */
  readonly unsupported?: Readonly<Record<string, string>>;
  /** Templates of the user names by which a leaver finds accounts there. */
  readonly foundBy?: readonly string[] | undefined;
}

export interface PathProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * What no field of a policy can tell by itself. It looks at the policy as written, so that these problems are told
 * together with all others; what has the wrong form is passed over here. `targets` absent: not known, not checked.
 */
export function crossCheck(policy: unknown, targets?: readonly PolicyTarget[]): readonly PathProblem[] {
  const problems: PathProblem[] = [];
  const access = fieldsOf(fieldsOf(policy)?.['access']);
  const rules = listOf(access?.['rules']).map(fieldsOf);
  const known = knownTargets(targets, problems);
  doubles(rules, problems);
  rules.forEach((rule, index) => {
    if (rule !== undefined) checkRule({ rule, index, access, known, targets, problems });
  });
  for (const [path, id] of otherTargets(policy, access)) known(path, id);
  return problems;
}

type Known = (path: PathProblem['path'], id: unknown) => void;

function knownTargets(targets: readonly PolicyTarget[] | undefined, problems: PathProblem[]): Known {
  return (path, id) => {
    if (targets === undefined || typeof id !== 'string' || targets.some((target) => target.id === id)) return;
    problems.push({
      path,
      message: `no target has the id ${id}; there are ${targets.map((target) => target.id).join(', ')}`,
    });
  };
}

function doubles(rules: readonly (Raw | undefined)[], problems: PathProblem[]): void {
  const ids = rules.map((rule) => rule?.['id']);
  ids.forEach((id, index) => {
    if (typeof id !== 'string' || ids.indexOf(id) === index) return;
    problems.push({
      path: ['access', 'rules', index, 'id'],
      message: `${id} is the name of another rule already: explanations and time-boxes go by it`,
    });
  });
}

function checkRule({
  rule,
  index,
  access,
  known,
  targets,
  problems,
}: {
  readonly rule: Raw;
  readonly index: number;
  readonly access: Raw | undefined;
  readonly known: Known;
  readonly targets: readonly PolicyTarget[] | undefined;
  readonly problems: PathProblem[];
}): void {
  const at = ['access', 'rules', index];
  const refuse = (message: string, ...more: (string | number)[]) => problems.push({ path: [...at, ...more], message });
  if (rule['target'] !== undefined && rule['targets'] !== undefined) refuse('give target or targets, not both');
  if (rule['target'] === undefined && rule['targets'] === undefined) refuse('says not where: give target or targets');
  known([...at, 'target'], rule['target']);
  listOf(rule['targets']).forEach((id, place) => known([...at, 'targets', place], id));
  if (sameText(rule['when'], rule['unless'])) refuse('is the same as when: the rule can never match', 'unless');
  const own = targetsOf(rule, targets);
  if (own.length > 0 && own.every((id) => isExcluded(id, access))) {
    refuse('can never match: access.exclude takes everybody out of its targets');
  }
  listOf(rule['grants']).forEach((grant, place) => {
    const kind = fieldsOf(grant)?.['kind'];
    for (const target of targets?.filter(({ id }) => own.includes(id)) ?? []) {
      const problem = typeof kind === 'string' ? kindProblem(target, kind) : undefined;
      if (problem !== undefined) refuse(problem, 'grants', place, 'kind');
    }
  });
}

/** The ids of the targets of a rule as written. */
export function targetsOf(
  rule: { readonly target?: unknown; readonly targets?: unknown },
  targets: readonly PolicyTarget[] | undefined,
): readonly string[] {
  if (rule.targets === 'all') return targets?.map(({ id }) => id) ?? [];
  return [rule.target, ...listOf(rule.targets)].filter((id) => typeof id === 'string');
}

function kindProblem({ id, type, kinds, unsupported }: PolicyTarget, kind: string): string | undefined {
  if (kinds === undefined || kinds.includes(kind)) return undefined;
  const why = unsupported?.[kind];
  const because = why === undefined ? '' : ` (${why})`;
  return `${id} (${type}) has no ${kind} to grant, only ${kinds.join(' and ')}${because}`;
}

function isExcluded(target: string, access: Raw | undefined): boolean {
  return listOf(access?.['exclude'])
    .map(fieldsOf)
    .some((one) => {
      const where = one?.['targets'];
      const isThere = where === undefined || listOf(where).includes(target);
      return isThere && String(one?.['when']).trim() === 'true';
    });
}

type TargetAt = readonly [path: PathProblem['path'], id: unknown];

/** Ids of targets outside the rules, by where they stand. */
function otherTargets(policy: unknown, access: Raw | undefined): readonly TargetAt[] {
  const inList = (list: unknown, path: readonly (string | number)[]) =>
    listOf(list).map((id, place) => [[...path, place], id] as const);
  const deletion = fieldsOf(fieldsOf(fieldsOf(policy)?.['leaver'])?.['deletion']);
  return [
    ...Object.keys(fieldsOf(access?.['defaults']) ?? {}).map((id) => [['access', 'defaults', id], id] as const),
    ...listOf(access?.['exclude']).flatMap((one, index) =>
      inList(fieldsOf(one)?.['targets'], ['access', 'exclude', index, 'targets']),
    ),
    ...listOf(fieldsOf(access?.['protected'])?.['accounts']).map(
      (one, index) => [['access', 'protected', 'accounts', index, 'target'], fieldsOf(one)?.['target']] as const,
    ),
    ...inList(deletion?.['targets'], ['leaver', 'deletion', 'targets']),
  ];
}

function sameText(one: unknown, other: unknown): boolean {
  const squeeze = (text: unknown) => String(text).replace(/\s+/g, ' ').trim();
  return one !== undefined && other !== undefined && squeeze(one) === squeeze(other);
}

function fieldsOf(value: unknown): Raw | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
