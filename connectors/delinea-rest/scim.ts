import type { Connector } from '../connector';
import type { Target } from '../target';

/** The tenant's SCIM surface as a connector of its own; absent unless the target has `scim`. */
export function openScim(_target: Target): Connector | undefined {
  return undefined;
}
