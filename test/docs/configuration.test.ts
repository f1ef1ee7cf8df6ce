import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configReference } from '../../workers/config/reference';

const file = path.resolve(__dirname, '../../docs/reference/configuration.md');

test('the configuration reference is what the schemas say (TENURE_WRITE_DOCS=1 writes it)', () => {
  if (process.env['TENURE_WRITE_DOCS'] === '1') writeFileSync(file, configReference());
  expect(readFileSync(file, 'utf8')).toBe(configReference());
});
