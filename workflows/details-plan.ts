import type { RemovalPlan } from '../domain/removal';
import type { Approvers } from '../domain/settings';
import { clock, commandLine, jsonToSend, moment, oneLine, shortDay, table } from './details-form';
import type { GrantRound, RemovalRound, Round } from './round';

/** One open removal plan: what would be gone, who may decide and has, and what to send; `others`: more plans are open. */
export function roundText(workflowId: string, round: RemovalRound, others: boolean): string {
  const { plan } = round;
  return [
    `### Removal plan ${plan.round}: to be decided by ${moment(round.deadline)}`,
    `${whoDecides(round.approvers)} Silence keeps the accounts disabled.`,
    accountsOf(plan),
    ['**Lost with it:**', '', ...lostWith(plan)].join('\n'),
    plan.notReady.length === 0
      ? ''
      : `Not in this plan: ${plan.notReady.map((one) => `${one.target} (${one.why})`).join(', ')}.`,
    ...howToDecide(workflowId, round, others),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

/** Privileged entitlements that wait for people. */
export function grantsText(workflowId: string, round: GrantRound): string {
  const { plan } = round;
  const rows = plan.grants.map(({ target, account, kind, name, until }) => [
    target,
    oneLine(account, 80),
    oneLine(`${kind} ${name}`, 120),
    until === undefined ? 'for\u00a0good' : `until ${moment(until)}`,
  ]);
  return [
    `### Privileged entitlements: to be decided by ${moment(round.deadline)}`,
    `${whoDecides(round.approvers)} Silence grants nothing.`,
    table(['Target', 'Account', 'Entitlement', 'How long'], rows),
    ...howToDecide(workflowId, round, false),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

function howToDecide(workflowId: string, round: Round, others: boolean): readonly string[] {
  const { planHash } = round;
  return [
    decisionsOn(round),
    '**More Actions**, **Send an Update**, name `decide`; to reject, `"approved": false`:',
    jsonToSend({ approved: true, reason: '…', planHash, approver: 'you@…' }),
    'What it led to shows here (press R), not in the message of the Web UI. While no worker runs, send the same as a signal.',
    commandLine(`tenure approve ${workflowId}${others ? ` --plan-hash ${planHash}` : ''} --reason "…"`),
  ];
}

function whoDecides({ count, allowed, minStrength }: Approvers): string {
  const people = count === 1 ? 'One person' : `${count} different people`;
  const whom = allowed === undefined ? 'other than the requester and the person concerned' : `of ${allowed.join(', ')}`;
  const proof = minStrength === 'asserted' ? 'names are only claimed here' : `proven by ${minStrength} or better`;
  return `${people} ${whom} must approve (${proof}).`;
}

function accountsOf(plan: RemovalPlan): string {
  const rows = plan.targets.flatMap((target) =>
    target.accounts.map((account) => [
      target.target,
      oneLine(account.username, 80),
      oneLine(account.id, 80),
      target.deletion === 'permanent' ? 'for\u00a0good' : 'disables',
    ]),
  );
  return table(['Target', 'Account', 'Id there', 'Delete'], rows);
}

/** What the accounts held, by name, and what else goes with the record. */
function lostWith(plan: RemovalPlan): readonly string[] {
  return plan.targets.map((target) => {
    const held = target.accounts.flatMap((account) => account.held.map((grant) => grant.entitlement));
    const named = held.map(({ kind, name, id }) => `${kind} ${name ?? id}`).join(', ');
    return `- **${target.target}**: ${oneLine([target.lost, named === '' ? '' : `held before: ${named}`].filter((text) => text !== '').join('; '), 400)}`;
  });
}

function decisionsOn(round: Round): string {
  const lines = round.progress.decisions.map((one) => {
    const verb = one.approved ? 'approved' : 'rejected';
    const not = one.counted ? '' : `; does not count: ${one.why ?? ''}`;
    return `- ${verb} by ${one.by || 'nobody named'} (${one.strength}), ${shortDay(one.at)} ${clock(one.at)}${not}`;
  });
  return lines.length === 0 ? '' : ['**Decisions so far:**', '', ...lines].join('\n');
}
