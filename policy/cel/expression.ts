import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';

/** The parts that an expression is made of, one level down. */
export function partsOf({ exprKind }: Expr): readonly Expr[] {
  const there = (parts: readonly (Expr | undefined)[]) => parts.filter((part) => part !== undefined);
  switch (exprKind.case) {
    case 'callExpr':
      return there([exprKind.value.target, ...exprKind.value.args]);
    case 'selectExpr':
      return there([exprKind.value.operand]);
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return there(
        exprKind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === 'mapKey' ? keyKind.value : undefined,
          value,
        ]),
      );
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
      return there([iterRange, accuInit, loopCondition, loopStep, result]);
    }
    default:
      return [];
  }
}

/** The expression and everything inside it. */
export function* everyPart(expr: Expr): Generator<Expr> {
  yield expr;
  for (const part of partsOf(expr)) yield* everyPart(part);
}

/** The call, when the expression is one of this function or operator. */
export function callOf(expr: Expr, name: string): { readonly args: readonly Expr[] } | undefined {
  return expr.exprKind.case === 'callExpr' && expr.exprKind.value.function === name ? expr.exprKind.value : undefined;
}

/** A text, number or truth value that stands in the expression; null for CEL's own null. */
export function constantOf({ exprKind }: Expr): string | number | bigint | boolean | null | undefined {
  if (exprKind.case !== 'constExpr') return undefined;
  const { constantKind } = exprKind.value;
  if (constantKind.case === 'nullValue') return null;
  const { value } = constantKind;
  return typeof value === 'object' ? undefined : value;
}

/** `['externalIds', 'badge']` for `person.externalIds.badge`; nothing for what does not begin with `person`. */
export function pathOf(expr: Expr): readonly string[] | undefined {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr') return exprKind.value.name === 'person' ? [] : undefined;
  if (exprKind.case === 'selectExpr') {
    const { operand, field } = exprKind.value;
    const before = operand === undefined ? undefined : pathOf(operand);
    return before === undefined ? undefined : [...before, field];
  }
  const [of, index] = callOf(expr, '_[_]')?.args ?? [];
  if (of === undefined || index === undefined) return undefined;
  const before = pathOf(of);
  const key = constantOf(index);
  return before === undefined || typeof key !== 'string' ? undefined : [...before, key];
}

/** Whether it is `has(…)`: asking, not reading. */
export function isPresenceTest({ exprKind }: Expr): boolean {
  return exprKind.case === 'selectExpr' && exprKind.value.testOnly;
}

/** Every path below `person` that it reads or asks for, the longest of each chain, in order. */
export function pathsIn(expr: Expr): readonly (readonly string[])[] {
  const own = pathOf(expr);
  if (own !== undefined) return own.length === 0 ? [] : [own];
  return partsOf(expr).flatMap((part) => pathsIn(part));
}

/** Whether one of these names is spoken of. */
export function mentions(expr: Expr, name: string): boolean {
  for (const { exprKind } of everyPart(expr)) {
    if (exprKind.case === 'identExpr' && exprKind.value.name === name) return true;
  }
  return false;
}

/** How many loops stand inside each other. */
export function loopDepth(expr: Expr): number {
  const inside = Math.max(0, ...partsOf(expr).map((part) => loopDepth(part)));
  return inside + (expr.exprKind.case === 'comprehensionExpr' ? 1 : 0);
}

/** The times that are written out in it, UTC. */
export function instantsIn(expr: Expr): readonly string[] {
  return [...everyPart(expr)].flatMap((part) => {
    const text = callOf(part, 'timestamp')?.args.map(constantOf)[0];
    const at = typeof text === 'string' ? Date.parse(text) : NaN;
    return Number.isNaN(at) ? [] : [new Date(at).toISOString()];
  });
}
