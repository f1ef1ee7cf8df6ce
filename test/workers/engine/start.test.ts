import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { startEngine, type RunningEngine } from '../../../workers/engine/start';

let folder: string;
const engines: RunningEngine[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-start-'));
});

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  fs.rmSync(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startEngine>[0]): Promise<RunningEngine> {
  const engine = await startEngine({ port: 'auto', uiPort: 'none', ...options });
  engines.push(engine);
  return engine;
}

async function namespaceOf(engine: RunningEngine) {
  const connection = await Connection.connect({ address: engine.address });
  try {
    return await connection.workflowService.describeNamespace({ namespace: engine.namespace });
  } finally {
    await connection.close();
  }
}

test('an engine on disk answers, keeps histories for thirty days, and finds its namespace again', async () => {
  const said: string[] = [];
  const first = await start({ dataDir: folder, uiPort: 'auto', log: (text) => said.push(text) });

  const before = await namespaceOf(first);
  expect(Number(before.config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 60 * 60);
  expect(said).toContain('starting the Temporal engine');
  expect((await fetch(first.uiUrl ?? '')).status).toBe(200);
  for (const file of fs.readdirSync(folder).filter((name) => name.startsWith('engine.db'))) {
    expect({ file, othersMay: fs.statSync(path.join(folder, file)).mode & 0o077 }).toEqual({ file, othersMay: 0 });
  }
  await first.stop();
  expect(await first.ended).toMatch(/exit code|SIG/);
  expect(fs.existsSync(path.join(folder, 'engine.db'))).toBe(true);

  const second = await start({ dataDir: folder });
  expect((await namespaceOf(second)).namespaceInfo?.id).toBe(before.namespaceInfo?.id);
});

test('an engine in memory leaves nothing behind', async () => {
  const engine = await start({ namespace: 'elsewhere' });
  expect((await namespaceOf(engine)).namespaceInfo?.name).toBe('elsewhere');
  await engine.stop();
  expect(fs.existsSync(path.dirname(engine.logFile))).toBe(false);
});

test('a port that is in use is an error that says so, and the other engine is not joined', async () => {
  const other = net.createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as net.AddressInfo;
  await expect(start({ dataDir: folder, port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is already in use`);
  await new Promise((resolve) => other.close(resolve));
});

test('a port that is lost between the look and the start is tried again', async () => {
  const { binary, stop } = await startEngine({ port: 'auto', uiPort: 'none' });
  await stop();
  const once = path.join(folder, 'temporal');
  const words = 'listen tcp 127.0.0.1:7233: bind: address already in use';
  const script = `if [ "$1" = server ] && mkdir "$0.tried" 2>/dev/null; then echo '${words}' >&2; exit 2; fi\nexec '${binary}' "$@"`;
  fs.writeFileSync(once, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const { PATH } = process.env;
  const said: string[] = [];
  try {
    process.env['PATH'] = `${folder}${path.delimiter}${PATH}`;
    const engine = await start({ log: (text) => said.push(text) });
    expect(engine.binary).toBe(once);
    expect((await namespaceOf(engine)).namespaceInfo?.name).toBe('default');
  } finally {
    process.env['PATH'] = PATH;
  }
  expect(said).toContain('a port was taken in this moment: starting again');
});

test('an engine that cannot start is told with the end of its log', async () => {
  fs.writeFileSync(path.join(folder, 'engine.db'), 'this is no database, and it is long enough to be looked at as one');
  await expect(start({ dataDir: folder })).rejects.toThrow(/ended at once[^]*engine\.log/);
});

test('the engine ends with a parent that is killed outright', async () => {
  const compiled = path.join(folder, 'parent.cjs');
  const source = path.resolve(__dirname, '../../../workers/engine/guarded-process.ts');
  const swc = require('@swc/core') as typeof import('@swc/core');
  const { code } = swc.transformFileSync(source, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const marker = 'sleep 987.25';
  const tail = `exports.startGuarded('/bin/sh', ['-c', 'exec ${marker}'], ${JSON.stringify(path.join(folder, 'log'))}); setInterval(() => {}, 1000);`;
  fs.writeFileSync(compiled, `${code}\n${tail}`);

  const parent = spawn(process.execPath, [compiled], { stdio: 'inherit' });
  await until(() => isThere(marker));
  parent.kill('SIGKILL');
  await until(() => !isThere(marker));
});

function isThere(command: string): boolean {
  return spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.split('\n').includes(command);
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to pass within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
