import Table from 'cli-table3';
import { visible } from '../domain/visible';
import type { Terminal } from './terminal';

/** No column but the last gets more than this on a screen. */
const MOST = 40;

/**
 * Columns that line up, without frames: as easy to read as to cut apart. On a screen, long cells are wrapped. No cell can
 * look like another row, whoever wrote it.
 */
export function tableOf({
  head,
  rows,
  terminal,
}: {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly terminal: Terminal;
}): string {
  const cells = rows.map((row) => row.map((cell) => visible(cell)));
  const widest = head.map(
    (title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)) + 2,
  );
  const table = new Table({
    head: [...head],
    chars: noFrame,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colWidths: terminal.screen === undefined ? widest : fitted(widest, terminal.screen.columns),
    wordWrap: true,
  });
  table.push(...cells);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function fitted(widest: readonly number[], width: number): number[] {
  const before = widest.slice(0, -1).map((wanted) => Math.min(wanted, MOST));
  const left = width - before.reduce((sum, one) => sum + one, 0) - 1;
  return [...before, Math.max(20, left)];
}

const noFrame = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
};
