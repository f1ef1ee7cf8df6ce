import { randomUUID } from 'node:crypto';
import { lstat, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { pingsOf } from '../../../cli/pings';
import { startGateway, type RunningGateway } from '../../../client/gateway';
import { sendMessage } from '../../../sandbox/hr/contract';
import { startGusto, type GustoStandIn } from '../../../sandbox/hr/gusto';
import { openSource, webhookOf } from '../../../sources/registry';
import type { Source } from '../../../sources/source';
import type { Config } from '../../../workers/config';
import { readableLog } from '../../client/gateway-rig';
import { callOf, day, Looker, SecretFolder, sourceFor } from '../rig';

const employee = { firstName: 'Anna', lastName: 'Eriksen', workEmail: 'anna@acme.test', startsOn: '2020-01-01' };
const subscription = randomUUID();
let gusto: GustoStandIn;
let folder: SecretFolder;

beforeEach(async () => {
  gusto = await startGusto();
  folder = await SecretFolder.make();
});
afterEach(async () => {
  await gusto.stop();
  await folder.remove();
});

describe('the handshake of a subscription', () => {
  let gateway: RunningGateway;
  let source: Source;
  const started: string[] = [];
  const log = readableLog();

  beforeEach(async () => {
    source = await sourceFor(folder, gusto, {
      webhookSecrets: ['${file:verification-token}'],
      options: { subscription },
    });
    const pings = pingsOf({ sources: [source] } as unknown as Config, {} as Client);
    gateway = await startGateway({
      ...{ host: '127.0.0.1', port: 0, secrets: [], log: log.log },
      pings: {
        sources: pings.sources,
        deliver: {
          ping: async (_source, { recordId }) => ({ workflowId: `hr-record:acme:${recordId}` }),
          handshake: async (_source, uuid) => {
            started.push(uuid);
            return { workflowId: 'hr-handshake:acme' };
          },
        },
      },
      deliver: () => Promise.reject(new Error('no event comes this way')),
      ready: async () => ({ ready: true }),
    });
  });
  afterEach(() => gateway.close());
  const url = () => `${gateway.url}/hr/gusto/acme`;

  test('keeps the token, verifies the subscription, and takes what is signed with it', async () => {
    const id = gusto.hire(employee);
    expect((await sendMessage(gusto.message('changed', id), url())).status).toBe(503);
    // The key comes with the handshake, which a gateway that is not ready would never get.
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);

    const { answer } = await gusto.subscribe(`${url()}?subscription=${subscription}`);
    expect(answer.status).toBe(200);
    expect(started).toEqual([subscription]);
    await openSource(source).confirm?.(subscription, callOf());
    expect(gusto.isVerified(subscription)).toBe(true);
    const kept = (await readFile(path.join(folder.path, 'verification-token'), 'utf8')).trim();
    expect(kept).toBe(gusto.webhookSecret);
    expect(log.text()).not.toContain(kept);

    expect((await sendMessage(gusto.message('changed', id), url())).status).toBe(202);
  });

  test('a stranger cannot change the key: not for another subscription, not when one is kept', async () => {
    expect((await gusto.subscribe(`${url()}?subscription=${randomUUID()}`)).answer.status).toBe(401);
    await folder.keep('verification-token', 'the-token-that-is-kept');
    expect((await gusto.subscribe(`${url()}?subscription=${randomUUID()}`)).answer.status).toBe(401);
    expect((await gusto.subscribe(`${url()}?subscription=${subscription}`)).answer.status).toBe(401);
    expect(await readFile(path.join(folder.path, 'verification-token'), 'utf8')).toBe('the-token-that-is-kept');
  });

  test('a key that cannot be read just now is not replaced by an unsigned request: 503', async () => {
    const file = path.join(folder.path, 'verification-token');
    await symlink(file, file); // reading it fails, writing in its place would not
    const { answer } = await gusto.subscribe(`${url()}?subscription=${subscription}`);
    expect(answer.status).toBe(503);
    const readiness = await fetch(`${gateway.url}/readyz`);
    expect([readiness.status, await readiness.text()]).toEqual([
      503,
      expect.stringContaining('source acme: secret ${'),
    ]);
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
  });

  test('the token that is kept may come again', async () => {
    await folder.keep('verification-token', '');
    for (let n = 0; n < 2; n += 1) {
      await sendMessage(
        {
          headers: {},
          contentType: 'application/json',
          body: JSON.stringify({ verification_token: 'a-token-of-theirs', webhook_subscription_uuid: subscription }),
        },
        url(),
      ).then(({ status }) => expect(status).toBe(200));
    }
  });
});

test('a token for the subscription needs a file to be kept in', async () => {
  const source = await sourceFor(folder, gusto, { webhookSecrets: ['${env:GUSTO_TOKEN}'], options: { subscription } });
  expect(() => webhookOf(source)).toThrow(/subscription needs a file/);
});

test('a refresh token is kept anew with every use, and serves after a restart', async () => {
  const id = gusto.hire(employee);
  gusto.terminate(id, { on: day(3) });
  const source = await sourceFor(folder, gusto);
  expect(await new Looker(source, id).look()).toMatchObject([{ type: 'tenure.leaver' }]);
  const kept = async () => (await readFile(path.join(folder.path, 'auth-refreshToken'), 'utf8')).trim();
  expect(await kept()).toBe(gusto.refreshToken);
  const first = gusto.refreshToken;

  gusto.expireTokens();
  expect(await new Looker(source, id).look()).toMatchObject([{ type: 'tenure.leaver' }]);
  expect(gusto.refreshToken).not.toBe(first);
  expect(await kept()).toBe(gusto.refreshToken);
});

test('a token that somebody else keeps fresh is read anew', async () => {
  const id = gusto.hire(employee);
  const source = await sourceFor(folder, { ...gusto, auth: { token: 'stale' } });
  await expect(new Looker(source, id).look()).rejects.toMatchObject({ name: 'VendorUnauthorized' });
});

test.each([
  [{}, 'give token or refreshToken, one of them'],
  [{ token: '${env:A}', refreshToken: '${env:B}' }, 'give token or refreshToken, one of them'],
  [{ refreshToken: '${env:B}' }, 'refreshToken needs clientId and clientSecret'],
  [{ token: '${env:A}', clientId: 'x' }, 'clientId and clientSecret go together'],
])('auth %j is refused: %s', async (auth, message) => {
  const entry = sourceFor(folder, { ...gusto, auth: {} }, { auth });
  await expect(entry).rejects.toThrow(message);
});
