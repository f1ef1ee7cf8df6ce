import type { FlowKind, StepName, StepOutcome, TargetProgress } from '../../domain/flow';
import { visible } from '../../domain/visible';
import type { FlowView } from '../flow-board';

const contained = [
  ['disableAccounts', 'D'],
  ['stripEntitlements', 'S'],
  ['drainSessions', 'E'],
] as const;
/** The steps that each kind of flow shows, and their letters. */
const letters: Readonly<Record<FlowKind, readonly (readonly [StepName, string])[]>> = {
  leaver: [...contained, ['deleteAccounts', 'X']],
  suspension: [contained[0], contained[2]],
  joiner: [
    ['provisionAccounts', 'A'],
    ['grantEntitlements', 'G'],
  ],
  mover: [
    ['provisionAccounts', 'A'],
    ['grantEntitlements', 'G'],
    ['revokeEntitlements', 'R'],
    ['disableAccounts', 'D'],
  ],
  restore: [['restoreAccounts', 'B']],
};

/** What the letters of the table mean. */
export const legend = [
  'D disabled  S stripped  E sessions ended  X deleted  ·  A account  G granted  R revoked  B given back',
  '  ~ at work  w waiting  ! a person has to look  - not there or not offered',
].join('\n');

const NAME = 16;
const PLAIN = 7;
const TIMED = 13;
const STATE = 30;

export interface TableInput {
  readonly views: readonly FlowView[];
  readonly targets: readonly string[];
  /** When each person's event was handed over, in milliseconds since 1970. */
  readonly begun: ReadonlyMap<string, number>;
  readonly width: number;
  readonly colour: boolean;
}

/** Person × target × step: a letter a step, and the seconds from the HR event to the last one that was proven. */
export function liveTable({ views, targets, begun, width, colour }: TableInput): readonly string[] {
  const isWide = width >= NAME + targets.length * TIMED + STATE;
  const cellWidth = isWide ? TIMED : PLAIN;
  const numbered = !isWide;
  const titles = targets.map((id, index) =>
    (numbered ? `T${index + 1}` : id.slice(0, cellWidth - 1)).padEnd(cellWidth),
  );
  const rows = views.map((view) => {
    const cells = targets.map((id) => cellOf(view, id, { begun, isWide, cellWidth, colour }));
    return `${visible(view.name)
      .slice(0, NAME - 1)
      .padEnd(NAME)}${cells.join('')}${view.kind} ${stateOf(view, colour)}`;
  });
  const names = numbered ? [`  ${targets.map((id, index) => `T${index + 1} ${id}`).join('  ')}`] : [];
  return [`${''.padEnd(NAME)}${titles.join('')}state`, ...rows, ...`  ${legend}`.split('\n'), ...names];
}

interface CellStyle {
  readonly begun: ReadonlyMap<string, number>;
  readonly isWide: boolean;
  readonly cellWidth: number;
  readonly colour: boolean;
}

function cellOf(view: FlowView, id: string, { begun, isWide, cellWidth, colour }: CellStyle): string {
  const target = view.progress.targets.filter((one) => one.id === id);
  if (target.length === 0) return ''.padEnd(cellWidth);
  const marks = letters[view.kind].map(([name, letter]) => markOf(target, name, letter));
  const time = isWide ? timeOf(target, begun.get(view.personId)) : '';
  const plain = `${marks.join('')} ${time}`.padEnd(cellWidth);
  if (!colour) return plain;
  return marks.map(painted).join('') + plain.slice(marks.length);
}

const marks: Readonly<Partial<Record<StepOutcome, string>>> = {
  pending: '·',
  running: '~',
  waiting: 'w',
  parked: '!',
  'residual-sessions': '!',
  'not-ready': '·',
  'no-account-found': '-',
  unsupported: '-',
  'owned-by-directory': '!',
  rejected: '-',
  expired: '-',
  skipped: '-',
};

/** A mover may have two tracks on one target: accounts that change, and accounts that go. */
function markOf(tracks: readonly TargetProgress[], name: StepName, letter: string): string {
  const outcome = tracks.flatMap(({ steps }) => steps).find((step) => step.name === name)?.outcome ?? 'pending';
  return marks[outcome] ?? letter;
}

/** Seconds to the last step that was proven on the target. */
function timeOf(tracks: readonly TargetProgress[], begun: number | undefined): string {
  if (begun === undefined) return '';
  const proven = tracks
    .flatMap(({ steps }) => steps)
    .filter(({ outcome, at }) => at !== undefined && marks[outcome] === undefined);
  const last = Math.max(...proven.map(({ at }) => Date.parse(at ?? '')));
  return Number.isFinite(last) ? `${Math.max(0, (last - begun) / 1000).toFixed(1)} s` : '';
}

function stateOf({ progress }: FlowView, colour: boolean): string {
  const { state, outcome, dueAt } = progress;
  const due = dueAt === undefined || outcome !== undefined ? '' : ` until ${dueAt.slice(0, 16).replace('T', ' ')}`;
  const words = outcome ?? `${state}${due}`;
  if (!colour) return words;
  const code = state === 'blocked' || state === 'held' ? 31 : outcome === undefined ? 33 : 32;
  return `\u001b[${code}m${words}\u001b[0m`;
}

function painted(mark: string): string {
  const code = mark === '!' ? 31 : mark === 'w' || mark === '~' ? 33 : /[A-Z]/.test(mark) ? 32 : 90;
  return `\u001b[${code}m${mark}\u001b[0m`;
}
