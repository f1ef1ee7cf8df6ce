import { Unobservable } from '../connectors/errors';
import { names, type DesiredGrant } from '../domain/access';
import type { Account, Grant } from '../domain/account';
import type { ChangePreview, PreviewInput, ProvisionPreviewInput, RestorePreviewInput } from '../domain/provisioning';
import { nameEntitlements } from './entitlement-names';
import { findAccounts } from './finding';
import { entitlementWords } from './grants';
import { fieldsOf } from './person-fields';
import { namesIn } from './provisioning';
import { lookAtRestorable } from './restoration';
import { whoServes } from './serving';
import { onTarget, type Caller, type TargetDesk } from './target-run';
import { wouldProvision } from './would-provision';

/** Dry run on one target, from live reads: what a joiner, a mover or an undo would change. Sends nothing that changes anything. */
export async function previewChange(desk: TargetDesk, input: PreviewInput): Promise<ChangePreview> {
  return await onTarget<never, ChangePreview>(desk, input, async (run) =>
    input.kind === 'provision' ? await previewProvision(desk, run, input) : await previewRestore(desk, run, input),
  );
}

async function previewProvision(desk: TargetDesk, run: Caller, input: ProvisionPreviewInput): Promise<ChangePreview> {
  const finding = await findAccounts(desk, input, run, namesIn(input));
  const serving = whoServes(input, finding, desk.correlation);
  const parked = serving.doubt ?? finding.parked;
  if (parked !== undefined && serving.pairs.every((pair) => pair.account === undefined))
    return { target: desk.id, outcome: 'needs-person', would: [], remarks: [`${parked.detail}. ${parked.advice}`] };
  const told = await fieldsOf(desk, run, input.person);
  const { would, remarks } = await wouldProvision({ desk, run, input, serving, told });
  const lines = { would: [...would], remarks: [...remarks] };
  const accounts = [
    ...serving.pairs
      .filter((pair) => !pair.isUntouchable)
      .map(({ desired, account }) => ({ serves: desired.username, account })),
  ];
  for (const { serves, account } of accounts) await previewGrants({ desk, run, input, serves, account, lines });
  if (parked !== undefined) lines.remarks.push(`${parked.detail}. ${parked.advice}`);
  return { target: desk.id, outcome: outcomeOf(parked !== undefined, lines.would), ...lines };
}

interface Lines {
  readonly would: string[];
  readonly remarks: string[];
}

async function previewGrants(work: {
  readonly desk: TargetDesk;
  readonly run: Caller;
  readonly input: ProvisionPreviewInput;
  readonly serves: string;
  readonly account: Account | undefined;
  readonly lines: Lines;
}): Promise<void> {
  const { desk, run, input, serves, account, lines } = work;
  const wanted = input.wanted[serves] ?? [];
  const lost = input.lost[serves] ?? [];
  const name = account?.username ?? serves;
  const held = account === undefined ? [] : await observable(desk, run, account);
  if (held === undefined) {
    lines.remarks.push(`${name}: what it holds cannot be seen, so that nothing can be said of its grants`);
    return;
  }
  const missing = wanted.filter((one) => !held.some(({ entitlement }) => names(one, entitlement)));
  for (const named of await nameEntitlements(desk, run, missing)) {
    if ('entitlement' in named) lines.would.push(`grant ${entitlementWords(named.entitlement)} to ${name}`);
    else lines.remarks.push(`${name}: ${'handOver' in named ? named.handOver : named.parked.detail}`);
  }
  const isIn = (side: readonly DesiredGrant[], grant: Grant) => side.some((one) => names(one, grant.entitlement));
  for (const grant of held.filter((one) => !isIn(wanted, one))) {
    const what = entitlementWords(grant.entitlement);
    if (!isIn(lost, grant)) lines.remarks.push(`${what} of ${name} is left alone: no rule gave it`);
    else if (grant.ownedByDirectory === undefined) lines.would.push(`take ${what} from ${name}`);
    else lines.remarks.push(`${what} of ${name} is owned by ${grant.ownedByDirectory}`);
  }
}

async function observable(desk: TargetDesk, run: Caller, account: Account): Promise<readonly Grant[] | undefined> {
  try {
    return await desk.connector.listGrants(account, run.call);
  } catch (error) {
    if (error instanceof Unobservable) return undefined;
    throw error;
  }
}

async function previewRestore(desk: TargetDesk, run: Caller, input: RestorePreviewInput): Promise<ChangePreview> {
  const lines: Lines = { would: [], remarks: [] };
  let needsPerson = false;
  for (const known of input.accounts) {
    const { would, notRestored, parked } = await lookAtRestorable({ desk, run, input, known });
    lines.would.push(...would);
    lines.remarks.push(...notRestored);
    if (parked === undefined) continue;
    needsPerson = true;
    lines.remarks.push(`${parked.detail}. ${parked.advice}`);
  }
  return { target: desk.id, outcome: outcomeOf(needsPerson, lines.would), ...lines };
}

function outcomeOf(needsPerson: boolean, would: readonly string[]): ChangePreview['outcome'] {
  if (needsPerson) return 'needs-person';
  return would.length > 0 ? 'would-change' : 'nothing-to-do';
}
