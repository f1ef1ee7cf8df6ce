import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { ConnectorError, errorTable } from '../connectors/errors';

/** Vendor words in a failure are cut: histories have size limits, and bodies may hold what nobody should see. */
const messageLimit = 400;
/** A rate that the vendor names is obeyed up to this. */
const longestDelayMs = 15 * 60_000;

/** The one place where a connector's error becomes Temporal's. */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!(error instanceof ConnectorError)) return asError(error);
  const rule = errorTable[error.name];
  const { target, operation, status, code, requestId, retryAfterMs } = error.context;
  const delay = retryAfterMs ?? rule.delayMs;
  return ApplicationFailure.create({
    type: error.name,
    message: error.message.slice(0, messageLimit),
    nonRetryable: !rule.retryable,
    ...(delay === undefined ? {} : { nextRetryDelay: Math.min(delay, longestDelayMs) }),
    details: [
      {
        target,
        operation,
        status,
        code,
        requestId,
        advice: rule.advice,
        reason: error.name === 'Unobservable' ? 'unobservable' : 'rejected',
      },
    ],
  });
}

/** Not a failure: the step is not over yet and is asked again later. Counts no error and is logged at debug level. */
export function notYet({
  type,
  message,
  againInMs,
}: {
  type: string;
  message: string;
  againInMs: number;
}): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nextRetryDelay: againInMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Whatever was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
