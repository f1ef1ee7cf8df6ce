import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { resolveEngine } from '../../../workers/engine/connection';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-connection-'));
const empty = { HOME: path.join(folder, 'nobody') };

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('nothing configured means the embedded engine', () => {
  expect(resolveEngine({ env: empty })).toBeUndefined();
});

test('the standard variables name an engine', () => {
  const env = { ...empty, TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'people' };
  expect(resolveEngine({ env })).toMatchObject({ address: 'temporal.example:7233', namespace: 'people' });
  expect(resolveEngine({ env: { ...empty, TEMPORAL_NAMESPACE: 'people' } })).toMatchObject({
    address: 'localhost:7233',
    namespace: 'people',
  });
});

test('a profile in a file names an engine, by default or by name', () => {
  const file = path.join(folder, 'temporal.toml');
  fs.writeFileSync(
    file,
    '[profile.default]\naddress = "one:7233"\n[profile.two]\naddress = "two:7233"\nnamespace = "n"\napi_key = "k"\n',
  );
  const env = { ...empty, TEMPORAL_CONFIG_FILE: file };
  expect(resolveEngine({ env })).toMatchObject({ address: 'one:7233', namespace: 'default' });
  expect(resolveEngine({ env: { ...env, TEMPORAL_PROFILE: 'two' } })).toMatchObject({
    address: 'two:7233',
    namespace: 'n',
    connectionOptions: { apiKey: 'k', tls: true },
  });
  expect(() => resolveEngine({ env: { ...env, TEMPORAL_PROFILE: 'three' } })).toThrow('three');
});

test('a file that is not there is told, not passed over', () => {
  expect(() => resolveEngine({ env: { ...empty, TEMPORAL_CONFIG_FILE: '/nowhere.toml' } })).toThrow('/nowhere.toml');
});

test('the demo ignores all of it', () => {
  expect(resolveEngine({ demo: true, env: { TEMPORAL_ADDRESS: 'production:7233' } })).toBeUndefined();
});
