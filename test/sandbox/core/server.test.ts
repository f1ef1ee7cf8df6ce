import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandIn } from '../../../sandbox/core';
import { startNotebook } from './notebook';

type Running = Awaited<ReturnType<typeof startNotebook>>;
const person = (username: string) => ({
  id: username,
  username,
  email: `${username}@acme.test`,
  displayName: username,
  groups: [],
  sessions: 0,
});
const people = ['ann', 'ben', 'cleo', 'dan', 'eve'].map(person);

let book: Running;
const directory = mkdtempSync(join(tmpdir(), 'sandbox-core-'));
afterEach(async () => book.stop());
afterAll(() => rmSync(directory, { recursive: true }));

async function token(from: StandIn = book): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'id', client_secret: 's3cret' });
  const answer = await fetch(from.auth['tokenUrl'] ?? '', { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function ask(path: string, init: RequestInit = {}, bearer?: string): Promise<Response> {
  const authorization = `Bearer ${bearer ?? (await token())}`;
  return fetch(book.baseUrl + path, { ...init, headers: { authorization, ...init.headers } });
}

const post = (name: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name }),
});
const names = () => book.accounts().map((one) => one.username);

describe('log and manners', () => {
  test('every request is logged in order, below the API root, with its status', async () => {
    book = await startNotebook({ people });
    await ask('/items?offset=1');
    await ask('/items', post('fay'));
    await ask('/items/search', { method: 'POST' });
    const seen = book.requests.map(({ method, path, status, write }) => [method, path, status, write]);
    expect(seen).toEqual([
      ['POST', '/oauth/token', 200, false],
      ['GET', '/items', 200, false],
      ['POST', '/oauth/token', 200, false],
      ['POST', '/items', 201, true],
      ['POST', '/oauth/token', 200, false],
      ['POST', '/items/search', 200, false],
    ]);
    expect(book.requests[1]?.query).toEqual({ offset: '1' });
    expect(book.tokensIssued).toBe(3);
  });

  test('refusals, unknown paths, wrong methods and broken bodies wear the vendor’s form', async () => {
    book = await startNotebook();
    const status = async (path: string, init?: RequestInit) => {
      const answer = await ask(path, init);
      expect(answer.headers.get('x-notebook-id')).toMatch(/-/);
      const body = (await answer.json()) as { fault: { status: number } };
      expect(body.fault.status).toBe(answer.status);
      return answer;
    };
    expect((await status('/items', { ...post('x'), body: '{}' })).status).toBe(422);
    expect((await status('/nothing')).status).toBe(404);
    const wrong = await status('/items/1', { method: 'PATCH' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'DELETE']);
    expect((await status('/items', { ...post('x'), body: '{"na' })).status).toBe(400);
    expect((await status('/items', { ...post('x'), headers: { 'content-type': 'text/xml' } })).status).toBe(415);
  });

  test('a dead, a wrong and no token are refused; the desk checks client, grant and scope', async () => {
    book = await startNotebook({ desk: { scopes: ['read'], lifetimeSeconds: 0 } });
    expect((await ask('/items', {}, 'nonsense')).status).toBe(401);
    expect((await fetch(`${book.baseUrl}/items`)).status).toBe(401);
    const url = book.auth['tokenUrl'] ?? '';
    const form = (fields: Record<string, string>, headers = {}) =>
      fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
    const basic = { authorization: `Basic ${Buffer.from('id:s3cret').toString('base64')}` };
    const grant = { grant_type: 'client_credentials' };
    expect((await form({ ...grant, scope: 'read' })).status).toBe(401);
    expect((await form({ ...grant, scope: 'write' }, basic)).status).toBe(400);
    expect((await form({ grant_type: 'password', scope: 'read' }, basic)).status).toBe(400);
    const good = await form({ ...grant, scope: 'read' }, basic);
    const { access_token } = (await good.json()) as { access_token: string };
    expect(good.status).toBe(200);
    expect((await ask('/items', {}, access_token)).status).toBe(401);
    expect(book.tokensIssued).toBe(1);
  });
});

test('a clock that is ahead shows in the Date header and in the life of tokens', async () => {
  book = await startNotebook({ clockSkewSeconds: 7200, desk: { lifetimeSeconds: 60, clockSkewSeconds: 7200 } });
  const before = Math.floor(Date.now() / 1000) * 1000;
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'id', client_secret: 's3cret' });
  const answer = await fetch(book.auth['tokenUrl'] ?? '', { method: 'POST', body: form });
  expect(Date.parse(answer.headers.get('date') ?? '')).toBeGreaterThanOrEqual(before + 7_200_000);
  expect(await answer.json()).toMatchObject({ expires_in: 7260, token_type: 'Bearer' });
});

describe('down and up', () => {
  test('open requests are cut, new ones refused, and the same port answers again', async () => {
    book = await startNotebook({ people });
    const bearer = await token();
    book.faults.add({ kind: 'slow', method: 'GET', milliseconds: 60_000 });
    const hanging = ask('/items', {}, bearer).catch(() => 'cut');
    while (book.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    book.faults.down();
    expect(await hanging).toBe('cut');
    await expect(ask('/items', {}, bearer)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    book.faults.up();
    expect((await ask('/items', {}, bearer)).status).toBe(200);
    book.faults.down();
    book.faults.up();
    expect((await ask('/items', {}, bearer)).status).toBe(200);
    book.faults.down();
  });
});

describe('memory', () => {
  test('the state survives a restart, and people are not seeded twice', async () => {
    const persistTo = join(directory, 'notebook.json');
    book = await startNotebook({ people, persistTo });
    await ask('/items', post('fay'));
    await book.stop();
    book = await startNotebook({ people, persistTo });
    expect(names()).toEqual(['ann', 'ben', 'cleo', 'dan', 'eve', 'fay']);
    await ask('/items/1', { method: 'DELETE' });
    const written = async () => {
      const kept = JSON.parse(readFileSync(persistTo, 'utf8')) as { name: string }[];
      return kept.map((item) => item.name);
    };
    for (let tries = 0; tries < 200 && (await written()).includes('ann'); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await written()).toEqual(['ben', 'cleo', 'dan', 'eve', 'fay']);
  });

  test('save and restore hand out copies', async () => {
    book = await startNotebook({ people });
    const saved = book.save() as { name: string }[];
    saved.length = 1;
    expect(names()).toHaveLength(5);
    book.restore(saved);
    expect(names()).toEqual(['ann']);
    saved.length = 0;
    expect(names()).toEqual(['ann']);
  });
});

describe('HTTPS', () => {
  const get = (path: string, ca?: string) =>
    new Promise<number | string>((resolve) => {
      const call = secureRequest(book.baseUrl + path, ca === undefined ? {} : { ca }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      call.end();
    });

  test('only those who trust the private CA get through', async () => {
    book = await startNotebook({ tls: true });
    expect(await get('/items', book.ca)).toBe(401);
    expect(await get('/items')).toBe('SELF_SIGNED_CERT_IN_CHAIN');
  });

  test('a kept CA stays the same from start to start', async () => {
    const tls = { directory: join(directory, 'tls') };
    book = await startNotebook({ tls });
    const { ca } = book;
    await book.stop();
    book = await startNotebook({ tls });
    expect(readFileSync(join(tls.directory, 'play-ca.pem'), 'utf8')).toBe(ca);
    expect(await get('/items', ca)).toBe(401);
  });
});
