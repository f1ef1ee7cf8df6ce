import { WorkflowNotFoundError, isGrpcServiceError } from '@temporalio/client';

/** Temporal cannot be reached or is overloaded: nothing is known to have arrived; send it again. */
export class TemporalAway extends Error {
  override readonly name = 'TemporalAway';
}

/** Nobody answers for the flow: no worker polls its task queue, or it is busy. The flow itself is safe. */
export class NoWorker extends Error {
  override readonly name = 'NoWorker';
}

/** No such flow, or it has ended. */
export class FlowNotFound extends Error {
  override readonly name = 'FlowNotFound';
}

/** The flow was asked and said no; the message says why. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused';
}

/** Temporal answered with something that sending again will not change. */
export class TemporalRefused extends Error {
  override readonly name = 'TemporalRefused';
}

// gRPC status codes, which are part of the protocol (@grpc/grpc-js is not ours to import).
const AWAY = new Map([
  [1, 'did not answer in time'], // cancelled: what grpc-js says now and then when a deadline passes
  [4, 'did not answer in time'],
  [8, 'is overloaded'],
  [14, 'cannot be reached'],
]);
const NOT_FOUND = 5;
/** What a query meets when no worker has polled for a while. */
export const failedPrecondition = 9;

/**
 * What went wrong with a call to Temporal, in one of the classes above; anything else comes back as it was.
 * @param what the call in words, such as `handing event hr-1 to person:e1`
 */
export function fromTemporal(error: unknown, what: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return new FlowNotFound(`${what}: Temporal knows no running flow ${error.workflowId}; it may have ended`, {
      cause: error,
    });
  }
  const grpc = grpcErrorOf(error);
  if (grpc === undefined) return error;
  const words = AWAY.get(grpc.code);
  if (words !== undefined) return new TemporalAway(`${what}: Temporal ${words}`, { cause: error });
  const details = grpc.details.slice(0, 200);
  if (grpc.code === NOT_FOUND) return new FlowNotFound(`${what}: ${details}`, { cause: error });
  return new TemporalRefused(`${what}: Temporal refused (gRPC ${grpc.code}): ${details}`, { cause: error });
}

/** The SDK wraps gRPC errors in its own, one or two deep. */
export function grpcErrorOf(error: unknown): { readonly code: number; readonly details: string } | undefined {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    if (isGrpcServiceError(one)) return { code: one.code, details: one.details };
  }
  return undefined;
}
