import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { callOf, constantOf, isPresenceTest, pathOf } from './expression';

/** What must hold of one field for a conjunction to be true. */
interface Demand {
  /** The values that are left; absent: any. */
  among?: readonly unknown[];
  not: unknown[];
  present?: boolean;
}

/**
 * Why an expression can be true of nobody, where its own words say so: `person.department == "A" && person.department ==
 * "B"`. Undefined says only that nothing was found. `isFalse` tells of constant parts.
 */
export function neverBecause(expr: Expr, isFalse: (part: Expr) => boolean): string | undefined {
  if (isFalse(expr)) return 'it is always false';
  const choices = flat(expr, '_||_');
  if (choices.length > 1) {
    const reasons = choices.map((choice) => neverBecause(choice, isFalse));
    return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
  }
  const parts = flat(expr, '_&&_');
  for (const part of parts.length > 1 ? parts : []) {
    const reason = neverBecause(part, isFalse);
    if (reason !== undefined) return reason;
  }
  return contradictionIn(parts);
}

function flat(expr: Expr, operator: string): readonly Expr[] {
  const call = callOf(expr, operator);
  return call === undefined ? [expr] : call.args.flatMap((arg) => flat(arg, operator));
}

function contradictionIn(parts: readonly Expr[]): string | undefined {
  const demands = new Map<string, Demand>();
  for (const part of parts) note(part, demands);
  for (const [path, { among, not, present }] of demands) {
    const left = among?.filter((value) => !not.includes(value));
    if (left?.length === 0) return `${path} cannot have all of these values at once`;
    if (present === false && among !== undefined) return `${path} cannot be absent and have a value`;
  }
  return undefined;
}

function note(part: Expr, demands: Map<string, Demand>): void {
  const denied = callOf(part, '!_')?.args[0];
  const asked = denied ?? part;
  if (isPresenceTest(asked)) return demand(demands, asked, (one) => (one.present ??= denied === undefined));
  if (denied !== undefined) return;
  for (const operator of ['_==_', '_!=_', '@in']) {
    const [left, right] = callOf(part, operator)?.args ?? [];
    if (left === undefined || right === undefined) continue;
    const [field, other] = pathOf(left) === undefined ? [right, left] : [left, right];
    const values = operator === '@in' ? constantsIn(right) : constantsIn({ ...other }, true);
    if (values === undefined) continue;
    demand(demands, field, (one) => {
      if (operator === '_!=_') one.not.push(...values);
      else one.among = one.among === undefined ? values : one.among.filter((value) => values.includes(value));
    });
  }
}

function demand(demands: Map<string, Demand>, field: Expr, change: (demand: Demand) => void): void {
  const path = pathOf(field);
  if (path === undefined || path.length === 0) return;
  const name = ['person', ...path].join('.');
  const known = demands.get(name) ?? { not: [] };
  change(known);
  demands.set(name, known);
}

/** One constant, or all of a list of constants; undefined for anything that is not fixed. */
function constantsIn(expr: Expr, single = false): readonly unknown[] | undefined {
  if (single) {
    const value = constantOf(expr);
    return value === undefined ? undefined : [value];
  }
  if (expr.exprKind.case !== 'listExpr') return undefined;
  const values = expr.exprKind.value.elements.map(constantOf);
  return values.includes(undefined) ? undefined : values;
}
