import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { knownFields, unknownField, type FieldType } from '../person-field';
import { environment } from './environment';
import { constantOf, isPresenceTest, pathOf } from './expression';

/** What an expression gives: a CEL type by name; `of` is what a list or map holds. */
export interface Kind {
  readonly name: string;
  readonly of?: Kind;
}

/** Something that cannot work, and which part of the expression it is about. */
export interface KindProblem {
  readonly part: bigint;
  readonly message: string;
}

/** Known only when a person is looked at. */
const dyn: Kind = { name: 'dyn' };
const text: Kind = { name: 'string' };
const truth: Kind = { name: 'bool' };
const time: Kind = { name: 'google.protobuf.Timestamp' };

const kindOfField: Readonly<Record<FieldType, Kind>> = {
  text,
  texts: { name: 'list', of: text },
  'named-texts': { name: 'map', of: text },
  any: dyn,
};
const kindOfConstant: Readonly<Record<string, string>> = {
  boolValue: 'bool',
  bytesValue: 'bytes',
  doubleValue: 'double',
  int64Value: 'int',
  nullValue: 'null_type',
  stringValue: 'string',
  uint64Value: 'uint',
};
const typeNames = ['bool', 'bytes', 'double', 'duration', 'int', 'list', 'map', 'null_type', 'string', 'timestamp'];
const numbers = ['int', 'uint', 'double'];

type Scope = ReadonlyMap<string, Kind>;

/**
 * Finds out what an expression gives, and everything in it that can never work: unknown names, functions that are not
 * there, texts compared with numbers. The library of CEL looks at types only while it evaluates.
 */
export class KindReader {
  readonly problems: KindProblem[] = [];
  private readonly scope: Scope = new Map([
    ['person', { name: 'map', of: dyn }],
    ['now', time],
  ]);

  constructor(private readonly fields: Readonly<Record<string, FieldType>> = knownFields) {}

  read(expr: Expr): Kind {
    return this.kindOf(expr, this.scope);
  }

  private kindOf(expr: Expr, scope: Scope): Kind {
    const { exprKind } = expr;
    switch (exprKind.case) {
      case 'constExpr':
        return { name: kindOfConstant[exprKind.value.constantKind.case ?? ''] ?? 'dyn' };
      case 'identExpr':
        return this.named(expr, exprKind.value.name, scope);
      case 'selectExpr':
        return this.selected(expr, scope);
      case 'listExpr':
        return { name: 'list', of: sameOf(exprKind.value.elements.map((one) => this.kindOf(one, scope))) };
      case 'structExpr':
        return this.struct(expr, scope);
      case 'comprehensionExpr':
        return this.loop(expr, scope);
      case 'callExpr':
        return this.called(expr, scope);
      default:
        return dyn;
    }
  }

  private refuse(expr: Expr, message: string): Kind {
    this.problems.push({ part: expr.id, message });
    return dyn;
  }

  private named(expr: Expr, name: string, scope: Scope): Kind {
    const known = scope.get(name);
    if (known !== undefined) return known;
    if (typeNames.includes(name)) return { name: 'type' };
    return this.refuse(expr, `there is no ${name} here: a condition knows person and now`);
  }

  private selected(expr: Expr, scope: Scope): Kind {
    if (expr.exprKind.case !== 'selectExpr') return dyn;
    const { operand, field } = expr.exprKind.value;
    if (operand === undefined) return dyn;
    const inside = this.inside(expr, { of: operand, key: field, scope });
    return isPresenceTest(expr) ? truth : inside;
  }

  /** `of.key`, and `of["key"]` alike. */
  private inside(
    expr: Expr,
    { of, key, scope }: { readonly of: Expr; readonly key?: string; readonly scope: Scope },
  ): Kind {
    if (key !== undefined && pathOf(of)?.length === 0) {
      const field = Object.hasOwn(this.fields, key) ? this.fields[key] : undefined;
      return field === undefined ? this.refuse(expr, unknownField(key, this.fields)) : kindOfField[field];
    }
    const holder = this.kindOf(of, scope);
    if (holder.name === 'dyn') return dyn;
    if (holder.name === 'map') return holder.of ?? dyn;
    return this.refuse(expr, `${words(holder)} has nothing inside that could be called ${key ?? 'this'}`);
  }

  private struct(expr: Expr, scope: Scope): Kind {
    if (expr.exprKind.case !== 'structExpr') return dyn;
    const { messageName, entries } = expr.exprKind.value;
    if (messageName !== '') return this.refuse(expr, `there is no type ${messageName} here`);
    const kinds = entries.flatMap(({ value }) => (value === undefined ? [] : [this.kindOf(value, scope)]));
    return { name: 'map', of: sameOf(kinds) };
  }

  private loop(expr: Expr, scope: Scope): Kind {
    if (expr.exprKind.case !== 'comprehensionExpr') return dyn;
    const { iterRange, iterVar, iterVar2, accuVar, accuInit, loopCondition, loopStep, result } = expr.exprKind.value;
    const range = iterRange === undefined ? dyn : this.kindOf(iterRange, scope);
    if (!['list', 'map', 'dyn'].includes(range.name)) this.refuse(expr, `${words(range)} cannot be gone through`);
    const inner = new Map(scope).set(iterVar, range.name === 'list' ? (range.of ?? dyn) : dyn);
    if (iterVar2 !== '') inner.set(iterVar2, dyn);
    inner.set(accuVar, accuInit === undefined ? dyn : this.kindOf(accuInit, scope));
    for (const part of [loopCondition, loopStep]) if (part !== undefined) this.kindOf(part, inner);
    return result === undefined ? dyn : this.kindOf(result, inner);
  }

  private called(expr: Expr, scope: Scope): Kind {
    if (expr.exprKind.case !== 'callExpr') return dyn;
    const { function: name, target, args } = expr.exprKind.value;
    const [first, second] = args;
    if (name === '_[_]' && first !== undefined && second !== undefined) {
      return this.indexed(expr, { of: first, index: second, scope });
    }
    const kinds = args.map((arg) => this.kindOf(arg, scope));
    if (name === '_?_:_') {
      this.needTruth(expr, '?', kinds.slice(0, 1));
      return sameOf(kinds.slice(1));
    }
    if (name === '@not_strictly_false') return truth;
    if (name === '_&&_' || name === '_||_') {
      this.needTruth(expr, name.slice(1, 3), kinds);
      return truth;
    }
    if (name === '_==_' || name === '_!=_' || name === '@in') this.compare(expr, name, kinds);
    return this.overload(expr, name, target === undefined ? kinds : [this.kindOf(target, scope), ...kinds]);
  }

  private indexed(
    expr: Expr,
    { of, index, scope }: { readonly of: Expr; readonly index: Expr; readonly scope: Scope },
  ): Kind {
    const key = constantOf(index);
    const kind = this.kindOf(index, scope);
    const list = pathOf(of)?.length === 0 ? undefined : this.kindOf(of, scope);
    if (list?.name !== 'list') return this.inside(expr, { of, scope, ...(typeof key === 'string' ? { key } : {}) });
    if (![...numbers, 'dyn'].includes(kind.name)) this.refuse(expr, `a list is counted, not asked by ${words(kind)}`);
    return list.of ?? dyn;
  }

  private needTruth(expr: Expr, operator: string, kinds: readonly Kind[]): void {
    const wrong = kinds.find(({ name }) => name !== 'bool' && name !== 'dyn');
    if (wrong !== undefined) this.refuse(expr, `${operator} needs true or false, not ${words(wrong)}`);
  }

  /** Different things are never equal; CEL says so quietly, but nobody means it. */
  private compare(expr: Expr, name: string, [one, other]: readonly Kind[]): void {
    const right = name === '@in' ? (other?.name === 'list' ? other.of : undefined) : other;
    if (one === undefined || right === undefined || fits(one, right) || isNumber(one, right)) return;
    if (one.name === 'null_type' || right.name === 'null_type') return;
    const verb = name === '@in' ? 'is never in a list of' : 'never equals';
    this.refuse(expr, `${words(one)} ${verb} ${words(right)}`);
  }

  private overload(expr: Expr, name: string, kinds: readonly Kind[]): Kind {
    if (expr.exprKind.case !== 'callExpr') return dyn;
    const isMethod = expr.exprKind.value.target !== undefined;
    const overloads = [...(environment.funcs.find(name) ?? [])];
    if (overloads.length === 0) return this.refuse(expr, `there is no function ${name}`);
    const matching = overloads.filter((one) => {
      const wanted = one.target === undefined ? one.arguments : [one.target, ...one.arguments];
      const sameForm = (one.target !== undefined) === isMethod && wanted.length === kinds.length;
      return sameForm && wanted.every((type, index) => fits({ name: type.name }, kinds[index] ?? dyn));
    });
    if (matching.length > 0) return sameOf(matching.map(({ result }) => ({ name: result.name })));
    return this.refuse(expr, `${spoken(name)} cannot be used with ${kinds.map(words).join(' and ') || 'nothing'}`);
  }
}

function fits(one: Kind, other: Kind): boolean {
  return one.name === 'dyn' || other.name === 'dyn' || one.name === other.name;
}

function isNumber(...kinds: readonly Kind[]): boolean {
  return kinds.every(({ name }) => numbers.includes(name));
}

/** The kind of all, or `dyn` when they differ. */
function sameOf(kinds: readonly Kind[]): Kind {
  const [first = dyn, ...others] = kinds;
  return others.every(({ name }) => name === first.name) ? first : dyn;
}

const inWords: Readonly<Record<string, string>> = {
  string: 'a text',
  bool: 'true or false',
  int: 'a number',
  uint: 'a number',
  double: 'a number',
  list: 'a list',
  map: 'a set of fields',
  null_type: 'null',
  dyn: 'anything',
  'google.protobuf.Timestamp': 'a time',
  'google.protobuf.Duration': 'a duration',
};

/** A kind for somebody who reads a policy. */
export function words({ name }: Kind): string {
  return inWords[name] ?? name;
}

/** `_<=_` as it is written. */
function spoken(name: string): string {
  return name === '@in' ? 'in' : name.replace(/^_|_$/g, '');
}
