import { median, percentile } from '../../bench/arithmetic';
import { splitByPoll } from '../../bench/http/recording';
import { temporal } from '@temporalio/proto';
import { countActions, rowOf as actionRowOf } from '../../bench/row/action';
import { countActivities } from '../../bench/row/activity';
import { rowOf as changeRowOf } from '../../bench/row/change';
import { rowsOf } from '../../bench/row/latency';
import { rowOf as signInRowOf } from '../../bench/row/sign-in';
import { rowOf } from '../../bench/row/throughput';
import { requestRow } from '../../bench/row/request';
import type { Exchange } from '../../bench/http/relay';
import { carriedValues, lookUp } from '../../bench/http/carried-value';

function exchange(method: string, path: string, more: Partial<Exchange> = {}): Exchange {
  return { at: 0, method, origin: 'http://127.0.0.1', path, headers: {}, body: '', status: 200, answer: {}, ...more };
}

function eventsOf(events: readonly object[]) {
  return temporal.api.history.v1.History.fromObject({ events }).events;
}

describe('what the bench computes', () => {
  test('a percentile is one of the measured values, whatever their order', () => {
    const values = [50, 10, 40, 20, 30];
    expect(percentile(values, 0.5)).toBe(30);
    expect(percentile(values, 0.95)).toBe(50);
    expect(percentile([7], 0.5)).toBe(7);
    expect(() => percentile([], 0.5)).toThrow('nothing');
  });

  test('a median is the middle, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow('nothing');
  });

  test('billable actions are counted by the price list, and polls apart', () => {
    const person = eventsOf([
      { workflowExecutionStartedEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { markerRecordedEventAttributes: { markerName: 'core_local_activity', workflowTaskCompletedEventId: 4 } },
      { markerRecordedEventAttributes: { markerName: 'core_local_activity', workflowTaskCompletedEventId: 4 } },
      { startChildWorkflowExecutionInitiatedEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
    ]);
    const leaver = eventsOf([
      { workflowExecutionStartedEventAttributes: { parentWorkflowExecution: { workflowId: 'person:e1' } } },
      { eventId: 5, activityTaskScheduledEventAttributes: { activityType: { name: 'drainSessions' } } },
      { activityTaskStartedEventAttributes: { scheduledEventId: 5, attempt: 3 } },
      { workflowTaskCompletedEventAttributes: {} },
      { upsertWorkflowSearchAttributesEventAttributes: { searchAttributes: { indexedFields: { TenureState: {} } } } },
    ]);
    expect(countActions(person)).toMatchObject({ actions: 5, polls: 0 });
    expect(countActions(leaver)).toMatchObject({ actions: 2, polls: 2 });
    expect(actionRowOf([person, leaver])).toMatchObject({ measured: '7 (+ 2 polls)', reached: true });
  });

  test('an attempt that failed is billed and is no poll; of local activities too', () => {
    const events = eventsOf([
      { eventId: 5, activityTaskScheduledEventAttributes: { activityType: { name: 'disableAccounts' } } },
      { activityTaskStartedEventAttributes: { scheduledEventId: 5, attempt: 3 } },
      { workflowTaskCompletedEventAttributes: { meteringMetadata: { nonfirstLocalActivityExecutionAttempts: 4 } } },
    ]);
    expect(countActions(events)).toMatchObject({ actions: 7, polls: 0, images: 1 });
    expect(actionRowOf([events])).toMatchObject({ measured: '7 (+ 0 polls)' });
    expect(actionRowOf([events]).notes?.[1]).toContain('(8 with them)');
  });

  test('timers and updates are billed, patches are free, and a signal is billed where it arrives', () => {
    const indexed = (...names: readonly string[]) => ({
      searchAttributes: { indexedFields: Object.fromEntries(names.map((name) => [name, {}])) },
    });
    const events = eventsOf([
      { workflowExecutionStartedEventAttributes: {} },
      { workflowTaskScheduledEventAttributes: {} },
      { timerStartedEventAttributes: {} },
      { workflowExecutionUpdateAcceptedEventAttributes: {} },
      { workflowExecutionUpdateCompletedEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { signalExternalWorkflowExecutionInitiatedEventAttributes: {} },
      { markerRecordedEventAttributes: { markerName: 'core_patch', workflowTaskCompletedEventId: 4 } },
      { upsertWorkflowSearchAttributesEventAttributes: indexed('TemporalChangeVersion') },
      { upsertWorkflowSearchAttributesEventAttributes: indexed('TemporalChangeVersion', 'TenureState') },
    ]);
    const { actions, kinds } = countActions(events);
    expect(actions).toBe(5);
    expect(Object.fromEntries([...kinds].filter(([, count]) => count !== 0))).toEqual({
      start: 1,
      timer: 1,
      update: 1,
      signal: 1,
      'upsert of search attributes': 1,
    });
  });

  test('activities are counted by the target that had the most, polls and core apart', () => {
    const at = (taskQueue: string, attempts = 1) => ({ name: `step on ${taskQueue}`, taskQueue, attempts });
    const ofFlow = [at('tenure'), at('tenure-target-a'), at('tenure-target-b'), at('tenure-target-b', 4)];
    const count = countActivities(ofFlow, [at('tenure')], ['a', 'b']);
    expect(count).toMatchObject({ most: 2, polls: 3 });
    expect(count.note).toContain('3 activities on 2 targets, 2 for events, plan and evidence (1.00 per target)');
    const other = countActivities([...ofFlow, at('tenure-target-a')], [], ['a', 'b']);
    const five = { ...other, most: 5 };
    expect(changeRowOf('mover', { one: count, two: other })).toMatchObject({
      measured: '2 (+ 6 polls over all targets)',
      reached: true,
    });
    expect(changeRowOf('mover', { one: count, two: five })).toMatchObject({ target: '<= 4', reached: false });
  });

  test('sign-in is told beside what plain axios takes, and promises nothing', () => {
    const row = signInRowOf([300, 400, 500], [40, 50, 30]);
    expect(row).toMatchObject({ measured: '0.40 s' });
    expect(row).not.toHaveProperty('reached');
    expect(row.notes?.[0]).toContain('p50 0.04 s; Tenure takes 10.00 times as long');
  });

  test('throughput is the ratio of medians, and is held to its target', () => {
    const row = rowOf({ ours: [9, 8, 1], sameShape: [10, 10, 30], least: [16, 16, 1], leavers: 5 });
    expect(row).toMatchObject({ measured: '0.80', reached: true });
    expect(row.notes?.[1]).toContain('0.50 against that');
    const missed = rowOf({ ours: [7.9], sameShape: [10], least: [10], leavers: 5 });
    expect(missed).toMatchObject({ measured: '0.79', reached: false });
  });

  test('latency is held to both its targets', () => {
    const [p50, p95] = rowsOf([900, 900, 2100], [450, 450, 450]);
    expect(p50).toMatchObject({ measured: '0.90 s', reached: true });
    expect(p95).toMatchObject({ measured: '2.10 s', reached: false });
    expect(p95?.notes?.[0]).toContain('2.00 times as long');
  });

  test('polls are told apart by the question that each begins with', () => {
    const list = exchange('GET', '/sessions');
    const end = exchange('POST', '/sessions/1/terminate');
    expect(splitByPoll([list, end, list, list, exchange('GET', '/users')]).map((poll) => poll.length)).toEqual([
      2, 1, 2,
    ]);
    expect(splitByPoll([])).toEqual([[]]);
  });

  test('one request too many in a step of four misses 1.25 only when it is a second one', () => {
    const times = (count: number) => [Array.from({ length: count }, () => exchange('GET', '/Users'))];
    const row = (disable: number) =>
      requestRow({
        target: 'delinea-scim',
        signOns: 0,
        steps: { disableAccounts: times(disable), stripEntitlements: times(4), drainSessions: times(2) },
      });
    expect(row(4)).toMatchObject({ measured: '1.00 (4/4, 4/4, 2/2)', reached: true });
    expect(row(5)).toMatchObject({ reached: true });
    expect(row(6)).toMatchObject({ reached: false });
  });

  test('ids that a vendor gave are found again in another person’s answers, wherever they stand', () => {
    const recorded = {
      rows: [
        { id: 7, name: 'bob' },
        { id: 9, name: 'rp0001' },
      ],
    };
    const [carried] = carriedValues(exchange('GET', '/users/9'), [recorded], 'rp0001');
    expect(carried).toMatchObject({ recorded: '9', from: 0 });
    const other = {
      rows: [
        { id: 12, name: 'xp0001' },
        { id: 7, name: 'bob' },
      ],
    };
    expect(lookUp(other, carried?.steps ?? [], 'xp0001')).toBe('12');
  });
});
