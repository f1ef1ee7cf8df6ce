import { jsonOf, type Exchange } from './relay';

/** A value of a request that an earlier answer gave. */
export interface Carried {
  readonly recorded: string;
  /** Which answer, counted from the first. */
  readonly from: number;
  readonly steps: readonly Step[];
}

/** In the place of an index: the one element that is the person's, wherever it stands. */
const OWN = Symbol('own element');
export type Step = string | number | typeof OWN;

interface Scalar {
  readonly text: string;
  readonly steps: readonly Step[];
}

/** Ids that the vendor gave out and that this request sends back; the same for everybody is harmless to carry. */
export function carriedValues(exchange: Exchange, answers: readonly unknown[], person: string): readonly Carried[] {
  const sent = new Set(sentValues(exchange).filter((text) => text !== '' && !text.includes(person)));
  const known = answers.flatMap((answer, from) => scalarsOf(answer, person).map((scalar) => ({ ...scalar, from })));
  return [...sent].flatMap((text) => {
    const places = known.filter((scalar) => scalar.text === text);
    const place = places.find(({ steps }) => isId(steps.at(-1))) ?? places[0];
    return place === undefined ? [] : [{ recorded: text, from: place.from, steps: place.steps }];
  });
}

function isId(step: Step | undefined): boolean {
  return typeof step === 'string' && /id$/i.test(step);
}

/** An id may also stand in quotes within a text: `members[value eq "ID"]`. */
function sentValues({ path, body }: Exchange): readonly string[] {
  const inPath = path.split(/[/?&=:]/).map(decodeURIComponent);
  return [...inPath, ...scalarsOf(jsonOf(body), '').flatMap(({ text }) => [text, ...text.split('"')])];
}

function scalarsOf(json: unknown, person: string, steps: readonly Step[] = []): readonly Scalar[] {
  if (typeof json === 'string' || typeof json === 'number') return [{ text: String(json), steps }];
  if (Array.isArray(json)) {
    const isOnly = json.filter((item) => isOwn(item, person)).length === 1;
    return json.flatMap((item: unknown, index) =>
      scalarsOf(item, person, [...steps, isOnly && isOwn(item, person) ? OWN : index]),
    );
  }
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => scalarsOf(value, person, [...steps, key]));
}

function isOwn(item: unknown, person: string): boolean {
  return person !== '' && typeof item === 'object' && item !== null && JSON.stringify(item).includes(person);
}

/** The value at the same place of another person's answer; undefined when there is none. */
export function lookUp(answer: unknown, steps: readonly Step[], person: string): string | undefined {
  let at = answer;
  for (const step of steps) {
    if (step === OWN) at = Array.isArray(at) ? at.find((item) => isOwn(item, person)) : undefined;
    else at = (at as Record<string | number, unknown> | null | undefined)?.[step];
  }
  return typeof at === 'string' || typeof at === 'number' ? String(at) : undefined;
}
