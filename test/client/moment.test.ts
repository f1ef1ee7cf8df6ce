import fc from 'fast-check';
import { isInstant, isMoment, isTimeZone } from '../../client/moment';

describe('isInstant', () => {
  test.each(['2026-11-20T09:00:00Z', '2026-11-20T09:00:00.123456789+05:30', '2024-02-29T23:59:59-11:00'])(
    'takes %s',
    (text) => expect(isInstant(text)).toBe(true),
  );

  test.each([
    ['a date alone', '2026-11-20'],
    ['no offset', '2026-11-20T09:00:00'],
    ['no seconds', '2026-11-20T09:00Z'],
    ['a day that is not there', '2026-02-29T09:00:00Z'],
    ['the 31st of a short month', '2026-11-31T09:00:00Z'],
    ['a month 13', '2026-13-01T09:00:00Z'],
    ['hour 24', '2026-11-20T24:00:00Z'],
    ['a leap second', '2026-12-31T23:59:60Z'],
    ['an impossible offset', '2026-11-20T09:00:00+99:00'],
    ['a sentinel for no end', '9999-12-31T00:00:00Z'],
    ['a space', '2026-11-20 09:00:00Z'],
    ['two times', '2026-11-20T09:00:00ZT09:00:00Z'],
    ['seconds since 1970', '1763629200'],
    ['nothing', ''],
  ])('refuses %s', (_name, text) => expect(isInstant(text)).toBe(false));

  test('takes what Date writes, and what it takes Date can read', () => {
    const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(fc.property(dates, (date) => isInstant(date.toISOString())));
    fc.assert(fc.property(fc.string(), (text) => !isInstant(text) || !Number.isNaN(Date.parse(text))));
  });
});

describe('isMoment', () => {
  test.each([
    '2026-11-30',
    '2026-11-30T17:00',
    '2026-11-30T17:00:00',
    '2026-11-30T17:00:00+01:00',
    '2026-11-30T17:00Z',
  ])('takes %s', (text) => expect(isMoment(text)).toBe(true));
  test.each(['2026-11-31', '2026-11-30T25:00', '30.11.2026', '11/30/2026', '2026-11', '9999-12-31', 'tomorrow', ''])(
    'refuses %s',
    (text) => expect(isMoment(text)).toBe(false),
  );
});

describe('isTimeZone', () => {
  test.each(['Europe/Oslo', 'America/Argentina/Buenos_Aires', 'UTC'])('takes %s', (zone) =>
    expect(isTimeZone(zone)).toBe(true),
  );
  test.each(['Europe/Olso', '+02:00', 'GMT+2', '', 'W. Europe Standard Time'])('refuses %s', (zone) =>
    expect(isTimeZone(zone)).toBe(false),
  );
});
