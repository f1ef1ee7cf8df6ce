import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Secret } from '../../domain/secret';

const reference = /^\$\{(env|file):([^}]+)\}$/;

/** Thrown for a text that is no reference: a secret in clear has no place in a configuration. */
export class NotAReference extends Error {}

/**
 * Turns `${env:NAME}` or `${file:path}` into a secret that is read when it is needed. Paths are taken from the
 * configuration file's folder; a trailing line break in the file does not count.
 */
export function resolveSecretFrom({ env, folder }: { readonly env: NodeJS.ProcessEnv; readonly folder: string }) {
  return (text: string): Secret => {
    const [, kind, name] = reference.exec(text) ?? [];
    if (kind === undefined || name === undefined) {
      throw new NotAReference('write a reference, not the secret itself: ${env:NAME} or ${file:path}');
    }
    return new Secret(
      text,
      kind === 'env' ? () => fromEnvironment(env, name) : () => fromFile(path.resolve(folder, name)),
    );
  };
}

function fromEnvironment(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}

function fromFile(file: string): string {
  let value: string;
  try {
    value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(
      `the secret file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`,
      { cause: error },
    );
  }
  if (value === '') throw new Error(`the secret file ${file} is empty`);
  return value;
}
