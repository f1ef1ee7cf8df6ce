import type { ErrorContext } from '../errors';
import type { Target } from '../target';
import type { Client } from './client';
import type { Options } from './config';
import type { Offer } from './offer';

/** What every step needs: the vendor's calls and the target that they go to. */
export interface Context {
  readonly client: Client;
  readonly target: Target;
  readonly options: Options;
  readonly offer: Offer;
}

export function where(context: Context, operation: string): ErrorContext {
  return { target: context.target.id, operation };
}
