/** What the command's exit code says; `docs/reference/cli.md` lists them. */
export const exitCodes = {
  ok: 0,
  error: 1,
  usage: 2,
  attention: 3,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done; with `start --once`: every flow ended, or waits for a person or a date as planned',
  1: 'an error: nothing or not all of it was done, and the message says what to do',
  2: 'the command line is wrong: an unknown option, a missing argument',
  3: 'done, but somebody has to look: a flow is blocked, held, waits for a vendor that does not answer, or has residual sessions; an HR event needs a person; a check failed; a decision or a `resolve` does not count; evidence was tampered with',
};

/** The command cannot go on; the message says what happened and what to do, for the person at the terminal. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
  constructor(
    message: string,
    readonly exitCode: ExitCode = exitCodes.error,
  ) {
    super(message);
  }
}
