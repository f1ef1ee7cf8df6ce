import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lockDataDir, runningStart } from '../../cli/data-dir';
import { rememberAccepted } from '../../cli/demo/play';
import { newDesk, type Desk } from './rig';

const config = `
mode: observe
targets:
  - id: vault-eu
    type: cyberark-privilege-cloud
    baseUrl: https://vault.test/PasswordVault/API
    auth: { tokenUrl: 'https://vault.test/token', clientId: a, clientSecret: '\${env:X}' }
`;

describe('which configuration and which Temporal a command takes', () => {
  let desk: Desk;
  beforeEach(() => (desk = newDesk()));
  afterEach(() => desk.remove());
  const write = (name: string, text: string) => {
    const file = path.join(desk.cwd, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  /** Every one of them fails, because there is no Temporal; what matters is what it says before. */
  const choice = async (line: string, env: NodeJS.ProcessEnv = {}) => {
    const { err } = await desk.run(line, { env });
    return /^Configuration: (.*)$/m.exec(err)?.[1];
  };

  it('goes by --config, then TENURE_CONFIG, then ./tenure.yaml', async () => {
    const [a, b, here] = [write('a.yaml', config), write('b.yaml', config), write('tenure.yaml', config)];
    const env = { TENURE_CONFIG: 'b.yaml' };
    expect(await choice('stop --reason x --config a.yaml', env)).toBe(`${a} (--config)`);
    expect(await choice('stop --reason x', env)).toBe(`${b} (TENURE_CONFIG)`);
    expect(await choice('stop --reason x')).toBe(`${here} (in this folder)`);
  });

  it('then by what runs in the data folder, and says so', async () => {
    const demo = write('.tenure/demo.yaml', config);
    const lock = lockDataDir(path.join(desk.cwd, '.tenure'));
    lock.announce({ demo: true, config: demo, address: '127.0.0.1:1', namespace: 'default' });
    expect(await choice('stop --reason x')).toBe(`${demo} (of the running demo)`);
    const told = await desk.run('stop --reason x');
    expect(told.err).toContain('Temporal: 127.0.0.1:1, namespace default');
    expect(told).toMatchObject({ code: 1 });
    expect(told.err).toContain('Temporal does not answer at 127.0.0.1:1');
    lock.release();
    expect((await desk.run('stop --reason x')).err).toContain('No configuration');
  });

  it('never sends what is meant for one configuration to the engine of another', async () => {
    const demo = write('.tenure/demo.yaml', config);
    write('tenure.yaml', config);
    const lock = lockDataDir(path.join(desk.cwd, '.tenure'));
    lock.announce({ demo: true, config: demo, address: '127.0.0.1:1', namespace: 'default' });
    const { code, err } = await desk.run('stop --reason x');
    lock.release();
    expect(code).toBe(1);
    expect(err).toContain('No Temporal is configured for');
    expect(err).toContain(`runs with ${demo}`);
  });

  it('lists everything that is wrong with a configuration, without a stack', async () => {
    write('tenure.yaml', 'mode: sometimes\ndefaultTimeZone: Mars/Base\ntargets: []\nsurprise: 1\n');
    const { code, err, out } = await desk.run('status --json');
    expect(code).toBe(1);
    for (const what of ['mode', 'defaultTimeZone', 'targets', 'surprise']) expect(err).toContain(what);
    expect(err).not.toMatch(/\n\s+at /);
    expect(JSON.parse(out)).toHaveProperty('error');
  });

  it('refuses a wrong command line with code 2', async () => {
    expect(await desk.run('status --nonsense')).toMatchObject({ code: 2 });
    expect(await desk.run('approve leaver:e1')).toMatchObject({ code: 2 });
    expect((await desk.run('approve leaver:e1')).err).toContain('--reason');
    expect(await desk.run('--help')).toMatchObject({ code: 0 });
  });

  it('resolve and release want one flow or all of them, and skip only one', async () => {
    for (const line of ['release --reason x', 'release leaver:e1 --all --reason x', 'resolve --target a --reason x']) {
      const { code, err } = await desk.run(line);
      expect({ code, err }).toEqual({ code: 1, err: 'Give one workflow id, or --all.' });
    }
    const { err } = await desk.run('resolve --target a --all --action skip --reason x');
    expect(err).toContain('--all retries only');
  });
});

describe('the lock on the data folder', () => {
  let desk: Desk;
  beforeEach(() => (desk = newDesk()));
  afterEach(() => desk.remove());

  it('is for its owner alone, also where an earlier version made it for everybody', () => {
    const [made, before, chosen] = ['new', '.tenure', 'chosen'].map((name) => path.join(desk.cwd, name));
    for (const folder of [before, chosen]) mkdirSync(folder ?? '', { mode: 0o755 });
    const modeOf = (folder = '') => {
      lockDataDir(folder).release();
      return statSync(folder).mode & 0o777;
    };
    expect([modeOf(made), modeOf(before)]).toEqual([0o700, 0o700]);
    // Somebody's own folder may be for others as well.
    expect(modeOf(chosen)).toBe(0o755);
    const elsewhere = path.join(desk.cwd, 'deep');
    mkdirSync(elsewhere);
    symlinkSync(chosen ?? '', path.join(elsewhere, '.tenure'));
    expect(modeOf(path.join(elsewhere, '.tenure'))).toBe(0o755);
  });

  it('keeps the events that were played for its owner alone', () => {
    rememberAccepted(desk.cwd, []);
    expect(statSync(path.join(desk.cwd, 'played-events.json')).mode & 0o077).toBe(0);
  });

  it('lets one start in, and another after it', () => {
    const folder = path.join(desk.cwd, 'data');
    const first = lockDataDir(folder);
    expect(() => lockDataDir(folder)).toThrow(/in use by another `tenure start` \(process \d+\)/);
    first.release();
    lockDataDir(folder).release();
  });

  it('is not kept by a process that is gone, nor by a later one with its number', () => {
    const folder = path.join(desk.cwd, 'data');
    mkdirSync(folder);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(path.join(folder, 'start.lock'), JSON.stringify({ pid }));
    writeFileSync(path.join(folder, 'running.json'), JSON.stringify({ pid, demo: true }));
    expect(runningStart(folder)).toBeUndefined();
    lockDataDir(folder).release();
    if (process.platform !== 'linux') return;
    writeFileSync(path.join(folder, 'start.lock'), JSON.stringify({ pid: process.pid, born: '1' }));
    lockDataDir(folder).release();
  });
});
