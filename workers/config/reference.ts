import { vendors } from '../../connectors/registry';
import { Secret } from '../../domain/secret';
import { rowsOf, shapeOf, tableOf } from './reference-table';
import { configSchema } from './schema';

/** The reference of `tenure.yaml` in Markdown, made from the schemas that check it. */
export function configReference(): string {
  const schema = configSchema({
    resolveSecret: (text) => new Secret(text, () => text),
    policy: { personFields: [], momentOf: () => ({}) },
  });
  const whole = shapeOf(schema);
  const { targets, policy, ...rest } = whole.properties ?? {};
  const anyTarget = targets?.items?.oneOf?.[0] ?? targets?.items?.anyOf?.[0] ?? {};
  const { options: _options, type: _type, ...target } = anyTarget.properties ?? {};
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
      tableOf(
        rowsOf(
          { properties: target, ...(anyTarget.required === undefined ? {} : { required: anyTarget.required }) },
          '',
        ),
      ),
      authText,
      '## Options by type',
      'The default of every option is the wire shape of the vendor guide that Tenure was built from; an option is there where the public truth differs. What each is for stands in the README of the connector.',
      ...Object.entries(vendors).flatMap(([type, vendor]) => [
        `### ${type}`,
        tableOf(rowsOf(shapeOf(vendor.options), '')),
      ]),
    ].join('\n\n') + '\n'
  );
}

const authText = [
  '### `auth`',
  'One of three forms:',
  '- `{ tokenUrl, clientId, clientSecret, scope?, clientAuth? }`: OAuth 2.0 client credentials; `clientAuth` is `body` (default) or `basic`.',
  '- `{ username, password, method? }`: CyberArk self-hosted logs on at `{baseUrl}/auth/{method}/Logon`; `method` is `CyberArk` by default.',
  '- `{ token }`: a static token.',
].join('\n');
