import { CsvError, parse, type Info } from 'csv-parse/sync';
import { parsePlaced } from './parse-events';
import { problem, quote, refuse, type ParsedEvents, type Problem } from './problem';

/** Columns of the envelope; every other header is a dotted path below `data`. */
const ENVELOPE = ['id', 'source', 'type', 'time', 'subject', 'specversion'];
const REQUIRED = ['id', 'source', 'type', 'time', 'person.id'];
/** Cells that hold several values, separated by `;`. */
const LISTS = ['person.aliases', 'person.formerIds'];

/**
 * HR events from a table. `subject` is taken from `person.id`; empty cells are absent; `person.aliases` and
 * `person.formerIds` hold several values separated by `;`. Columns are separated by commas, or by semicolons or tabs,
 * as the first line shows.
 */
export function parseCsvEvents(text: string): ParsedEvents {
  const rows = readRows(text);
  if ('problems' in rows) return rows;
  const [header, ...records] = rows.rows;
  if (header === undefined) return problem('', 'the file is empty');
  const columns = header.cells.map((name) => name.trim().replace(/^data\./, ''));
  const problems = headerProblems(columns);
  if (problems.length > 0) return refuse(problems);
  const isWhole = ({ cells }: Row) => cells.length === columns.length;
  const placed = records
    .filter(isWhole)
    .map(({ line, cells }) => ({ value: toEvent(columns, cells), at: placeOf(line) }));
  const parsed = parsePlaced(placed);
  const broken = records.filter((row) => !isWhole(row)).map((row) => widthProblem(row, columns.length));
  if (broken.length === 0) return parsed;
  return refuse(inOrder([...broken, ...('problems' in parsed ? parsed.problems : [])]));
}

const placeOf = (line: number) => `line ${line}`;

/** By their lines; what belongs to none comes last. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const lineOf = ({ path }: Problem) => Number(/^line (\d+)/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY);
  return problems.toSorted((a, b) => (lineOf(a) === lineOf(b) ? 0 : lineOf(a) - lineOf(b)));
}

interface Row {
  /** The line on which the row begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

function readRows(text: string): { readonly rows: readonly Row[] } | { readonly problems: readonly Problem[] } {
  // The parser counts a line end of two characters inside a cell as two lines.
  const lines = text.replace(/\r\n?/g, '\n');
  const firstLine = lines.slice(0, Math.max(lines.indexOf('\n'), 0) || lines.length);
  const delimiter = [',', ';', '\t'].find((one) => firstLine.includes(one)) ?? ',';
  try {
    const options = {
      delimiter,
      record_delimiter: '\n',
      bom: true,
      info: true,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
    };
    const read = parse(lines, options) as unknown as { record: string[]; raw: string; info: Info }[];
    return { rows: read.map(({ record, raw, info }) => ({ line: beginOf(info, raw), cells: record })) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? `line ${error.lines}` : '';
    return problem(line, `is not CSV: ${error.message.slice(0, 200)}`);
  }
}

/** The parser counts lines up to the end of a record, whose cells may hold line breaks. */
function beginOf(info: Info, raw: string): number {
  const inside = raw.replace(/^\n+|\n+$/g, '').match(/\n/g)?.length ?? 0;
  return info.lines - inside;
}

function headerProblems(columns: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const complain = (message: string) => problems.push({ path: 'line 1', message });
  for (const name of REQUIRED) if (!columns.includes(name)) complain(`the column ${name} is missing`);
  for (const [index, name] of columns.entries()) {
    if (name === '') complain(`column ${index + 1} has no name`);
    else if (columns.indexOf(name) < index) complain(`the column ${name} is there twice`);
    else if (name.split('.').some((step) => step === '' || step === '__proto__')) {
      complain(`${quote(name)} is not a path of names separated by dots`);
    } else if (columns.some((other) => other.startsWith(`${name}.`))) {
      complain(`the column ${name} is a value and a group (${name}.…) at once`);
    }
  }
  return problems;
}

function widthProblem({ line, cells }: Row, width: number): Problem {
  const message = `has ${cells.length} cells where the first line has ${width}: put quotes around cells with separators`;
  return { path: placeOf(line), message };
}

function toEvent(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const data: Record<string, unknown> = { person: {} };
  const event: Record<string, unknown> = { specversion: '1.0', data };
  for (const [index, column] of columns.entries()) {
    const cell = (cells[index] ?? '').trim();
    if (cell === '') continue;
    if (ENVELOPE.includes(column)) event[column] = cell;
    else put(data, column.split('.'), valueOf(column, cell));
  }
  const person = data.person as Record<string, unknown>;
  return 'subject' in event || person.id === undefined ? event : { ...event, subject: person.id };
}

function put(into: Record<string, unknown>, [step = '', ...deeper]: readonly string[], value: unknown): void {
  if (deeper.length === 0) {
    into[step] = value;
    return;
  }
  // Own fields only: a column named `constructor.x` must not reach what every object inherits.
  const inner = Object.hasOwn(into, step) ? into[step] : {};
  into[step] = inner;
  put(inner as Record<string, unknown>, deeper, value);
}

/** Cells are text but for the few fields that are not; what cannot be read stays text, for the check to name. */
function valueOf(column: string, cell: string): unknown {
  if (LISTS.includes(column)) {
    const entries = cell.split(';').map((entry) => entry.trim());
    return entries.filter((entry) => entry !== '');
  }
  if (column === 'sequence') return /^-?\d{1,15}$/.test(cell) ? Number(cell) : cell;
  if (column !== 'urgent' && column !== 'person.otherActiveEmployments') return cell;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return column !== 'urgent' && /^\d{1,9}$/.test(cell) ? Number(cell) : cell;
}
