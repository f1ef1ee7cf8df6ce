import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as secureRequest } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedFrom, standInTypes, startAll, startStandIn, type All } from '../../sandbox';
import { scimClient } from './scim/client';

const people = [
  { id: 'e1', username: 'aeriksen', email: 'anna@acme.test', givenName: 'Anna', familyName: 'Eriksen' },
  { id: 'e2', username: 'bmoe', email: 'ben@acme.test', displayName: 'Ben Moe' },
];
const seeds = seedFrom(people);
const directory = mkdtempSync(join(tmpdir(), 'sandbox-all-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Status of a request, or the code of the error that broke it. */
function reach(url: string, ca?: string): Promise<number | string> {
  if (url.startsWith('http:')) return fetch(url).then(({ status }) => status);
  return new Promise((resolve) => {
    const call = secureRequest(url, ca === undefined ? {} : { ca }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end();
  });
}

describe('all eight at once', () => {
  let all: All;
  beforeAll(async () => {
    all = await startAll({ people });
  });
  afterAll(() => all.stop());

  test.each([...standInTypes])('%s listens, wants credentials and knows the people', async (type) => {
    const standIn = all.standIns[type];
    expect(standIn.type).toBe(type);
    expect([401, 403, 404]).toContain(await reach(`${standIn.baseUrl}/users`, standIn.ca));
    expect(Object.keys(standIn.auth).length).toBeGreaterThan(0);
    for (const seed of seeds[type]) {
      const account = standIn.account(seed.username);
      expect(account).toMatchObject({ username: seed.username, enabled: true, deleted: false });
      expect(account?.groups).toEqual(expect.arrayContaining([...seed.groups]));
    }
  });

  test('a disable by SCIM is seen by Delinea’s REST surface, whose sessions go on for now', async () => {
    const { 'delinea-scim': scim, 'delinea-rest': rest } = all.standIns;
    const id = scim.account('anna@acme.test')?.id ?? '';
    expect(rest.account('anna@acme.test')?.id).toBe(id);
    await scimClient(scim).patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    const [seed] = seeds['delinea-rest'];
    expect(rest.account('anna@acme.test')).toMatchObject({ enabled: false, live: { session: seed?.sessions } });
  });

  test('the self-hosted vault is behind a private CA, which lies in a file', async () => {
    const { baseUrl } = all.standIns['cyberark-pam-self-hosted'];
    expect(baseUrl).toMatch(/^https:/);
    expect(await reach(`${baseUrl}/Users`)).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    expect(await reach(`${baseUrl}/Users`, readFileSync(all.caFile, 'utf8'))).toBe(401);
  });
});

test('everything is there again after a restart, changes included, and nobody is seeded anew', async () => {
  const persistDir = join(directory, 'kept');
  const first = await startAll({ people, persistDir });
  expect(first.restored).toBe(false);
  const scim = first.standIns['beyondtrust-scim'];
  const gone = scim.account('ben@acme.test')?.id ?? '';
  await scimClient(scim).ask('DELETE', `/Users/${gone}`);
  const delinea = first.standIns['delinea-scim'];
  const path = `/Users/${delinea.account('ben@acme.test')?.id}`;
  await scimClient(delinea).patch(path, { op: 'replace', path: 'active', value: false });
  const before = standInTypes.map((type) => first.standIns[type].accounts());
  const ca = readFileSync(first.caFile, 'utf8');
  await first.stop();

  const second = await startAll({ people, persistDir });
  expect(second.restored).toBe(true);
  expect(standInTypes.map((type) => second.standIns[type].accounts())).toEqual(before);
  expect(second.standIns['beyondtrust-scim'].account('ben@acme.test')).toMatchObject({ deleted: true });
  expect(second.standIns['delinea-rest'].account('ben@acme.test')).toMatchObject({ enabled: false });
  expect(readFileSync(second.caFile, 'utf8')).toBe(ca);
  await second.stop();
});

test('a file that holds no state is named', async () => {
  const persistTo = __filename;
  await expect(startStandIn('delinea-rest', { persistTo })).rejects.toThrow(/index\.test\.ts holds no state/);
});

test('either all start or none', async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const taken = (squatter.address() as AddressInfo).port;
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const port = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  const options = { 'beyondtrust-rest': { port }, 'delinea-scim': { port: taken } };
  await expect(startAll({ people, options })).rejects.toThrow('EADDRINUSE');
  await expect(reach(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  await new Promise((resolve) => squatter.close(resolve));
});

test('a stop leaves no temporary directory behind', async () => {
  const all = await startAll();
  expect(existsSync(all.caFile)).toBe(true);
  await all.stop();
  expect(existsSync(all.caFile)).toBe(false);
});
