import type { ErrorContext } from '../errors';
import type { Http } from '../http/contract';
import type { Target } from '../target';
import type { Client } from './client';
import type { Memory } from './memory';
import type { Options } from './option';

/** What every step needs: the vendor's calls, the target that they go to, and its dialect. */
export interface Context {
  readonly client: Client;
  readonly http: Http;
  readonly target: Target;
  readonly options: Options;
  readonly memory: Memory;
}

export function where(context: Context, operation: string): ErrorContext {
  return { target: context.target.id, operation };
}
