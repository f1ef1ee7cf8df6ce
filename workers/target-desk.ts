import { Breaker, fingerprintOf, Turn, type TargetDesk } from '../activities';
import { openConnector } from '../connectors/registry';
import type { Target } from '../connectors/target';
import type { Mode } from '../domain/target';
import { stricter } from '../domain/target';
import { serviceAccountOf } from './config';

/** Opens one target's connector with all that its steps need around it. */
export function openTargetDesk({
  target,
  mode,
  isStopped,
  turn = new Turn(),
}: {
  readonly target: Target;
  readonly mode: Mode;
  readonly isStopped: () => Promise<boolean>;
  /** Shared by the targets that hold the same accounts. */
  readonly turn?: Turn;
}): TargetDesk {
  const secrets = [target.auth, ...(target.scim === undefined ? [] : [target.scim.auth])].flatMap((auth) => {
    if ('token' in auth) return [() => auth.token.reveal()];
    return 'password' in auth ? [() => auth.password.reveal()] : [() => auth.clientSecret.reveal()];
  });
  return {
    id: target.id,
    type: target.type,
    system: target.system,
    serviceAccount: serviceAccountOf(target),
    mode: stricter(mode, target.mode),
    connector: openConnector(target),
    correlation: target.correlation,
    breaker: new Breaker(target.id, () => fingerprintOf(secrets)),
    ...(target.administrators !== undefined && { administrators: { rule: target.administrators, turn } }),
    isStopped,
  };
}
