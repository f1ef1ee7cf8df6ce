import type { LeaverCase } from './leaver-case';
import type { RemovalRound } from './removal-round';
import type { Track } from './track';

/** The live Markdown of a leaver: what stands where, what is waited for, and exactly what to send. No names, no reasons of HR. */
export function detailsOf(flow: LeaverCase): string {
  const parts = [
    `**Leaver ${flow.request.personId}** is **${flow.state}**${flow.outcome === undefined ? '' : `: ${flow.outcome}`}.`,
    flow.waitingFor === undefined ? '' : `Waiting for ${flow.waitingFor}.`,
    flow.dueAt === undefined ? '' : `Due: ${flow.dueAt}`,
    tableOf(flow.tracks),
    ...flow.tracks.flatMap((track) => parkedOn(flow, track)),
    ...(flow.held === undefined ? [] : [heldText(flow)]),
    ...flow.openRounds.map((round) => roundText(flow, round)),
    handOverText(flow.tracks),
    flow.notes.length === 0 ? '' : ['### Notes', ...flow.notes.map((note) => `- ${note}`)].join('\n'),
  ];
  return parts
    .filter((part) => part !== '')
    .join('\n\n')
    .slice(0, 19_000);
}

function tableOf(tracks: readonly Track[]): string {
  if (tracks.length === 0) return '';
  const rows = tracks.map((track) => {
    const cells = track.progress.steps.map((step) =>
      cell(`${step.outcome}${step.detail === undefined ? '' : `: ${step.detail}`}`),
    );
    return `| ${track.id} | ${cells.join(' | ')} |`;
  });
  return ['| target | disable | strip | drain | delete |', '|---|---|---|---|---|', ...rows].join('\n');
}

function parkedOn(flow: LeaverCase, track: Track): readonly string[] {
  return track
    .parkedSteps()
    .map(({ name, parked }) =>
      [
        `### ${track.id}: ${name} is parked (${parked.reason})`,
        parked.detail,
        parked.advice,
        'Send the update `resolve`:',
        json({ target: track.id, step: name, action: 'retry', reason: '…', by: 'you@…' }),
        `or \`tenure resolve ${flow.workflowId} --target ${track.id} --action retry --reason "…"\``,
      ].join('\n\n'),
    );
}

function heldText(flow: LeaverCase): string {
  return [
    '### Held',
    flow.held?.why ?? '',
    flow.releasedBy.length === 0 ? '' : `Released so far by ${flow.releasedBy.join(', ')}.`,
    'Send the update `release`:',
    json({ reason: '…', by: 'you@…' }),
    `or \`tenure release ${flow.workflowId} --reason "…"\``,
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

function roundText(flow: LeaverCase, round: RemovalRound): string {
  const rows = round.plan.targets.flatMap((target) =>
    target.accounts.map(
      (account) =>
        `| ${target.target} | ${cell(account.username)} (${cell(account.id)}) | ${target.deletion === 'permanent' ? 'deletes for good' : 'only disables: the vendor keeps the record'} | ${cell(target.lost)} |`,
    ),
  );
  const decisions = round.progress.decisions.map(
    (one) =>
      `- ${one.approved ? 'approved' : 'rejected'} by ${one.by} (${one.strength})${one.counted ? '' : ` - does not count: ${one.why ?? ''}`}`,
  );
  return [
    `### Removal plan ${round.plan.round}, to be decided by ${round.deadline}`,
    ['| target | account | delete | lost with it |', '|---|---|---|---|', ...rows].join('\n'),
    round.plan.notReady.length === 0
      ? ''
      : `Not in this plan: ${round.plan.notReady.map((one) => `${one.target} (${one.why})`).join('; ')}.`,
    decisions.join('\n'),
    'Send the update `decide` (More Actions, Send an Update):',
    json({ approved: true, reason: '…', planHash: round.planHash, approver: 'you@…' }),
    `or \`tenure approve ${flow.workflowId} --reason "…"\`. Without workers, send the same as a signal. Silence keeps the accounts disabled.`,
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

function handOverText(tracks: readonly Track[]): string {
  const items = tracks.flatMap((track) => [...track.handOver].map((item) => `- ${track.id}: ${item}`));
  return items.length === 0 ? '' : ['### For a person to do', ...items].join('\n');
}

function json(value: unknown): string {
  return ['```json', JSON.stringify(value), '```'].join('\n');
}

/** Vendor words must not break the table. */
function cell(text: string): string {
  return text.replace(/[|\r\n]+/g, ' ').slice(0, 160);
}
