import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCli } from '../../cli/run';
import type { Terminal } from '../../cli/terminal';

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Desk {
  readonly cwd: string;
  /** Runs a command line as somebody at this desk would; nobody is there to be asked unless there are answers. */
  run(line: string | readonly string[], setting?: Setting): Promise<Told>;
  remove(): void;
}

export interface Setting {
  readonly env?: NodeJS.ProcessEnv;
  readonly answers?: readonly string[];
  /** Hears each line as it comes, with where it went. */
  readonly hear?: (text: string) => void;
}

/** An empty folder to run commands in; nothing of this machine's environment leaks in. */
export function newDesk(): Desk {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'tenure-cli-'));
  return {
    cwd,
    run: async (line, setting = {}) => {
      const out: string[] = [];
      const err: string[] = [];
      const code = await runCli(
        typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line,
        terminalAt(cwd, setting, out, err),
      );
      return { code, out: out.join('\n'), err: err.join('\n') };
    },
    remove: () => rmSync(cwd, { recursive: true, force: true }),
  };
}

function terminalAt(cwd: string, { env = {}, answers, hear }: Setting, out: string[], err: string[]): Terminal {
  const waiting = [...(answers ?? [])];
  const to = (lines: string[]) => (text: string) => {
    lines.push(text);
    hear?.(text);
  };
  return {
    out: to(out),
    err: to(err),
    isInteractive: answers !== undefined,
    env: { USER: 'operator', HOME: cwd, ...env },
    cwd,
    ask: async () => waiting.shift() ?? '',
  };
}
