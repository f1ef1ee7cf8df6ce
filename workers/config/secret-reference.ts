import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NoSecretYet, Secret } from '../../domain/secret';

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
    if (kind === 'env') return new Secret(text, () => fromEnvironment(env, name));
    const file = path.resolve(folder, name);
    return new Secret(text, secretFile(file), (value) => toFile(file, value));
  };
}

function fromEnvironment(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/** Every step asks for its secrets, and rotation must be seen at once: the file is read again when it is another one. */
function secretFile(file: string): () => string {
  let known: { readonly version: string; readonly value: string } | undefined;
  return () => {
    const version = versionOf(file);
    if (version === undefined) return fromFile(file);
    if (known?.version !== version) known = { version, value: fromFile(file) };
    return known.value;
  };
}

/** Undefined where it cannot be told: reading says why. */
function versionOf(file: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${dev}/${ino}/${size}/${mtimeNs}/${ctimeNs}`;
  } catch {
    return undefined;
  }
}

function fromFile(file: string): string {
  let value: string;
  try {
    value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    const Fault = code === 'ENOENT' ? NoSecretYet : Error;
    throw new Fault(`the secret file ${file} cannot be read: ${code}`, { cause: error });
  }
  if (value === '') throw new NoSecretYet(`the secret file ${file} is empty`);
  return value;
}

/** Whole or not at all, and readable by its owner alone. */
function toFile(file: string, value: string): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, `${value}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
