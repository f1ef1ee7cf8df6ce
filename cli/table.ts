import Table from 'cli-table3';
import type { Terminal } from './terminal';

const PLAIN_WIDTH = 140;

/** Columns that line up, without frames: as easy to read as to cut apart. The last column takes what is left. */
export function tableOf({
  head,
  rows,
  terminal,
}: {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly terminal: Terminal;
}): string {
  const width = terminal.screen?.columns ?? PLAIN_WIDTH;
  const widest = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const before = widest.slice(0, -1).map((wanted) => Math.min(wanted, 40) + 2);
  const rest = Math.max(20, width - before.reduce((sum, one) => sum + one, 0) - 1);
  const table = new Table({
    head: [...head],
    chars: noFrame,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colWidths: [...before, rest],
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const noFrame = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
};
