import type { Call, Members } from '../connectors/connector';
import { Unobservable, VendorRejected } from '../connectors/errors';
import type { Account, AccountId, Entitlement, Grant } from '../domain/account';
import { makesAdministrator, type AdminRule } from '../domain/administrator';
import type { KnownAccount } from '../domain/containment';
import { sameText } from '../domain/correlation';
import type { TargetCheck } from './contract';
import type { Caller, TargetDesk } from './target-run';

/** What an account holds that makes it an administrator; `unknown` where the target does not show what it holds. */
export type AdminGrants = readonly Entitlement[] | 'unknown';

interface Holding {
  readonly account: KnownAccount;
  /** Undefined: cannot be observed. */
  readonly grants: readonly Grant[] | undefined;
}

/**
 * Which administrator's grants each account holds; accounts without any are left out. Where a grant shows no name, or the
 * account shows no grants at all, the groups that the rule names are asked.
 */
export async function administratorsAmong(
  desk: TargetDesk,
  run: Caller,
  holdings: readonly Holding[],
): Promise<ReadonlyMap<AccountId, AdminGrants>> {
  const { administrators } = desk;
  const found = new Map<AccountId, AdminGrants>();
  if (administrators === undefined) return found;
  const { rule } = administrators;
  for (const { account, grants } of holdings) {
    const held = grants?.map(({ entitlement }) => entitlement);
    const isPlain = held?.every((one) => one.name !== undefined || makesAdministrator(rule, one)) === true;
    const known = isPlain && held !== undefined ? held : await askGroups(desk, { call: run.call, account, rule, held });
    const ours = known === 'unknown' ? known : known.filter((one) => makesAdministrator(rule, one));
    if (ours.length > 0) found.set(account.id, ours);
  }
  return found;
}

interface AskGroups {
  readonly call: Call;
  readonly rule: AdminRule;
  readonly account: KnownAccount;
  readonly held: readonly Entitlement[] | undefined;
}

/** Names for grants that show none; the grants themselves, from the groups' side, where the account shows none. */
async function askGroups(desk: TargetDesk, { call, rule, account, held }: AskGroups): Promise<AdminGrants> {
  try {
    const groups = await administratorGroups(desk, rule, call);
    const named = (one: Entitlement) => groups.find(({ kind, id }) => kind === one.kind && id === one.id);
    if (held !== undefined) return held.map((one) => named(one) ?? one);
    const holding: Entitlement[] = [];
    for (const entitlement of groups) {
      const members = membersOf(desk, entitlement);
      if (members === undefined) return 'unknown';
      for await (const { id } of members.of(entitlement, call)) if (id === account.id) holding.push(entitlement);
    }
    return holding;
  } catch (error) {
    if (isRefusal(error)) return 'unknown';
    throw error;
  }
}

/** The groups and roles of the target that the rule names. */
async function administratorGroups({ connector }: TargetDesk, rule: AdminRule, call: Call) {
  const found: Entitlement[] = [];
  let after: string | undefined;
  do {
    const page = await connector.listEntitlements(after, call);
    found.push(...page.items.filter((one) => makesAdministrator(rule, one)));
    after = page.next;
  } while (after !== undefined);
  return found;
}

interface Counting {
  readonly call: Call;
  readonly members: Members;
  readonly entitlement: Entitlement;
  readonly leaving?: readonly KnownAccount[];
  /** Counting ends here. */
  readonly enough: number;
}

/** Enabled people who hold it and are none of `leaving`, each once. Service accounts and Tenure's own are nobody. */
export async function administratorsLeft(
  { serviceAccount }: TargetDesk,
  { call, members, entitlement, leaving = [], enough }: Counting,
): Promise<readonly Account[]> {
  const left = new Map<AccountId, Account>();
  for await (const holder of members.of(entitlement, call)) {
    const isLeaving = leaving.some(({ id, username }) => id === holder.id || sameText(username, holder.username));
    const isNobody = holder.kind === 'service' || sameText(holder.username, serviceAccount);
    if (holder.enabled === true && !isLeaving && !isNobody) left.set(holder.id, holder);
    if (left.size >= enough) break;
  }
  return [...left.values()];
}

/** How to ask who holds it; undefined where this target does not tell. */
export function membersOf({ connector: { members } }: TargetDesk, { kind }: Entitlement): Members | undefined {
  return members?.kinds.includes(kind) === true ? members : undefined;
}

/** What a person has to do where the target does not tell who holds it. */
export function notTold({ id }: TargetDesk, entitlement: Entitlement): string {
  return `administrators: ${id} does not tell who holds ${nameOf(entitlement)}: a person makes sure that an enabled administrator is left there, and notes it.`;
}

/** For `tenure check`: whether each group of `adminGroups` is there, told of, and has as many as must stay. */
export async function checkAdministrators(desk: TargetDesk, run: Caller): Promise<TargetCheck['findings']> {
  const { administrators } = desk;
  const findings: TargetCheck['findings'][number][] = [];
  for (const group of administrators?.rule.groups ?? []) {
    const rule: AdminRule = { groups: [group], min: administrators?.rule.min ?? 1 };
    const name = `administrators ${group.name}`;
    try {
      const found = await administratorGroups(desk, rule, run.call).catch((error: unknown) => {
        // A vendor that lists no roles can still be asked for one by its name.
        if (group.kind === undefined || !isRefusal(error)) throw error;
        return [{ kind: group.kind, id: group.name, name: group.name }];
      });
      if (found.length === 0) findings.push({ name, state: 'failed', detail: 'no group or role is called so' });
      for (const entitlement of found) findings.push({ name, ...(await countOf(desk, { run, rule, entitlement })) });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      findings.push({ name, state: 'unknown', detail: error.message });
    }
  }
  return findings;
}

async function countOf(
  desk: TargetDesk,
  { run, rule, entitlement }: { readonly run: Caller; readonly rule: AdminRule; readonly entitlement: Entitlement },
): Promise<Pick<TargetCheck['findings'][number], 'state' | 'detail'>> {
  const members = membersOf(desk, entitlement);
  if (members === undefined) return { state: 'failed', detail: notTold(desk, entitlement) };
  const left = await administratorsLeft(desk, { call: run.call, members, entitlement, enough: rule.min + 1 });
  const must = `${rule.min} must stay`;
  if (left.length > rule.min) return { state: 'proven', detail: `more than ${rule.min} enabled; ${must}` };
  const who = left.map(({ username }) => username).join(', ') || 'nobody';
  return { state: left.length < rule.min ? 'failed' : 'proven', detail: `enabled: ${who}; ${must}` };
}

/** The vendor does not show it, or does not let us look. */
export function isRefusal(error: unknown): error is Unobservable | VendorRejected {
  return error instanceof Unobservable || error instanceof VendorRejected;
}

export function nameOf({ kind, id, name }: Entitlement): string {
  return `${kind} ${name ?? id}`;
}
