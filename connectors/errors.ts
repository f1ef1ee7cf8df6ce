import type { Grant } from '../domain/account';

/** Where and with what a vendor's refusal or failure happened. Texts are cut and hold no bodies and no secrets. */
export interface ErrorContext {
  /** The target's id. */
  readonly target: string;
  /** What was being done, such as `disable account`. */
  readonly operation: string;
  readonly status?: number;
  /** The vendor's own code in the body, such as `ITATS003E`. */
  readonly code?: string;
  readonly requestId?: string;
  /** Milliseconds to wait, from the vendor's own headers. */
  readonly retryAfterMs?: number;
  /** A directory owns what was to be changed: it can be changed there, and nowhere else. */
  readonly ownedByDirectory?: boolean;
  readonly cause?: unknown;
}

/** Base of everything that a connector throws. */
export abstract class ConnectorError extends Error {
  abstract override readonly name: ConnectorErrorName;
  constructor(
    message: string,
    readonly context: ErrorContext,
  ) {
    super(
      `${context.target}: ${context.operation}: ${message}`,
      context.cause === undefined ? undefined : { cause: context.cause },
    );
  }
}

/** No answer, a timeout, a broken connection or a 5xx: the vendor is down or the way to it is. */
export class VendorUnavailable extends ConnectorError {
  readonly name = 'VendorUnavailable';
}
/** The vendor asked us to slow down. */
export class VendorThrottled extends ConnectorError {
  readonly name = 'VendorThrottled';
}
/** The credential was refused, also after one refresh. */
export class VendorUnauthorized extends ConnectorError {
  readonly name = 'VendorUnauthorized';
}
/** The vendor understood and said no: a person must act. */
export class VendorRejected extends ConnectorError {
  readonly name = 'VendorRejected';
}
/** The object is in a state that contradicts the request, such as a duplicate natural key. */
export class VendorConflict extends ConnectorError {
  readonly name = 'VendorConflict';
}
/** The answer is not what the API promises: malformed, HTML, or fails its schema. */
export class VendorAnswerInvalid extends ConnectorError {
  readonly name = 'VendorAnswerInvalid';
}
/** The vendor said yes, and reading back shows that nothing changed. */
export class VendorIgnoredWrite extends ConnectorError {
  readonly name = 'VendorIgnoredWrite';
}
/** A field that this step depends on is missing from the answer; writing would guess. */
export class Unobservable extends ConnectorError {
  readonly name = 'Unobservable';
  /** Grants of the kinds that were seen all the same: a strip takes these away and parks for the others. */
  seen?: readonly Grant[];
}
/** The target's own configuration cannot work: missing secret, unreadable CA file, wrong pin. */
export class TargetMisconfigured extends ConnectorError {
  readonly name = 'TargetMisconfigured';
}

export type ConnectorErrorName =
  | 'VendorUnavailable'
  | 'VendorThrottled'
  | 'VendorUnauthorized'
  | 'VendorRejected'
  | 'VendorConflict'
  | 'VendorAnswerInvalid'
  | 'VendorIgnoredWrite'
  | 'Unobservable'
  | 'TargetMisconfigured';

/** What each class of failure means for the step: the one table that code and docs share. */
export interface ErrorRule {
  /** Temporal repeats the step by itself; otherwise it parks until a person resolves it. */
  readonly retryable: boolean;
  /** First delay before a repeat, milliseconds; Temporal's backoff applies when absent. The vendor's own Retry-After comes first. */
  readonly delayMs?: number;
  /** What the operator does. */
  readonly advice: string;
}

export const errorTable: Readonly<Record<ConnectorErrorName, ErrorRule>> = {
  VendorUnavailable: {
    retryable: true,
    advice:
      'Nothing: the step goes on by itself when the vendor answers again. If it stays away, check the address and the network path.',
  },
  VendorThrottled: {
    retryable: true,
    delayMs: 5_000,
    advice: 'Nothing: the step goes on by itself. If it happens often, lower limits.requestsPerSecond of the target.',
  },
  VendorUnauthorized: {
    retryable: true,
    delayMs: 15_000,
    advice:
      'Mend the credential of the target (auth in tenure.yaml), then run tenure check; all steps go on by themselves.',
  },
  VendorRejected: {
    retryable: false,
    advice:
      'Read the reason, mend it at the vendor (rights, ownership, licence), then resolve the step with retry, or skip it with a reason.',
  },
  VendorConflict: {
    retryable: false,
    advice:
      'Look at the account at the vendor: somebody or something else changed it. Then resolve the step with retry or skip.',
  },
  VendorAnswerInvalid: {
    retryable: true,
    delayMs: 30_000,
    advice:
      'Check baseUrl and what stands in front of the vendor (proxy, login page, maintenance). The step goes on by itself when answers are valid.',
  },
  VendorIgnoredWrite: {
    retryable: true,
    delayMs: 5_000,
    advice:
      'The vendor accepts the change without making it: check the rights of the service account. The step keeps trying.',
  },
  Unobservable: {
    retryable: false,
    advice:
      'The vendor hides a field that this step needs: give the service account the right to read it, then resolve the step with retry.',
  },
  TargetMisconfigured: {
    retryable: true,
    delayMs: 30_000,
    advice:
      'Mend the target in tenure.yaml (secret reference, CA file, pin) and restart its worker; the step goes on by itself.',
  },
};
