import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(__dirname, '../..');
let checkout: string;

beforeEach(() => {
  checkout = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-checkout-'));
  write('package-lock.json', lockWith('1.0.0'));
});

afterEach(() => fs.rmSync(checkout, { recursive: true, force: true }));

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
  fs.writeFileSync(path.join(checkout, file), text);
}

function lockWith(version: string): string {
  return JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
  });
}

/** Calls one function of the pre-script on the pretended checkout, as npm would: with npm's own variables set. */
function call(module: string, name: string, env: NodeJS.ProcessEnv = {}) {
  const script = `
    import { ${name} } from '${pathToFileURL(path.join(root, 'scripts/lib', module)).href}';
    const say = (text) => console.log('say: ' + text);
    await ${name}({ root: process.cwd(), say, logFile: 'prepare.log' }).catch((error) => {
      console.log(error.message);
      process.exitCode = 1;
    });`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: checkout,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, npm_execpath: path.join(checkout, 'npm-cli.js'), ...env },
  });
  return { code: run.status, said: run.stdout + run.stderr };
}

describe('packages', () => {
  const NPM = `
    const fs = require('node:fs');
    fs.appendFileSync('npm-runs', process.argv.slice(2).join(' ') + ' ' + JSON.stringify(
      Object.keys(process.env).filter((name) => name.startsWith('npm_')).sort()) + '\\n');
    fs.mkdirSync('node_modules', { recursive: true });
    fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');`;
  const runs = () => fs.readFileSync(path.join(checkout, 'npm-runs'), 'utf8').trim().split('\n');

  test('are installed once, again when the lock file changes, and without what the outer npm says of its script', () => {
    write('npm-cli.js', NPM);
    const env = {
      npm_lifecycle_event: 'pretest',
      npm_package_name: 'tenure',
      npm_config_cache: '/keep',
      npm_command: 'test',
    };
    expect(call('install.mjs', 'installPackages', env)).toEqual({
      code: 0,
      said: 'say: installing packages (npm ci)\n',
    });
    expect(call('install.mjs', 'installPackages', env)).toEqual({ code: 0, said: '' });
    expect(runs()).toEqual(['ci --include=dev ["npm_config_cache","npm_execpath"]']);

    write('package-lock.json', lockWith('1.0.1'));
    expect(call('install.mjs', 'installPackages').said).toContain('npm ci');
    expect(runs()).toHaveLength(2);
  });

  test('that someone installed by hand are left alone when they match the lock file', () => {
    write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
    expect(call('install.mjs', 'installPackages')).toEqual({ code: 0, said: '' });
  });

  test('that cannot be installed are told with the last lines and what to do', () => {
    write('npm-cli.js', 'console.error("E404 no such thing"); process.exit(1);');
    const { code, said } = call('install.mjs', 'installPackages');
    expect(code).toBe(1);
    expect(said).toMatch(/npm ci failed\. Its last lines:\nE404 no such thing\n[^]*prepare\.log[^]*Check the network/);
  });
});

describe('the build', () => {
  beforeEach(() => {
    write('node_modules/typescript/bin/tsc', `require('node:fs').appendFileSync('builds', 'tsc ')`);
    write('dist/workers/bundle.js', `require('node:fs').appendFileSync('builds', 'bundle ')`);
    write('workers/worker.ts', 'export {}');
  });
  const builds = () => fs.readFileSync(path.join(checkout, 'builds'), 'utf8').trim();

  test('runs when a source is newer, and only then', () => {
    expect(call('build.mjs', 'buildWhenStale').said).toBe('say: compiling\nsay: bundling the workflows\n');
    expect(call('build.mjs', 'buildWhenStale').said).toBe('');
    expect(builds()).toBe('tsc bundle');

    write('workers/new.ts', 'export {}');
    write('test/new.test.ts', 'a test is no part of the build');
    call('build.mjs', 'buildWhenStale');
    fs.rmSync(path.join(checkout, 'workers/new.ts'));
    call('build.mjs', 'buildWhenStale');
    expect(builds()).toBe('tsc bundle tsc bundle tsc bundle');
  });

  test('that fails says where, and is tried again', () => {
    write('node_modules/typescript/bin/tsc', 'console.log("worker.ts(1,1): error TS1005"); process.exit(2);');
    for (const _ of [1, 2]) {
      const { code, said } = call('build.mjs', 'buildWhenStale');
      expect(code).toBe(1);
      expect(said).toContain('The build failed in tsc. Its last lines:\nworker.ts(1,1): error TS1005');
    }
  });
});
