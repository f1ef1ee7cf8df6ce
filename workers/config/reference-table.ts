import { z } from 'zod';

/** A schema as JSON Schema tells it, as far as a reference needs. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
}

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** What one has to write, defaults and transformations aside. */
export function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
}

/** One row for each key, those inside named by their path. */
export function rowsOf(shape: Shape, prefix: string): readonly Row[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const full = `${prefix}${name}`;
    if (inner.properties !== undefined && Object.keys(inner.properties).length > 0) return rowsOf(inner, `${full}.`);
    const each = typeof inner.additionalProperties === 'object' ? inner.additionalProperties : undefined;
    if (each?.properties !== undefined) return [rowOf(full, inner), ...rowsOf(each, `${full}.*.`)];
    if (inner.items?.properties !== undefined) return [rowOf(full, inner), ...rowsOf(inner.items, `${full}[].`)];
    return [rowOf(full, inner, shape.required?.includes(name))];
  });
}

function rowOf(name: string, shape: Shape, required = false): Row {
  const fallback = shape.default === undefined ? (required ? 'required' : '') : `\`${JSON.stringify(shape.default)}\``;
  return { name: `\`${name}\``, kind: kindOf(shape), fallback, meaning: shape.description ?? '' };
}

function kindOf(shape: Shape): string {
  if (shape.enum !== undefined) return shape.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return choices.map(kindOf).join(' or ');
  if (shape.type === 'array') return `list of ${shape.items === undefined ? 'values' : kindOf(shape.items)}`;
  return typeof shape.type === 'string' ? shape.type : 'text';
}

export function tableOf(rows: readonly Row[]): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
  const lines = rows.map(
    ({ name, kind, fallback, meaning }) => `| ${cell(name)} | ${cell(kind)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...lines].join('\n');
}
