import type { TargetPlan } from '../domain/containment';
import type { ChangePreview } from '../domain/provisioning';
import type { PlanReport } from '../workflows/plan';
import { visible } from '../domain/visible';
import { tableOf } from './table';
import type { Terminal } from './terminal';

/** A dry run as people read it: target by target, what would change and what is left to a person. */
export function planText({ targets, remarks }: PlanReport, terminal: Terminal): string {
  const rows = targets.flatMap((target) => ('would' in target ? changeRows(target) : containmentRows(target)));
  const table =
    rows.length === 0 ? [] : [tableOf({ head: ['target', 'account', 'outcome', 'what would change'], rows, terminal })];
  return [...table, ...remarks.map((remark) => visible(`Note: ${remark}`)), ''].join('\n');
}

function containmentRows({ target, outcome, accounts, parked, handOver }: TargetPlan): string[][] {
  const doubt = parked === undefined ? [] : [parked.detail];
  return [
    ...(accounts.length === 0 ? [[target, '', outcome, doubt.join('')]] : []),
    ...accounts.map(({ account, would }) => [target, account.username, outcome, [...would, ...doubt].join('; ')]),
    ...handOver.map((item) => [target, '', 'for a person', item]),
  ];
}

function changeRows({ target, outcome, would, remarks }: ChangePreview): string[][] {
  const changes = would.length === 0 ? [''] : would;
  return [
    ...changes.map((what) => [target, '', outcome, what]),
    ...remarks.map((remark) => [target, '', 'note', remark]),
  ];
}
