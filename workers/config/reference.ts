import { z } from 'zod';
import { vendors } from '../../connectors/registry';
import { Secret } from '../../domain/secret';
import { sourceTypes } from '../../sources/registry';
import { configSchema } from './schema';

interface Shape {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
}

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The reference of `tenure.yaml` in Markdown, made from the schemas that check it. */
export function configReference(): string {
  const schema = configSchema({ resolveSecret: (text) => new Secret(text, () => text) });
  const whole = shapeOf(schema);
  const { targets, sources, ...rest } = whole.properties ?? {};
  return (
    [
      '# Configuration reference',
      'Made from the schemas that check `tenure.yaml`; `test/docs/configuration.test.ts` keeps them equal. Every problem of a file is reported at once, with its path and line. Unknown keys are refused. Durations are ISO 8601 (`P30D`, `PT4H`, `PT0.2S`). Secrets are references: `${env:NAME}` or `${file:path}`, paths relative to the file. `tenure init` writes a first file.',
      '## Top level',
      tableOf(rowsOf({ properties: rest }, '')),
      '## Each of `targets`',
      'The `type` is one of: ' +
        Object.keys(vendors)
          .map((type) => `[\`${type}\`](#${type})`)
          .join(', ') +
        '.',
      entryTable(targets),
      authText,
      '## Options by type',
      'The default of every option is the wire shape of the vendor guide that Tenure was built from; an option is there where the public truth differs. What each is for stands in the README of the connector.',
      ...Object.entries(vendors).flatMap(([type, vendor]) => [
        `### ${type}`,
        tableOf(rowsOf(shapeOf(vendor.options), '')),
      ]),
      '## Each of `sources`',
      'HR systems whose own webhooks are taken at `POST /hr/<type>/<id>`; how to connect one is told in [Connect an HR system](../how-to/connect-an-hr-system.md). The `type` is one of: ' +
        Object.keys(sourceTypes)
          .map((type) => `[\`${type}\`](#source-${type})`)
          .join(', ') +
        '.',
      entryTable(sources),
      ...Object.entries(sourceTypes).flatMap(([type, source]) => [
        `### Source ${type}`,
        tableOf([...rowsOf(shapeOf(source.auth(z.string())), 'auth.'), ...rowsOf(shapeOf(source.options), 'options.')]),
      ]),
    ].join('\n\n') + '\n'
  );
}

/** What the entries of a list have in common, whatever their type. */
function entryTable(list: Shape | undefined): string {
  const any = list?.items?.oneOf?.[0] ?? list?.items?.anyOf?.[0] ?? {};
  const { options: _options, type: _type, auth, ...entry } = any.properties ?? {};
  const signOn: Readonly<Record<string, Shape>> = auth === undefined ? {} : { auth: { ...auth, properties: {} } };
  const properties = Object.fromEntries(
    Object.keys(any.properties ?? {}).flatMap((name) => {
      const shape = { ...entry, ...signOn }[name];
      return shape === undefined ? [] : [[name, shape]];
    }),
  );
  return tableOf(rowsOf({ properties, ...(any.required === undefined ? {} : { required: any.required }) }, ''));
}

const authText = [
  '### `auth`',
  'One of three forms:',
  '- `{ tokenUrl, clientId, clientSecret, scope?, clientAuth? }`: OAuth 2.0 client credentials; `clientAuth` is `body` (default) or `basic`.',
  '- `{ username, password, method? }`: CyberArk self-hosted logs on at `{baseUrl}/auth/{method}/Logon`; `method` is `CyberArk` by default.',
  '- `{ token }`: a static token.',
].join('\n');

function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
}

function rowsOf(shape: Shape, prefix: string): readonly Row[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const full = `${prefix}${name}`;
    if (inner.properties !== undefined && Object.keys(inner.properties).length > 0) return rowsOf(inner, `${full}.`);
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

function tableOf(rows: readonly Row[]): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
  const lines = rows.map(
    ({ name, kind, fallback, meaning }) => `| ${cell(name)} | ${cell(kind)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...lines].join('\n');
}
