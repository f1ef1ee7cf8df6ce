import type { z } from 'zod';
import type { BodyProblem, Pings } from './webhook';

type Read<T> = { readonly value: T } | Extract<Pings, { problems: unknown }>;

/** A JSON body held against its schema: the value, or everything that is wrong with it. Nothing sent is quoted. */
export function readJsonBody<T>(rawBody: Uint8Array, schema: z.ZodType<T>): Read<T> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
  } catch {
    return { problems: [{ path: '', message: 'is not UTF-8 text' }] };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problems: [{ path: '', message: 'is not JSON' }] };
  }
  return readValue(value, schema);
}

/** The same for a value that has been read already, such as a form. */
export function readValue<T>(value: unknown, schema: z.ZodType<T>): Read<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const [first, ...rest] = parsed.error.issues.map(problemOf);
  return { problems: [first ?? { path: '', message: 'is not what this system sends' }, ...rest] };
}

function problemOf({ path, message }: z.core.$ZodIssue): BodyProblem {
  const place = path.map((step, index) =>
    typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
  );
  return { path: place.join(''), message };
}
