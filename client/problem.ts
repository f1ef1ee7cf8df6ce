import type { HrEvent } from '../domain/event';

/** One thing that is wrong with what was sent, in words that the sender can act on. */
export interface Problem {
  /** Where: `data.person.id`, `[2].time` in an array, `line 7: id` in a file; empty: the whole. */
  readonly path: string;
  readonly message: string;
}

/** Events are accepted whole or not at all. */
export type ParsedEvents = { readonly events: readonly HrEvent[] } | { readonly problems: readonly Problem[] };

/** More than this many help nobody; the last one says how many were left out. */
const MOST = 1000;

export function refuse(problems: readonly Problem[]): { readonly problems: readonly Problem[] } {
  if (problems.length <= MOST) return { problems };
  const left = problems.length - MOST;
  return { problems: [...problems.slice(0, MOST), { path: '', message: `${left} more problems were left out` }] };
}

export function problem(path: string, message: string): { readonly problems: readonly Problem[] } {
  return { problems: [{ path, message }] };
}

/** A sent value as it may be quoted in a problem: short, on one line. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The field at `steps` of the event at `place`: `data.person.aliases[1]`, `[2].time`, `line 7: id`. */
export function placeOf(place: string, steps: readonly PropertyKey[]): string {
  const field = steps
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('');
  if (place === '' || field === '') return place + field;
  return place + (place.endsWith(']') ? '.' : ': ') + field;
}
