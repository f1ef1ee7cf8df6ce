import { execFile, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from '../../workers/engine/ports';

const run = promisify(execFile);
const START_MS = 60_000;
const USER = 'tenure';

export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a private PostgreSQL from the installed programs: temporary folder, free port, this machine only. */
export async function startPostgres(): Promise<TestPostgres> {
  const programs = findPrograms();
  const owner = await unprivilegedUser();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-postgres-'));
  if (owner !== undefined) fs.chownSync(folder, owner.uid, owner.gid);
  const data = path.join(folder, 'data');
  const [port = 0] = await freePorts(1);

  // cwd, because the unprivileged user may not be allowed to stand where we stand.
  const as = { ...owner, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  await run(path.join(programs, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '-N'], as);
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=`, 'fsync=off', 'shared_buffers=32MB'];
  const server = spawn(
    path.join(programs, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...as, stdio: ['ignore', 'ignore', fs.openSync(path.join(folder, 'log'), 'a')] },
  );
  const killNow = () => void server.kill('SIGQUIT');
  process.once('exit', killNow);
  const url = `postgres://${USER}@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    await end(server);
    process.off('exit', killNow);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(server, url, path.join(folder, 'log'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/** The folder with initdb and postgres: Debian keeps them off the PATH, one folder a version. */
function findPrograms(): string {
  const debian = '/usr/lib/postgresql';
  const versions = fs.existsSync(debian) ? fs.readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter),
    ...versions.map((version) => path.join(debian, version, 'bin')),
  ];
  const found = folders.find((folder) =>
    ['initdb', 'postgres'].every((name) => fs.existsSync(path.join(folder, name))),
  );
  if (found !== undefined) return found;
  throw new Error(
    'PostgreSQL is not installed: this test starts one of its own. Install the server programs ' +
      '(Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql) and run it again.',
  );
}

/** PostgreSQL refuses to run as root; then it runs as the user that its package made, or as nobody. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such user here: the next.
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody to run it as.');
}

async function untilReady(server: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) {
        throw new Error(`PostgreSQL did not start: ${String(error)}\n${fs.readFileSync(logFile, 'utf8')}`);
      }
    } finally {
      await client.end().catch(() => {});
    }
    await wait(100);
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await ended;
}
