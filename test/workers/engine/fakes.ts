import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface Machine {
  /** A folder for everything; the cache is `cache` in it, and `bin` is all of PATH beside the system's shell tools. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Puts a program on this machine's PATH. */
  program(name: string, script: string): void;
  /** A program that answers as the Temporal CLI does. */
  temporal(version: string): string;
  remove(): void;
}

/** A pretended machine: a PATH and a cache of its own, and no network unless a test gives it a mirror. */
export function emptyMachine(): Machine {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-machine-'));
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin);
  const program = (name: string, script: string) => {
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
  };
  return {
    folder,
    // Port 9 of this machine answers nobody: the download fails at once, without asking anyone outside.
    env: { PATH: bin, TENURE_CACHE_DIR: path.join(folder, 'cache'), TENURE_ENGINE_URL: 'http://127.0.0.1:9' },
    program,
    temporal: (version) => `#!/bin/sh\necho 'temporal version ${version} (Server 1.29.1, UI 2.42.1)'\n`,
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** The bytes of a .tar.gz that holds one program in a folder. */
export function archiveOf(name: string, script: string): Buffer {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tenure-archive-'));
  try {
    const inside = path.join(folder, 'release');
    fs.mkdirSync(inside);
    fs.writeFileSync(path.join(inside, 'LICENSE'), 'a file before it, longer than one block\n'.repeat(50));
    fs.writeFileSync(path.join(inside, name), script, { mode: 0o755 });
    fs.writeFileSync(path.join(inside, 'zz-after'), 'a file after it');
    return execFileSync('tar', ['-czf', '-', '-C', folder, 'release/LICENSE', `release/${name}`, 'release/zz-after']);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export interface Mirror {
  readonly url: string;
  readonly asked: string[];
  stop(): Promise<void>;
}

/** A small file server; an answer that is an object is sent as JSON, a number as a status. */
export async function startMirror(answer: (url: URL) => Buffer | object | number | string): Promise<Mirror> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://mirror');
    asked.push(url.pathname + url.search);
    const body = answer(url);
    if (typeof body === 'number') response.writeHead(body).end();
    else if (typeof body === 'string') response.writeHead(302, { location: body }).end();
    else if (Buffer.isBuffer(body)) response.writeHead(200, { 'content-type': 'application/gzip' }).end(body);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
