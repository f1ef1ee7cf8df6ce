import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NoWorker } from '../client/errors';
import { progressOf } from '../client/watch';
import type { GrantPlan } from '../domain/change';
import type { ApprovalProgress, Progress } from '../domain/flow';
import type { RemovalPlan } from '../domain/removal';
import { visible } from '../domain/visible';
import { Complaint } from './exit';
import { tableOf } from './table';
import type { Terminal } from './terminal';

/** How long the flow is watched for what became of a decision, in milliseconds. */
const FOLLOW_MS = 6000;
const LOOK_AGAIN_MS = 300;

interface Asked {
  readonly client: Client;
  readonly workflowId: string;
}

/**
 * The plan that is decided: the one with the hash, else the only open one. When no worker answers, a given hash is taken
 * as it is, because a decision can be sent without any worker.
 */
export async function findOpenPlan({
  client,
  workflowId,
  planHash,
}: Asked & { readonly planHash: string | undefined }): Promise<ApprovalProgress | string> {
  let progress: Progress;
  try {
    progress = await progressOf({ client, workflowId });
  } catch (error) {
    if (error instanceof NoWorker && planHash !== undefined) return planHash;
    throw error;
  }
  const open = progress.approvals ?? [];
  if (open.length === 0) throw new Complaint(`${workflowId} has no open plan: it is ${stateOf(progress)}.`);
  const hashes = open.map((one) => `  ${one.planHash} (${targetsOf(one.plan).join(', ')})`);
  if (planHash !== undefined) {
    const found = open.find((one) => one.planHash === planHash);
    if (found !== undefined) return found;
    throw new Complaint(
      `No open plan has this hash: the world changed, or it was decided. Open:\n${hashes.join('\n')}`,
    );
  }
  const [only, ...more] = open;
  if (only !== undefined && more.length === 0) return only;
  throw new Complaint(`Several plans are open; say which with --plan-hash:\n${hashes.join('\n')}`);
}

/** Exactly what would be deleted or granted, before anybody says yes to it. */
export function showPlan(terminal: Terminal, { plan, planHash, deadline, decisions }: ApprovalProgress): void {
  const what = 'targets' in plan ? 'Removal plan' : 'Plan of privileged entitlements';
  terminal.err(`\n${what} ${plan.round} of ${plan.workflowId}, to be decided by ${deadline}`);
  terminal.err(`Hash ${planHash}`);
  if ('targets' in plan) showRemoval(terminal, plan);
  else showGrants(terminal, plan);
  for (const { by, strength, approved, counted, why } of decisions) {
    const verdict = counted ? '' : `: does not count, ${why ?? ''}`;
    terminal.err(visible(`${approved ? 'Approved' : 'Rejected'} by ${by} (${strength})${verdict}`));
  }
}

function showRemoval(terminal: Terminal, plan: RemovalPlan): void {
  const rows = plan.targets.flatMap(({ target, deletion, lost, accounts }) =>
    accounts.map(({ id, username, held }) => [
      target,
      `${username} (${id})`,
      deletion === 'permanent' ? 'deleted for good' : 'only disabled: the vendor keeps it',
      held.map(({ entitlement }) => entitlement.name ?? entitlement.id).join(', '),
      lost,
    ]),
  );
  terminal.err(tableOf({ head: ['target', 'account', 'what happens', 'held before', 'lost with it'], rows, terminal }));
  for (const { target, why } of plan.notReady) terminal.err(visible(`Not in this plan: ${target} (${why})`));
}

function showGrants(terminal: Terminal, plan: GrantPlan): void {
  const rows = plan.grants.map(({ target, account, kind, name, because, until }) => [
    target,
    account,
    `${kind} ${name}`,
    until ?? '',
    because.join(', '),
  ]);
  terminal.err(tableOf({ head: ['target', 'account', 'privileged', 'until', 'by rule'], rows, terminal }));
}

function targetsOf(plan: RemovalPlan | GrantPlan): readonly string[] {
  return [...new Set(('targets' in plan ? plan.targets : plan.grants).map(({ target }) => target))];
}

export interface DecisionSeen {
  /** Absent: not known yet. */
  readonly counts?: boolean;
  readonly detail: string;
}

/** How a decision just sent is told from others on the same plan. */
interface Mine {
  readonly planHash: string;
  readonly approver: string;
  /** How many decisions there were before it. */
  readonly before: number;
}

/** What became of a decision: who decided is established first, so the answer to the update is not the last word. */
export async function followDecision({ client, workflowId, ...mine }: Asked & Mine): Promise<DecisionSeen> {
  for (let left = FOLLOW_MS; left > 0; left -= LOOK_AGAIN_MS) {
    await wait(LOOK_AGAIN_MS);
    const seen = await progressOf({ client, workflowId }).then(
      (progress) => decisionIn(progress, mine),
      () => undefined,
    );
    if (seen !== undefined) return seen;
  }
  return { detail: '' };
}

function decisionIn(progress: Progress, { planHash, approver, before }: Mine): DecisionSeen | undefined {
  const plan = progress.approvals?.find((one) => one.planHash === planHash);
  if (plan === undefined) return { counts: true, detail: `The plan is decided; the flow is ${stateOf(progress)}.` };
  // A refused token proves nobody, so that the decision is nobody's.
  const mine = plan.decisions
    .slice(before)
    .findLast(({ by }) => ['', approver.toLowerCase()].includes(by.toLowerCase()));
  if (mine === undefined) return undefined;
  if (mine.counted) return { counts: true, detail: 'It counts; more people have to decide.' };
  return { counts: false, detail: `It does not count: ${mine.why ?? 'no reason given'}.` };
}

function stateOf({ state, outcome, waitingFor }: Progress): string {
  return `${outcome ?? state}${waitingFor === undefined ? '' : `, waiting for ${waitingFor}`}`;
}
