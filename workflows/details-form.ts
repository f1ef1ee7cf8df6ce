/** The few forms that the details are made of. */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `24 Nov 2026, 00:05 UTC`. */
export function moment(at: string): string {
  return `${day(at)}, ${clock(at)} UTC`;
}

/** `24 Nov 2026`. */
export function day(at: string): string {
  const date = new Date(at);
  return `${shortDay(at)} ${date.getUTCFullYear()}`;
}

/** `24 Nov`. */
export function shortDay(at: string): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''}`;
}

/** `00:05`. */
export function clock(at: string): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** What to paste into the Web UI; on several lines, because the frame is narrow. */
export function jsonToSend(value: unknown): string {
  return ['```json', JSON.stringify(value, null, 2), '```'].join('\n');
}

export function commandLine(text: string): string {
  return ['Or on the command line:', '', '```', text, '```'].join('\n');
}

/** The UI draws tables without padding: a hard space at the end keeps columns apart. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => `${cell}\u00a0\u00a0`).join(' | ')} |`;
}

/** A table with its columns to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${':--|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

const instant = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
/** Words of vendors and people must break neither a table nor a list; instants in them become readable. */
export function oneLine(text: string, longest: number): string {
  const flat = text.replace(/[|\r\n]+/g, ' ').replace(instant, moment);
  return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
}
