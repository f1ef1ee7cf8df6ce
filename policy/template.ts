import { valueAt, type Facts } from './facts';
import { unknownField, type FieldType } from './person-field';

/** A text with fields of the person in it: `{username}-adm`, `{externalIds.badge}`. `{{` and `}}` are plain braces. */
export interface Template {
  readonly text: string;
  /** Paths below the person that it needs. */
  readonly paths: readonly (readonly string[])[];
  fill(facts: Facts): Filled;
}
export type Filled = { readonly text: string } | { readonly problem: string };

type Piece = string | readonly string[];

/** Never throws. */
export function readTemplate(
  text: string,
  fields: Readonly<Record<string, FieldType>>,
): { readonly template: Template } | { readonly problems: readonly string[] } {
  const pieces = piecesOf(text);
  if (typeof pieces === 'string') return { problems: [pieces] };
  const paths = pieces.filter((piece) => typeof piece !== 'string');
  const problems = paths.flatMap((path) => problemsOf(path, fields));
  if (problems.length > 0) return { problems };
  return { template: { text, paths, fill: (facts) => fill(pieces, facts) } };
}

function piecesOf(text: string): readonly Piece[] | string {
  const pieces: Piece[] = [];
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g)) {
    if (token === '{{' || token === '}}') pieces.push(token.slice(1));
    else if (token === '{' || token === '}')
      return `has a ${token} alone: write {field}, or ${token}${token} for a brace`;
    else if (token.startsWith('{')) pieces.push(token.slice(1, -1).trim().split('.'));
    else pieces.push(token);
  }
  return pieces;
}

function problemsOf(path: readonly string[], fields: Readonly<Record<string, FieldType>>): readonly string[] {
  const [first = '', ...rest] = path;
  const type = Object.hasOwn(fields, first) ? fields[first] : undefined;
  const shown = `{${path.join('.')}}`;
  if (type === undefined) return [`${shown}: ${unknownField(first, fields)}`];
  if (type === 'texts') return [`${shown} is a list: a template needs one text`];
  if (type === 'named-texts' && rest.length !== 1) return [`${shown} holds several: name one, as in {${first}.name}`];
  if (type === 'text' && rest.length > 0) return [`${shown}: ${first} is a text and has nothing inside`];
  return [];
}

function fill(pieces: readonly Piece[], facts: Facts): Filled {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    const value = valueAt(facts, piece);
    const name = piece.join('.');
    if (value === undefined || value === '') return { problem: `the person has no ${name}: have HR send it` };
    if (typeof value !== 'string' && typeof value !== 'number') return { problem: `${name} of the person is no text` };
    if (hasControls(String(value))) return { problem: `${name} of the person has control characters in it` };
    text += String(value);
  }
  return { text };
}

function hasControls(text: string): boolean {
  return [...text].some((letter) => letter < ' ' || letter === '\u007f');
}
