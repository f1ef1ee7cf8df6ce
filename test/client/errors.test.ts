import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { FlowNotFound, fromTemporal, TemporalAway, TemporalRefused } from '../../client/errors';

/** As the SDK hands one on: its own error around the one of gRPC. */
function grpcError(code: number, details: string): Error {
  const grpc = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
  return new ServiceError('Failed to signalWithStart Workflow', { cause: grpc });
}

test.each([
  [1, TemporalAway],
  [4, TemporalAway],
  [8, TemporalAway],
  [14, TemporalAway],
  [5, FlowNotFound],
  [3, TemporalRefused],
  [7, TemporalRefused],
  [16, TemporalRefused],
])('gRPC %i', (code, kind) => {
  const error = fromTemporal(grpcError(code, 'details'), 'Handing event hr-1 to person:e1');
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toMatch(/^Handing event hr-1 to person:e1: /);
});

test('long words of the server are cut', () => {
  const error = fromTemporal(grpcError(3, 'x'.repeat(5000)), 'Listing flows') as Error;
  expect(error.message.length).toBeLessThan(300);
});

test('what is no error of Temporal stays what it is', () => {
  const bug = new TypeError('undefined is not a function');
  expect(fromTemporal(bug, 'Listing flows')).toBe(bug);
  expect(fromTemporal(new WorkflowNotFoundError('gone', 'leaver:e1', undefined), 'Asking')).toBeInstanceOf(
    FlowNotFound,
  );
});
