import type { StepOutcome } from '../domain/flow';
import { clock, day, oneLine, shortDay, table } from './details-form';
import type { LeaverCase } from './leaver-case';
import type { Step } from './step';
import type { TrackView } from './step-track';
import type { Track } from './track';

/** Outcomes in the words of the table; the others are shown as they are. */
const words: Partial<Record<StepOutcome, string>> = {
  'done-on-retry': 'done on a retry',
  'no-account-found': 'no account',
  'residual-sessions': 'still live',
  unsupported: 'not offered',
  'owned-by-directory': 'directory owns it',
  'only-disabled': 'only disabled',
  'not-ready': 'not ready',
};

/** Nothing happened at a moment of its own. */
const timeless: readonly StepOutcome[] = ['pending', 'unsupported', 'no-account-found', 'not-ready'];

/** The cell says all there is to say. */
const plain: readonly StepOutcome[] = [
  'pending',
  'running',
  'done',
  'already',
  'clean',
  'unsupported',
  'parked',
  'only-disabled',
];

/** Targets by steps in cells of a few words, and below it whatever needs more words than that. */
export function tableOf(flow: LeaverCase): string {
  const { tracks } = flow;
  const began = firstMoment(tracks);
  if (tracks.length === 0) return '';
  const rows = tracks.map((track) => [track.id, ...cellsOf(flow, track, began)]);
  const steps = table(['Target', 'Disable', 'Strip', 'Drain', 'Delete'], rows);
  const caption = began === undefined ? '' : `Times are UTC, on ${day(began)} where no day is given.`;
  return [steps, caption, remarksOn(tracks)].filter((part) => part !== '').join('\n\n');
}

function firstMoment(tracks: readonly Track[]): string | undefined {
  return tracks.flatMap((track) => track.steps.disableAccounts.at ?? []).sort()[0];
}

function cellsOf(flow: LeaverCase, track: Track, began: string | undefined): readonly string[] {
  const { disableAccounts, stripEntitlements, drainSessions, deleteAccounts } = track.steps;
  const accounts = track.accounts.length;
  return [
    cell(disableAccounts, began, accounts > 1 ? `${wordOf(disableAccounts)}, ${accounts} accounts` : undefined),
    cell(stripEntitlements, began, countedIn(stripEntitlements, 'done')),
    cell(drainSessions, began, countedIn(drainSessions, 'clean')),
    cell(deleteAccounts, began, deleteWord(flow, track)),
  ];
}

export function cell(step: Step, began: string | undefined, text = wordOf(step)): string {
  if (step.at === undefined || timeless.includes(step.outcome)) return text;
  const isThatDay = began !== undefined && shortDay(began) === shortDay(step.at);
  return `${text} ${isThatDay ? '' : `${shortDay(step.at)} `}${clock(step.at)}`;
}

function wordOf(step: Step): string {
  return step.outcome === 'pending' ? 'not yet' : (words[step.outcome] ?? step.outcome);
}

/** Where a step did what it should, how much it was says more than that it was done. */
function countedIn(step: Step, good: StepOutcome): string | undefined {
  const counted = step.outcome === good ? step.detail?.split(',')[0] : undefined;
  return counted !== undefined && counted.length <= 24 ? counted : undefined;
}

function deleteWord(flow: LeaverCase, track: Track): string {
  const { outcome } = track.steps.deleteAccounts;
  if (outcome === 'done') return 'deleted';
  if (outcome !== 'pending') return wordOf(track.steps.deleteAccounts);
  const round = flow.openRounds.find((one) => one.plan.targets.some((target) => target.target === track.id));
  if (round !== undefined) return `asked in plan ${round.plan.round}`;
  return track.deletionDue ? 'not yet' : 'kept';
}

export function remarksOn(tracks: readonly TrackView[]): string {
  return tracks
    .flatMap((track) =>
      track.allSteps
        .filter((step) => step.detail !== undefined && !plain.includes(step.outcome))
        .map((step) => `- **${track.id}**, ${step.name}: ${wordOf(step)}: ${oneLine(step.detail ?? '', 300)}`),
    )
    .join('\n');
}
