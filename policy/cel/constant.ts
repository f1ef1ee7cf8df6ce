import { isCelError, parse, plan } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { environment } from './environment';
import { constantOf, everyPart, mentions } from './expression';
import type { KindProblem } from './kind';

const examples: Readonly<Record<string, string>> = {
  timestamp: 'is no time such as 2026-12-31T00:00:00Z',
  duration: 'is no duration of CEL such as 72h or 90m',
  matches: 'is no regular expression of RE2',
};

/** Calls whose arguments are written out and cannot work: `timestamp("tomorrow")`, a broken regular expression. */
export function constantFaults(expr: Expr): readonly KindProblem[] {
  return [...everyPart(expr)].flatMap((part) => {
    if (part.exprKind.case !== 'callExpr') return [];
    const { function: name, target, args } = part.exprKind.value;
    const last = args.map(constantOf).at(-1);
    if (name === 'matches' && typeof last === 'string') {
      return fails(parse(`"".matches(${JSON.stringify(last)})`).expr) ? [fault(part, last, name)] : [];
    }
    const isFixed = [...args, ...(target === undefined ? [] : [target])].every((one) => constantOf(one) !== undefined);
    return args.length > 0 && isFixed && fails(part) ? [fault(part, last, name)] : [];
  });
}

/** Whether an expression looks at nothing and is false all the same. */
export function isAlways(expr: Expr, wanted: boolean): boolean {
  return !mentions(expr, 'person') && !mentions(expr, 'now') && valueOf(expr) === wanted;
}

function fails(expr: Expr): boolean {
  return isCelError(valueOf(expr));
}

function valueOf(expr: Expr): unknown {
  try {
    return plan(environment, expr)();
  } catch {
    return undefined; // a part of a loop, which means nothing by itself
  }
}

function fault(part: Expr, value: unknown, name: string): KindProblem {
  const shown = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return { part: part.id, message: `${shown} ${examples[name] ?? `cannot be used with ${name}`}` };
}
