import { faultKinds, type FaultKind } from '../../../sandbox/core';
import { startNotebook } from './notebook';

let book: Awaited<ReturnType<typeof startNotebook>>;
let bearer: string;

beforeEach(async () => {
  const people = ['ann', 'ben', 'cleo', 'dan'].map((username) => ({
    id: username,
    username,
    email: '',
    displayName: '',
    groups: [],
    sessions: 0,
  }));
  book = await startNotebook({ people });
  bearer = await token();
});
afterEach(async () => book.stop());

async function token(): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'id', client_secret: 's3cret' });
  const answer = await fetch(book.auth['tokenUrl'] ?? '', { method: 'POST', body: form });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Status and text of an answer; status 0 when the connection broke. */
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  try {
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(book.baseUrl + path, init);
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

const add = () => ask('POST', '/items', { name: 'fay' });
const made = () => book.account('fay') !== undefined;
const listed = async (path = '/items') => {
  const { text } = await ask('GET', path);
  const { items, total } = JSON.parse(text) as { items: { name: string }[]; total: number };
  return { names: items.map((item) => item.name), total };
};

describe('faults around a write', () => {
  const cases: [FaultKind, number, boolean][] = [
    ['throttled', 429, false],
    ['server-error', 500, false],
    ['expired-token', 401, false],
    ['error-after-commit', 500, true],
    ['reply-lost', 0, true],
    ['slow', 201, true],
    ['malformed-json', 201, true],
    ['html', 200, true],
    ['no-effect', 201, false],
  ];

  test.each(cases)('%s', async (kind, status, committed) => {
    book.faults.add({ kind, method: 'POST', milliseconds: 20 });
    await ask('GET', '/items');
    expect(book.faults.pending).toHaveLength(1);
    expect((await add()).status).toBe(status);
    expect(made()).toBe(committed);
    expect(book.requests.at(-1)).toMatchObject({ path: '/items', status, write: true, fault: kind });
    expect(book.faults.pending).toHaveLength(0);
    expect((await add()).status).toBe(201);
  });

  test('those that speak of a change wait for a write by themselves; log-ons are left alone', async () => {
    for (const kind of ['no-effect', 'slow', 'reply-lost', 'error-after-commit'] as const) {
      book.faults.add({ kind, milliseconds: 1 });
      expect((await ask('GET', '/items')).status).toBe(200);
      await token();
      expect(book.faults.pending).toHaveLength(1);
      await add();
      expect(book.faults.pending).toHaveLength(0);
    }
    book.faults.add({ kind: 'server-error', path: '^/oauth' });
    await expect(token()).resolves.toBeUndefined();
  });

  test('a deletion without effect answers 204 and deletes nothing', async () => {
    book.faults.add({ kind: 'no-effect' });
    expect((await ask('DELETE', '/items/1')).status).toBe(204);
    expect(book.account('ann')).toBeDefined();
  });

  test('a broken body cannot be parsed, also where none was due', async () => {
    book.faults.add({ kind: 'malformed-json', times: 2 });
    const { status, text } = await ask('DELETE', '/items/1');
    expect(status).toBe(200);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(() => JSON.parse('') as unknown).toThrow(SyntaxError);
    const list = await ask('GET', '/items');
    expect(() => JSON.parse(list.text) as unknown).toThrow(SyntaxError);
  });
});

describe('faults of lists', () => {
  test('clamped, empty and duplicate pages keep the total', async () => {
    book.faults.add({ kind: 'clamped-page' });
    expect(await listed()).toEqual({ names: ['ann', 'ben'], total: 4 });
    book.faults.add({ kind: 'empty-page' });
    expect(await listed()).toEqual({ names: [], total: 4 });
    book.faults.add({ kind: 'duplicate-page' });
    expect(await listed('/items?limit=2')).toEqual({ names: ['ann', 'ben'], total: 4 });
    expect(await listed('/items?limit=2&offset=2')).toEqual({ names: ['ann', 'ben'], total: 4 });
    expect(await listed('/items?limit=2&offset=2')).toEqual({ names: ['cleo', 'dan'], total: 4 });
  });

  test('an ignored filter gives everybody', async () => {
    book.faults.add({ kind: 'filter-ignored' });
    expect((await listed('/items')).names).toHaveLength(4);
    expect(book.faults.pending).toHaveLength(1);
    expect((await listed('/items?name=ben')).names).toHaveLength(4);
    expect((await listed('/items?name=ben')).names).toEqual(['ben']);
  });

  test('a missing field waits for an answer that has it, and goes from every object', async () => {
    book.faults.add({ kind: 'missing-field', field: 'tags.label' });
    await ask('GET', '/items?name=nobody');
    expect(book.faults.pending).toHaveLength(1);
    const { items } = JSON.parse((await ask('GET', '/items')).text) as { items: object[] };
    expect(items[0]).toEqual({ id: 1, name: 'ann', tags: [{}] });
    expect(items[3]).toEqual({ id: 4, name: 'dan', tags: [{}] });
    expect((await ask('GET', '/items')).text).toContain('label');
    expect(() => book.faults.add({ kind: 'missing-field' })).toThrow('field');
  });
});

describe('chaos', () => {
  const play = async (seed: number) => {
    const from = book.requests.length;
    book.faults.chaos({ seed, rate: 0.5, milliseconds: 1 });
    for (let turn = 0; turn < 40; turn += 1) await ask('GET', `/items?limit=2&offset=${turn % 3}&name=ann`);
    book.faults.clear();
    return book.requests.slice(from).map((entry) => entry.fault);
  };

  test('the same seed breaks the same requests, another seed others; about the asked share', async () => {
    const first = await play(7);
    expect(await play(7)).toEqual(first);
    expect(await play(8)).not.toEqual(first);
    const hit = first.filter((fault) => fault !== undefined);
    expect(hit.length).toBeGreaterThan(5);
    expect(hit.length).toBeLessThan(30);
    expect(faultKinds).toEqual(expect.arrayContaining(hit));
    expect((await ask('GET', '/items')).status).toBe(200);
  });

  test('only the kinds that were asked for', async () => {
    book.faults.chaos({ seed: 1, rate: 1, kinds: ['throttled'] });
    expect((await ask('GET', '/items')).status).toBe(429);
    expect((await ask('GET', '/items')).status).toBe(429);
  });
});
