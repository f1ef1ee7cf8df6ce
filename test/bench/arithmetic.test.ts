import { median, percentile } from '../../bench/arithmetic';
import { splitByPoll } from '../../bench/http/recording';
import { temporal } from '@temporalio/proto';
import { countActions, rowOf as actionRowOf } from '../../bench/row/action';
import { rowsOf } from '../../bench/row/latency';
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
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 3 } },
      { workflowTaskCompletedEventAttributes: {} },
      { upsertWorkflowSearchAttributesEventAttributes: {} },
    ]);
    expect(countActions(person)).toMatchObject({ actions: 5, retries: 0 });
    expect(countActions(leaver)).toMatchObject({ actions: 2, retries: 2 });
    expect(actionRowOf([person, leaver])).toMatchObject({ measured: '7 (+ 2 polls)', reached: true });
  });

  test('throughput is the ratio of medians, and is held to its target', () => {
    expect(rowOf({ ours: [9, 8, 1], bare: [10, 10, 30], leavers: 5 })).toMatchObject({
      measured: '0.80',
      reached: true,
    });
    expect(rowOf({ ours: [7.9], bare: [10], leavers: 5 })).toMatchObject({ measured: '0.79', reached: false });
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
