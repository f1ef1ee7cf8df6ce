import type { ZodType } from 'zod';
import type { Connector } from './connector';
import type { Target } from './target';
import type { TargetType } from '../domain/target';

/** What a vendor's folder exports: one line in `registry.ts` makes it known. */
export interface Vendor {
  readonly type: TargetType;
  /** Dialect options of the target, every one with a default; unknown keys are refused. */
  readonly options: ZodType;
  /** `target.options` has been parsed by `options`. Opens no connection; fails here when the target cannot work. */
  open(target: Target): Connector;
}
