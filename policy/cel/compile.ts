import { isCelError, parse, plan, type CelValue } from '@bufbuild/cel';
import type { Expr, ParsedExpr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import type { Facts } from '../facts';
import { valueAt } from '../facts';
import type { FieldType } from '../person-field';
import { constantFaults } from './constant';
import { environment } from './environment';
import { instantsIn, isPresenceTest, loopDepth, mentions, pathOf, pathsIn, partsOf } from './expression';
import { KindReader, words } from './kind';

const longestText = 2000;
const deepestLoop = 2;

/** A condition, or the end of a grant, ready to be asked. */
export interface Expression {
  readonly text: string;
  readonly expr: Expr;
  /** What it looks at of the person, `['externalIds', 'badge']` for `person.externalIds.badge`. */
  readonly paths: readonly (readonly string[])[];
  readonly usesNow: boolean;
  /** The times written in it that it compares with now, UTC: its answer may change then. */
  readonly instants: readonly string[];
  /** Never throws. */
  evaluate(facts: Facts): Answer;
}

export type Answer = { readonly value: CelValue } | { readonly problem: string };

export interface ExpressionProblem {
  readonly message: string;
  /** Lines below the first. */
  readonly line: number;
}

export type Compiled = { readonly expression: Expression } | { readonly problems: readonly ExpressionProblem[] };

/** Reads an expression and says everything in it that can never work. Never throws. */
export function compile({
  text,
  fields,
  gives,
}: {
  readonly text: string;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** CEL types that it may give. */
  readonly gives: readonly string[];
}): Compiled {
  if (text.length > longestText) return one(`is longer than ${longestText} characters: make two rules of it`);
  const parsed = parsedOf(text);
  if ('message' in parsed) return { problems: [parsed] };
  const problems = problemsIn({ parsed, text, fields, gives });
  if (problems.length > 0) return { problems };
  const { expr } = parsed;
  const ask = plan(environment, parsed);
  const paths = distinct(pathsIn(expr));
  return {
    expression: {
      text,
      expr,
      paths,
      usesNow: mentions(expr, 'now'),
      instants: mentions(expr, 'now') ? instantsIn(expr) : [],
      evaluate: (facts) => answerOf({ ask, facts, needed: distinct(neededIn(expr)) }),
    },
  };
}

function one(message: string): Compiled {
  return { problems: [{ message, line: 0 }] };
}

function parsedOf(text: string): (ParsedExpr & { expr: Expr }) | ExpressionProblem {
  try {
    return parse(text);
  } catch (error) {
    const { location, rawMessage } = error as {
      readonly location?: { readonly start?: { readonly offset?: number } };
      readonly rawMessage?: string;
    };
    const at = placeIn(text, location?.start?.offset ?? 0);
    const what = rawMessage ?? (error instanceof Error ? error.message : String(error));
    return { message: `is no CEL: ${what}, at character ${at.column}`, line: at.line };
  }
}

function problemsIn({
  parsed: { expr, sourceInfo },
  text,
  fields,
  gives,
}: {
  readonly parsed: ParsedExpr & { expr: Expr };
  readonly text: string;
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly gives: readonly string[];
}): readonly ExpressionProblem[] {
  const reader = new KindReader(fields);
  const kind = reader.read(expr);
  const found = [...reader.problems];
  if (found.length === 0 && ![...gives, 'dyn'].includes(kind.name)) {
    const wanted = gives.map((name) => words({ name })).join(' or ');
    found.push({ part: expr.id, message: `gives ${words(kind)}, and must give ${wanted}` });
  }
  if (found.length === 0) found.push(...constantFaults(expr));
  if (loopDepth(expr) > deepestLoop) {
    found.push({ part: expr.id, message: `has more than ${deepestLoop} loops inside each other` });
  }
  const seen = new Set<string>();
  return found.flatMap(({ part, message }) => {
    const { line, column } = placeIn(text, sourceInfo?.positions[String(part)] ?? 0);
    const whole = `${message} (at character ${column})`;
    if (seen.has(whole)) return [];
    seen.add(whole);
    return [{ message: whole, line }];
  });
}

function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = [...text].slice(0, offset).join('').split('\n');
  return { line: lines.length - 1, column: (lines.at(-1)?.length ?? 0) + 1 };
}

function answerOf({
  ask,
  facts,
  needed,
}: {
  readonly ask: ReturnType<typeof plan>;
  readonly facts: Facts;
  readonly needed: readonly (readonly string[])[];
}): Answer {
  try {
    const answer = ask(facts.bindings);
    return isCelError(answer) ? { problem: whyNot(answer.message, facts, needed) } : { value: answer };
  } catch (error) {
    return { problem: whyNot(error instanceof Error ? error.message : String(error), facts, needed) };
  }
}

function whyNot(message: string, facts: Facts, needed: readonly (readonly string[])[]): string {
  const absent = needed.filter((path) => valueAt(facts, path) === undefined).map((path) => path.join('.'));
  if (absent.length === 0) return message;
  const guard = absent.map((path) => `has(person.${path})`).join(' && ');
  return `the person has no ${absent.join(', no ')}: write ${guard} && … where that is fine, or have HR send it`;
}

/** What is read, not only asked for by `has`. */
function neededIn(expr: Expr): readonly (readonly string[])[] {
  if (isPresenceTest(expr)) return [];
  const own = pathOf(expr);
  if (own !== undefined) return own.length === 0 ? [] : [own];
  return partsOf(expr).flatMap((part) => neededIn(part));
}

function distinct(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(paths.map((path) => [path.join('.'), path])).values()];
}
