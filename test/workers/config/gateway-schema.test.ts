import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigProblems, loadConfig } from '../../../workers/config';

describe('the gateway in a configuration', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenure-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (gateway: unknown) => {
    const file = path.join(folder, 'tenure.yaml');
    const target = { id: 't', type: 'delinea-scim', baseUrl: 'https://acme.test/scim/v2', auth: { token: '${env:T}' } };
    writeFileSync(file, JSON.stringify({ targets: [target], gateway }));
    return loadConfig({ path: file, env: {} }).gateway;
  };

  test('says nothing: no proxy is believed, and only what is far too much is held up', () => {
    expect(load({})).toMatchObject({
      trustedProxies: [],
      limits: { unverifiedPerMinute: 60, requestsPerMinute: 12_000 },
    });
  });

  test('takes addresses, ranges and their names, and other limits', () => {
    const trustedProxies = ['10.0.0.7', '10.0.0.0/24', 'fd00::/8', '::1', 'loopback'];
    expect(load({ trustedProxies, limits: { requestsPerMinute: 10 } })).toMatchObject({
      trustedProxies,
      limits: { unverifiedPerMinute: 60, requestsPerMinute: 10 },
    });
  });

  test.each(['proxy.acme.test', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.0/24/1', '', '*'])('%j is no proxy', (proxy) => {
    expect(() => load({ trustedProxies: [proxy] })).toThrow(ConfigProblems);
    expect(() => load({ trustedProxies: [proxy] })).toThrow('gateway.trustedProxies.0');
  });
});
