import { Complaint, exitCodes, type ExitCode } from './exit';

const fileWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
};

/** What went wrong, in words for a person; never a stack. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const words = code === undefined ? undefined : fileWords[code];
  if (words !== undefined && path !== undefined) return `${path}: ${words}.`;
  if (error instanceof AggregateError && error.message === '') return error.errors.map(wordsFor).join('; ');
  return error.message === '' ? error.name : error.message;
}

export function exitCodeFor(error: unknown): ExitCode {
  return error instanceof Complaint ? error.exitCode : exitCodes.error;
}
