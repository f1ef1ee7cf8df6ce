import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheDir, withLock } from '../../../workers/engine/cache';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-cache-'));
const file = path.join(folder, 'deep', '.lock');

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('the cache lies where the environment says, else where the system keeps caches', () => {
  const home = os.homedir();
  expect(cacheDir({ TENURE_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' }, 'linux')).toBe('/a');
  expect(cacheDir({ XDG_CACHE_HOME: '/b' }, 'linux')).toBe('/b/tenure');
  expect(cacheDir({}, 'linux')).toBe(path.join(home, '.cache/tenure'));
  expect(cacheDir({}, 'darwin')).toBe(path.join(home, 'Library/Caches/tenure'));
  expect(cacheDir({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/tenure');
});

test('one holder at a time', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock({ file }, work)));
  expect(most).toBe(1);
  expect(fs.existsSync(file)).toBe(false);
});

test('the lock of a process that is gone is taken over, and a failure gives it back', async () => {
  fs.writeFileSync(file, '999999999-gone');
  await expect(withLock({ file }, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock({ file }, async () => 'mine')).toBe('mine');
});
