import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { parseCsvEvents } from './event-csv';
import { parsePlaced, readJson, readUtf8 } from './parse-events';
import { problem, refuse, type ParsedEvents, type Problem } from './problem';

/** Files are read whole, because nothing of them is accepted before all of it was checked. */
const MOST_BYTES = 50 * 1024 * 1024;

/**
 * Reads a file of HR events: `.ndjson` or `.jsonl` (one event a line), `.json` (one event or an array of any length) or
 * `.csv`. Problems carry line numbers. Throws only when the file itself cannot be read.
 */
export async function readEventFile(path: string): Promise<ParsedEvents> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MOST_BYTES) {
      return problem('', `${basename(path)} has ${size} bytes, at most ${MOST_BYTES} are read: split it`);
    }
    return parseEventFile({ name: path, bytes: await file.readFile() });
  } finally {
    await file.close();
  }
}

/** As `readEventFile`, of bytes that are there already; the ending of the name says what they are. */
export function parseEventFile({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): ParsedEvents {
  const ending = extname(name).toLowerCase();
  const parse = parsers[ending];
  if (parse === undefined) {
    return problem('', `${basename(name)} must end in ${Object.keys(parsers).join(', ')}: that says how to read it`);
  }
  const text = readUtf8(bytes);
  if (text === undefined) return problem('', 'is not UTF-8 text: save it as UTF-8 (spreadsheets offer "CSV UTF-8")');
  const result = parse(text);
  return 'events' in result && result.events.length === 0 ? problem('', 'the file holds no event') : result;
}

const parsers: Readonly<Record<string, (text: string) => ParsedEvents>> = {
  '.ndjson': parseLines,
  '.jsonl': parseLines,
  '.json': parseWhole,
  '.csv': parseCsvEvents,
};

function parseLines(text: string): ParsedEvents {
  const problems: Problem[] = [];
  const placed: { value: unknown; at: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const at = `line ${index + 1}`;
    const read = readJson(line);
    if ('value' in read) placed.push({ value: read.value, at });
    else problems.push(...read.problems.map(({ message }) => ({ path: at, message })));
  }
  const parsed = parsePlaced(placed);
  if (problems.length === 0) return parsed;
  return refuse([...problems, ...('problems' in parsed ? parsed.problems : [])]);
}

function parseWhole(text: string): ParsedEvents {
  const read = readJson(text);
  if ('problems' in read) return read;
  const { value } = read;
  if (!Array.isArray(value)) return parsePlaced([{ value, at: '' }]);
  return parsePlaced(value.map((one: unknown, index) => ({ value: one, at: `[${index}]` })));
}
