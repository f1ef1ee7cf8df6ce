import { temporal } from '@temporalio/proto';
import { pendingStep } from '../../activities/pending';

const { PENDING_ACTIVITY_STATE_SCHEDULED: scheduled, PENDING_ACTIVITY_STATE_STARTED: started } =
  temporal.api.enums.v1.PendingActivityState;
const pending = {
  activityType: { name: 'disableAccounts' },
  activityOptions: { taskQueue: { name: 'tenure-target-vault-eu' } },
};
const failed = (type: string) => ({ message: 'vault-eu: sign on: no answer', applicationFailureInfo: { type } });

describe('a step that has not returned', () => {
  test.each([
    ['never picked up', { attempt: 1, state: scheduled }, 'no-worker'],
    ['at its first attempt', { attempt: 1, state: started }, 'running'],
    ['between two attempts', { attempt: 4, state: scheduled, lastFailure: failed('VendorUnavailable') }, 'retrying'],
    ['trying once more', { attempt: 4, state: started, lastFailure: failed('VendorUnavailable') }, 'retrying'],
    ['watching sessions', { attempt: 9, state: scheduled, lastFailure: failed('StillDraining') }, 'running'],
  ])('%s', (_what, more, state) => {
    expect(pendingStep({ ...pending, ...more })).toMatchObject({
      target: 'vault-eu',
      step: 'disableAccounts',
      attempt: more.attempt,
      state,
    });
  });

  test('its last failure is told with its kind, and cut', () => {
    const long = { message: 'x'.repeat(1000), applicationFailureInfo: { type: 'VendorUnavailable' } };
    const { lastFailure } = pendingStep({ ...pending, attempt: 2, lastFailure: long });
    expect(lastFailure).toMatch(/^VendorUnavailable x+$/);
    expect(lastFailure).toHaveLength(300);
    expect(pendingStep({ ...pending, attempt: 1 }).lastFailure).toBeUndefined();
  });
});
