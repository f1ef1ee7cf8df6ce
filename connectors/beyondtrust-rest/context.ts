import type { Call } from '../connector';
import type { ErrorContext } from '../errors';
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

export function where(context: Context, operation: string): ErrorContext {
  return { target: context.target.id, operation };
}

/** How a listing by offset of users or groups is told whole (`connectors/http`). */
export function listingOf(context: Context, operation: string) {
  const idOf = ({ id }: { readonly id: number | string }): string => String(id);
  return { target: context.target.id, operation, idOf, pageSize: context.options.pageSize };
}
