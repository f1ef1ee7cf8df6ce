import type { z } from 'zod';
import type { HrEvent } from '../domain/event';
import { placeOf, problem, quote, refuse, type ParsedEvents, type Problem } from './problem';
import { hrEvent, optionalFields } from './schemas';

/** Most events of one request. */
export const mostEvents = 500;
/** An event lives on in histories, where everything about one person has to fit. */
const MOST_BYTES = 64 * 1024;
const DEEPEST = 32;

/** An event as it was sent, and the name of its place there: empty, `[2]` or `line 7`. */
export interface Placed {
  readonly value: unknown;
  readonly at: string;
}

/** One HR event, or an array of 1 to 500: all of them, or every problem of every one. */
export function parseEvents(input: unknown): ParsedEvents {
  if (!Array.isArray(input)) return parsePlaced([{ value: input, at: '' }]);
  if (input.length === 0) return problem('', 'the array is empty: send at least one event');
  if (input.length > mostEvents) {
    return problem('', `the array holds ${input.length} events, at most ${mostEvents} are taken at once: send several`);
  }
  return parsePlaced(input.map((value: unknown, index) => ({ value, at: `[${index}]` })));
}

/** As `parseEvents`, from the bytes of a JSON text. */
export function parseJsonEvents(bytes: Uint8Array): ParsedEvents {
  const text = readUtf8(bytes);
  if (text === undefined) return problem('', 'is not UTF-8 text');
  const read = readJson(text);
  return 'problems' in read ? read : parseEvents(read.value);
}

/** Text whose every byte is valid; a byte order mark is taken away. */
export function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function readJson(text: string): { readonly value: unknown } | { readonly problems: readonly Problem[] } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return problem('', `is not JSON${jsonFault(error instanceof Error ? error.message : '')}`);
  }
}

/** The parser's own words quote what was sent, which may be somebody's name: only the place is passed on. */
function jsonFault(words: string): string {
  if (words.startsWith('Unexpected end')) return ': it ends too early';
  const where = /at position \d+(?: \(line \d+ column \d+\))?/.exec(words);
  return where === null ? '' : `: it goes wrong ${where[0]}`;
}

/** Any number of events, each under the name of its place. The whole is checked before anything is accepted. */
export function parsePlaced(placed: readonly Placed[]): ParsedEvents {
  const problems: Problem[] = [];
  const events: HrEvent[] = [];
  const seen = new Map<string, { readonly json: string; readonly at: string }>();
  for (const { value, at } of placed) {
    const read = parseOne(value, at);
    if ('problems' in read) {
      problems.push(...read.problems);
      continue;
    }
    const { event, json } = read;
    const key = JSON.stringify([event.source, event.id]);
    const before = seen.get(key);
    if (before === undefined) seen.set(key, { json, at });
    else if (before.json !== json) {
      const message = `${quote(event.id)} of this source stands for another event at ${before.at}: ids must be unique`;
      problems.push({ path: placeOf(at, ['id']), message });
    }
    events.push(event);
  }
  return problems.length > 0 ? refuse(problems) : { events };
}

type One = { readonly event: HrEvent; readonly json: string } | { readonly problems: readonly Problem[] };

function parseOne(value: unknown, at: string): One {
  const unfit = unfitFor(value, at);
  if (unfit !== undefined) return { problems: [unfit] };
  const result = hrEvent.safeParse(withoutBlanks(value));
  if (!result.success) {
    return { problems: result.error.issues.map((issue) => toProblem(issue, at, value)) };
  }
  const json = JSON.stringify(result.data);
  const bytes = Buffer.byteLength(json);
  if (bytes > MOST_BYTES) return problem(at, `the event has ${bytes} bytes, at most ${MOST_BYTES} are taken`);
  return { event: result.data, json };
}

// A lone surrogate turns into another character on the wire, a NUL cannot be stored, `__proto__` would change objects.
const BROKEN = /\p{Surrogate}|\0/u;

/** What would break whoever handles the event later, however harmless the field; looked for without recursion. */
function unfitFor(root: unknown, at: string): Problem | undefined {
  const waiting: { value: unknown; steps: readonly PropertyKey[] }[] = [{ value: root, steps: [] }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { value, steps } = place;
    if (typeof value === 'string' && BROKEN.test(value)) {
      return { path: placeOf(at, steps), message: 'holds a NUL or half a character, which no system can store' };
    }
    if (typeof value !== 'object' || value === null) continue;
    if (steps.length >= DEEPEST) return { path: at, message: `is nested deeper than ${DEEPEST} levels` };
    for (const [field, inner] of Object.entries(value)) {
      if (field === '__proto__' || BROKEN.test(field)) {
        return { path: placeOf(at, steps), message: `has a field named ${quote(field)}, which is not allowed` };
      }
      waiting.push({ value: inner, steps: [...steps, Array.isArray(value) ? Number(field) : field] });
    }
  }
  return undefined;
}

/** The event with known optional fields left out where they are null or empty: both mean that the source says nothing. */
function withoutBlanks(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value.data)) return value;
  const data = drop(value.data, optionalFields.data);
  if (isRecord(data.person)) data.person = drop(data.person, optionalFields.person);
  if (isRecord(data.requestedBy)) data.requestedBy = drop(data.requestedBy, optionalFields.requestedBy);
  return { ...value, data };
}

function drop(record: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  const isBlank = (value: unknown) => value === null || (typeof value === 'string' && value.trim() === '');
  return Object.fromEntries(
    Object.entries(record).filter(([field, value]) => !(fields.includes(field) && isBlank(value))),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toProblem(issue: z.core.$ZodIssue, at: string, root: unknown): Problem {
  return { path: placeOf(at, issue.path), message: wordsFor(issue, valueAt(root, issue.path)) };
}

function wordsFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom') return issue.message;
  if (value === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}, not ${quote(value)}`;
    case 'invalid_value':
      return `must be ${issue.values.map(quote).join(' or ')}, not ${quote(value)}`;
    case 'invalid_key':
      return 'has a name that is empty, too long or holds control characters';
    case 'too_big':
      return issue.origin === 'array' ? `must not hold more than ${issue.maximum} entries` : issue.message;
    default:
      return issue.message;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object of names and texts',
};

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    root,
  );
}
