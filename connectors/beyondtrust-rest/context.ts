import type { Call } from '../connector';
import type { Target } from '../target';
import type { Client } from './client';
import type { Options } from './config';
import type { GroupNames } from './mapping';

/** What every step needs: the vendor's calls and the target that they go to. */
export interface Context {
  readonly client: Client;
  readonly target: Target;
  readonly options: Options;
  readonly namesByCall: WeakMap<Call, GroupNames>;
}
