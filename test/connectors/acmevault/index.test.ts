import { readFileSync } from 'node:fs';
import { acmeVault } from '../../../connectors/acmevault';
import { openConnector } from '../../../connectors/registry';
import { recordedCall } from '../stand-in-target';
import { anna, failureOf, keysFor, neighbour } from '../conformance';
import { startAcmeVault } from '../../../sandbox/acmevault';
import type { StandIn } from '../../../sandbox/core';
import { Secret } from '../../../domain/secret';
import type { Target } from '../../../connectors/target';

let vault: StandIn;
beforeEach(async () => {
  vault = await startAcmeVault({ people: [neighbour, anna] });
});
afterEach(async () => vault.stop());

function target(): Target {
  const { tokenUrl = '', clientId = '', clientSecret = '' } = vault.auth;
  return {
    ...{ id: 'acme', type: 'acmevault', baseUrl: vault.baseUrl, system: 'acme', mode: 'full', tls: {} },
    auth: { tokenUrl, clientId, clientSecret: new Secret('${env:ACME}', () => clientSecret), clientAuth: 'body' },
    limits: { requestsPerSecond: 1000, concurrency: 4, timeoutMs: 5_000 },
    options: acmeVault.options.parse({}),
    correlation: { by: ['username'], extraUsernames: [] },
  };
}

test('no configuration can name the template', () => {
  expect(readFileSync(`${__dirname}/../../../connectors/registry.ts`, 'utf8')).not.toContain('acmevault');
  expect(() => openConnector(target())).toThrow(/no connector is called acmevault/);
});

test('creates once, and a taken login is a conflict', async () => {
  const acme = acmeVault.open(target());
  const wanted = { username: 'ben@acme.test', email: 'ben@acme.test', givenName: 'Ben', familyName: 'Ng' };
  expect(await acme.createAccount(wanted, recordedCall())).toMatchObject({
    displayName: 'Ben Ng',
    enabled: true,
    grants: [],
  });
  expect((await failureOf(acme.createAccount(wanted, recordedCall()))).name).toBe('VendorConflict');
});

test('updates what differs and nothing else', async () => {
  const acme = acmeVault.open(target());
  const [match] = (await acme.findAccounts(keysFor(anna.username), recordedCall())).found;
  const changed = await acme.updateAccount(match!.account, { email: 'anna@new.test' }, recordedCall());
  expect(changed).toEqual({ change: 'done', after: { ...match!.account, email: 'anna@new.test' } });
  expect(await acme.updateAccount(match!.account, { email: 'anna@new.test' }, recordedCall())).toMatchObject({
    change: 'already',
  });
});

test('a word for the state that is not known decides nothing', async () => {
  const acme = acmeVault.open(target());
  const [match] = (await acme.findAccounts(keysFor(anna.username), recordedCall())).found;
  await acme.updateAccount(match!.account, { attributes: { state: 'dormant' } }, recordedCall());
  const seen = await acme.getAccount(match!.account.id, recordedCall());
  expect(seen).toMatchObject({ vendorState: 'dormant' });
  expect(seen).not.toHaveProperty('enabled');
});
