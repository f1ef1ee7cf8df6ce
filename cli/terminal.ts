import { createInterface } from 'node:readline/promises';

/** Where a command reads and writes; tests bring their own. */
export interface Terminal {
  /** Results: one or more whole lines on standard output. */
  readonly out: (text: string) => void;
  /** Everything that is not the result: notes, progress, errors. */
  readonly err: (text: string) => void;
  /** A person is there to be asked. */
  readonly isInteractive: boolean;
  /** Where lines may be redrawn in place and how wide they are; absent where the output is a file. */
  readonly screen?: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly ask: (question: string) => Promise<string>;
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    isInteractive: stdin.isTTY && stderr.isTTY,
    ...(stdout.isTTY ? { screen: stdout } : {}),
    env,
    cwd: process.cwd(),
    ask: async (question) => {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}

/** Asks for a plain yes; everything else is a no. */
export async function agrees(terminal: Terminal, question: string): Promise<boolean> {
  const answer = await terminal.ask(`${question} [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
