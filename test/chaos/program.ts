import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { transformFileSync } from '@swc/core';
import { testBundle } from '../rig/bundle';

const root = path.resolve(__dirname, '../..');
const notRun = ['bench', 'test'];
const startsWithin = 60_000;

/** Compiles the product as it lies here into a folder, so that `node` alone can run it, and be killed. */
export function compileInto(folder: string): void {
  for (const room of rooms()) compileRoom(path.join(root, room), path.join(folder, room));
  fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  // Where a built worker finds its workflows; without it each start would bundle them anew.
  const { codePath } = testBundle() as { readonly codePath: string };
  fs.copyFileSync(codePath, path.join(folder, 'workers', 'workflow-bundle.js'));
}

/** As the build has them. */
function rooms(): readonly string[] {
  const { include } = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8')) as { include: string[] };
  return include.filter((name) => !notRun.includes(name) && fs.statSync(path.join(root, name)).isDirectory());
}

function compileRoom(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    if (entry.isDirectory()) compileRoom(source, path.join(to, entry.name));
    else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) {
      fs.writeFileSync(path.join(to, entry.name.replace(/\.ts$/, '.js')), compiled(source));
    } else if (/\.c?js$/.test(entry.name)) fs.copyFileSync(source, path.join(to, entry.name));
  }
}

function compiled(file: string): string {
  return transformFileSync(file, {
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
    module: { type: 'commonjs' },
  }).code;
}

/** One run of the compiled `tenure` command, with all that it said. */
export class Program {
  #said = '';

  private constructor(
    readonly words: readonly string[],
    private readonly child: ChildProcess,
    readonly ended: Promise<number | undefined>,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    }
  }

  /** Starts `tenure WORDS` from the folder of `compileInto`; it gets no environment but what is given. */
  static start(folder: string, words: readonly string[], env: Readonly<Record<string, string>>): Program {
    const child = spawn(process.execPath, [path.join(folder, 'cli', 'main.js'), ...words], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const killNow = () => void child.kill('SIGKILL');
    process.once('exit', killNow);
    const ended = new Promise<number | undefined>((resolve) => {
      child.once('close', (code) => {
        process.off('exit', killNow);
        resolve(code ?? undefined);
      });
    });
    return new Program(words, child, ended);
  }

  /** Both standard output and standard error, in the order in which they came. */
  get said(): string {
    return this.#said;
  }

  /** Waits until it says so; what it said instead is in the error. */
  async says(words: RegExp): Promise<string> {
    const end = Date.now() + startsWithin;
    while (Date.now() < end) {
      const found = words.exec(this.#said);
      if (found !== null) return found[1] ?? found[0];
      if (this.child.exitCode !== null || this.child.signalCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`tenure ${this.words.join(' ')} never said ${String(words)}, but:\n${this.#said}`);
  }

  /** Ends it in the middle of whatever it does: nothing of it runs any more, not even a last word. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to end, as an operator's Ctrl-C does. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.ended;
    clearTimeout(late);
  }
}
