import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { policyReference } from '../../workers/config/policy-reference';

const file = path.resolve(__dirname, '../../docs/reference/policy.md');

test('the policy reference is what the schemas say (TENURE_WRITE_DOCS=1 writes it)', () => {
  if (process.env['TENURE_WRITE_DOCS'] === '1') writeFileSync(file, policyReference());
  expect(readFileSync(file, 'utf8')).toBe(policyReference());
});
