import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore } from '../../store/open-store';

describe('openStore', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-open-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it.each(['mysql://x', 'sqlite::memory:', 'sqlite:', ''])('says which addresses there are: %p', async (url) => {
    await expect(openStore(url)).rejects.toThrow(/sqlite:PATH \(a file\) or postgres:/);
  });

  it('makes a file that only its owner can read', async () => {
    const file = path.join(folder, 'a', 'b', 'tenure.db');
    const store = await openStore(`sqlite://${file}`);
    await store.migrate();
    await store.close();
    expect(fs.statSync(file).mode & 0o077).toBe(0);
  });

  it('makes nothing when it is opened to read', async () => {
    const file = path.join(folder, 'nothing.db');
    await expect(openStore(`sqlite:${file}`, { readOnly: true })).rejects.toThrow(/no such file yet/);
    expect(fs.existsSync(file)).toBe(false);
  });

  it('refuses a file that is no database', async () => {
    const file = path.join(folder, 'letter.txt');
    fs.writeFileSync(file, 'Dear auditor, '.repeat(100));
    await expect(openStore(`sqlite:${file}`)).rejects.toThrow(/cannot be opened/);
  });

  it('names the server that does not answer, without its password', async () => {
    const failure = await openStore('postgres://tenure:hunter2@127.0.0.1:1/tenure').catch((error: unknown) => error);
    expect(String(failure)).toMatch(/postgres:\/\/127\.0\.0\.1:1\/tenure: no answer/);
    expect(String(failure)).not.toContain('hunter2');
  });

  it.each(['sslmode=no-verify', 'sslmode=require&uselibpqcompat=true'])(
    'never goes without TLS checks: %s',
    async (option) => {
      await expect(openStore(`postgres://db.acme.test/tenure?${option}`)).rejects.toThrow(/verify-full/);
    },
  );
});
