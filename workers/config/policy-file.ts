import { existsSync, readFileSync } from 'node:fs';
import { loadPolicy } from '../../policy/load';
import type { LoadedPolicy } from '../../policy/open';
import type { FileProblem } from '../../policy/yaml-text';
import { momentsIn } from './policy-target';

/** A policy file by itself, without a configuration: what it says of targets is not checked. */
export function loadPolicyAlone(
  file: string,
): { readonly policy: LoadedPolicy } | { readonly problems: readonly FileProblem[] } {
  if (!existsSync(file)) return { problems: [{ path: '', message: 'there is no such file' }] };
  return loadPolicy(readFileSync(file, 'utf8'), { momentOf: momentsIn(undefined) });
}
