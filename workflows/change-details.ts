import type { StepName } from '../domain/flow';
import type { ChangeCase } from './change-case';
import { pageOf } from './details';
import { clock, day, shortDay, table } from './details-form';
import { grantsText } from './details-plan';
import { cell, remarksOn } from './details-table';
import type { Step } from './step';
import type { TrackView } from './step-track';

const titles = { joiner: 'Joiner', mover: 'Mover', suspension: 'Suspension', restore: 'Restore' } as const;

const columns: readonly (readonly [StepName, string])[] = [
  ['provisionAccounts', 'Account'],
  ['grantEntitlements', 'Grant'],
  ['revokeEntitlements', 'Revoke'],
  ['disableAccounts', 'Disable'],
  ['stripEntitlements', 'Strip'],
  ['drainSessions', 'Drain'],
  ['restoreAccounts', 'Give back'],
  ['withdrawAccounts', 'Withdraw'],
];

/** The live Markdown of a joiner, mover, suspension or restore. */
export function changeDetailsOf(flow: ChangeCase): string {
  return pageOf(flow, {
    title: `${titles[flow.kind]} ${flow.personId}`,
    ended: '',
    table: tableOfChange(flow),
    plans: flow.openRounds.map((round) => grantsText(flow.workflowId, round)),
  });
}

/** Targets by the steps that any of them takes; a step that none has begun has no column. */
function tableOfChange(flow: ChangeCase): string {
  const { tracks } = flow;
  if (tracks.length === 0) return '';
  const began = tracks.flatMap((track) => track.allSteps.flatMap((step) => step.at ?? [])).sort()[0];
  const used = columns.filter(([name]) =>
    tracks.some((track) => track.allSteps.some((step) => step.name === name && step.outcome !== 'pending')),
  );
  const rows = tracks.map((track) => [
    track.id,
    ...used.map(([name]) => {
      const step = track.allSteps.find((one) => one.name === name);
      if (step === undefined || step.outcome === 'pending') return '';
      return `${cell(step, began)}${stillClosed(flow, track, step)}`;
    }),
  ]);
  const caption = began === undefined ? '' : `Times are UTC, on ${day(began)} where no day is given.`;
  return [table(['Target', ...used.map(([, head]) => head)], rows), caption, remarksOn(tracks)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Done, and not all of it: what was made waits disabled for the first day. */
function stillClosed({ closedUntil, outcome }: ChangeCase, track: TrackView, { name }: Step): string {
  if (name !== 'provisionAccounts' || track.isClosed !== true) return '';
  // A joiner called off or overtaken leaves them so.
  if (closedUntil === undefined || outcome !== undefined) return ', disabled';
  return `, disabled until ${shortDay(closedUntil)} ${clock(closedUntil)}`;
}
