import { later, momentOf, momentsOf } from '../../activities/moment';
import type { HrEvent } from '../../domain/event';
import type { Person } from '../../domain/person';

const person = (timeZone?: string): Person => ({ id: 'e1', ...(timeZone === undefined ? {} : { timeZone }) });
const inOslo = (text: string) => momentOf({ text, person: person('Europe/Oslo'), defaultTimeZone: 'UTC' });

describe('the instant that HR means', () => {
  test.each([
    ['winter time', '2026-11-30T17:00:00', '2026-11-30T16:00:00.000Z'],
    ['summer time', '2026-06-30T17:00:00', '2026-06-30T15:00:00.000Z'],
    ['an hour that comes twice is the earlier one', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    ['an hour that never comes is the one after the gap', '2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
    ['an offset is obeyed, whatever the zone', '2026-11-30T17:00:00-05:00', '2026-11-30T22:00:00.000Z'],
    ['Z is an offset', '2026-11-30T17:00:00Z', '2026-11-30T17:00:00.000Z'],
    ['a date alone is the end of that day', '2026-11-30', '2026-11-30T23:00:00.000Z'],
    ['a day of 23 hours ends with its last', '2026-03-29', '2026-03-29T22:00:00.000Z'],
    ['a day of 25 hours ends with its last', '2026-10-25', '2026-10-25T23:00:00.000Z'],
    ['the last day of a leap February', '2028-02-29', '2028-02-29T23:00:00.000Z'],
  ])('%s', (_what, text, at) => {
    expect(inOslo(text)).toEqual({ at });
  });

  test('a zone whose day begins at one o’clock when the clock changes at midnight', () => {
    const seen = momentOf({ text: '2026-09-05', person: person('America/Santiago'), defaultTimeZone: 'UTC' });
    expect(seen).toEqual({ at: '2026-09-06T04:00:00.000Z' });
  });

  test.each([
    ['absent', undefined],
    ['unknown', 'Mars/Olympus'],
  ])('%s zone: the default is taken and noted', (_what, zone) => {
    const seen = momentOf({ text: '2026-11-30', person: person(zone), defaultTimeZone: 'America/New_York' });
    expect(seen.at).toBe('2026-12-01T05:00:00.000Z');
    expect(seen.note).toContain('America/New_York');
  });

  test('an offset needs no zone, so nothing is noted', () => {
    expect(momentOf({ text: '2026-11-30T17:00:00+01:00', person: person(), defaultTimeZone: 'UTC' })).toEqual({
      at: '2026-11-30T16:00:00.000Z',
    });
  });

  test.each(['soon', '2026-02-30', '30.11.2026', ''])('%j is told as a problem and never guessed', (text) => {
    const seen = inOslo(text);
    expect(seen.at).toBeUndefined();
    expect(seen.problem).toContain('no ISO 8601');
  });
});

test('both dates of an event; what cannot be read is absent and noted', () => {
  const event = {
    type: 'tenure.leaver',
    data: { person: person('Europe/Oslo'), effectiveAt: '2026-11-30', employmentEndsAt: 'end of year' },
  } as unknown as HrEvent;
  expect(momentsOf(event, 'UTC')).toEqual({
    accessEndsAt: '2026-11-30T23:00:00.000Z',
    note: expect.stringContaining('end of year'),
  });
});

test.each([
  ['2027-01-31T12:00:00.000Z', 'P1M', '2027-02-28T12:00:00.000Z'],
  ['2026-10-24T22:00:00.000Z', 'P30D', '2026-11-23T22:00:00.000Z'],
  ['2026-11-20T09:00:00.000Z', 'PT0S', '2026-11-20T09:00:00.000Z'],
])('%s and %s later is %s', (from, duration, at) => {
  expect(later(from, duration)).toBe(at);
});

test('what begins on a day begins with it', () => {
  const event = {
    type: 'tenure.joiner',
    data: { person: person('Europe/Oslo'), effectiveAt: '2026-12-01' },
  } as unknown as HrEvent;
  expect(momentsOf(event, 'UTC')).toEqual({ beginsAt: '2026-11-30T23:00:00.000Z' });
});
