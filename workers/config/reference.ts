import { z } from 'zod';
import { vendors } from '../../connectors/registry';
import { Secret } from '../../domain/secret';
import { sourceTypes } from '../../sources/registry';
import { rowsOf, shapeOf, tableOf, type Shape } from './reference-table';
import { configSchema } from './schema';

/** The reference of `tenure.yaml` in Markdown, made from the schemas that check it. */
export function configReference(): string {
  const schema = configSchema({
    resolveSecret: (text) => new Secret(text, () => text),
    policy: { personFields: [], momentOf: () => ({}) },
  });
  const whole = shapeOf(schema);
  const { targets, sources, policy, ...rest } = whole.properties ?? {};
  return (
    [
      '# Configuration reference',
      'Made from the schemas that check `tenure.yaml`; `test/docs/configuration.test.ts` keeps them equal. Every problem of a file is reported at once, with its path and line. Unknown keys are refused. Durations are ISO 8601 (`P30D`, `PT4H`, `PT0.2S`). Secrets are references: `${env:NAME}` or `${file:path}`, paths relative to the file. `tenure init` writes a first file.',
      '## Top level',
      tableOf(
        rowsOf(
          {
            properties: {
              ...rest,
              policy: { type: 'object', description: `${policy?.description ?? ''} [All its keys](policy.md).` },
            },
          },
          '',
        ),
      ),
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
