import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEventFile } from '../../../client/event-file';
import { sampleCompany, sampleFolder } from '../../../cli/demo/company';
import { daysSince, shiftDays } from '../../../cli/demo/days';
import { sampleEvents, rememberAccepted } from '../../../cli/demo/play';
import { newDesk } from '../rig';

describe('the dates of the sample', () => {
  it('move by whole days, whatever else is in the text', () => {
    const value = {
      date: '2026-02-27',
      local: '2026-03-02T17:00:00',
      instant: '2026-02-23T09:00:00Z',
      offset: '2026-02-23T09:00:00.5+02:00',
      id: 'hr-1001',
      words: 'until 2026-03-02',
      count: 20260302,
    };
    expect(shiftDays(value, 3)).toEqual({
      ...value,
      date: '2026-03-02',
      local: '2026-03-05T17:00:00',
      instant: '2026-02-26T09:00:00Z',
      offset: '2026-02-26T09:00:00.5+02:00',
    });
    expect(daysSince('2026-03-04', new Date('2026-03-04T23:59:59Z'))).toBe(0);
    expect(daysSince('2026-03-04', new Date('2027-03-04T00:00:00Z'))).toBe(365);
    expect(daysSince('2026-03-04', new Date('2026-03-03T12:00:00Z'))).toBe(-1);
  });

  const file = path.join(sampleFolder, 'hr-events.ndjson');
  const bytes = readFileSync(file);
  const company = sampleCompany();

  test.each(['2026-03-04T00:10:00Z', '2026-12-31T23:50:00Z', '2028-02-29T12:00:00Z'])('fit a start at %s', (at) => {
    const now = new Date(at);
    const parsed = parseEventFile({ name: file, bytes });
    if (!('events' in parsed)) throw new Error(JSON.stringify(parsed.problems));
    const events = shiftDays(parsed.events, daysSince(company.asOf, now));
    jest.spyOn(Date, 'now').mockReturnValue(now.getTime()); // a time ahead of the clock is refused
    expect(
      parseEventFile({ name: file, bytes: Buffer.from(events.map((one) => JSON.stringify(one)).join('\n')) }),
    ).toEqual({
      events,
    });
    jest.restoreAllMocks();
    const inDays = (text: string) => (Date.parse(text.slice(0, 10)) - now.getTime()) / 86_400_000;
    const lastDay = (id: string) => inDays(String(events.find((one) => one.id === id)?.data.effectiveAt));
    for (const { time } of events) expect(Date.parse(time)).toBeLessThan(now.getTime());
    // Over in every zone, and not a week late.
    for (const id of ['hr-1001', 'hr-1007', 'hr-1008', 'hr-1010', 'hr-1013']) {
      expect(lastDay(id)).toBeLessThanOrEqual(-2);
      expect(lastDay(id)).toBeGreaterThan(-6);
    }
    expect(lastDay('hr-1011')).toBeLessThan(-8);
    for (const id of ['hr-1002', 'hr-1003', 'hr-1004', 'hr-1005', 'hr-1009']) expect(lastDay(id)).toBeGreaterThan(2);
  });

  it('are moved once: a second start sends the same, and nothing after all was accepted', () => {
    const desk = newDesk();
    const first = sampleEvents(desk.cwd);
    expect(first.isAccepted).toBe(false);
    expect(sampleEvents(desk.cwd)).toEqual(first);
    rememberAccepted(desk.cwd, first.events);
    expect(sampleEvents(desk.cwd)).toEqual({ ...first, isAccepted: true });
    expect(readFileSync(file)).toEqual(bytes);
    desk.remove();
  });

  it('tell of people who are in the company, as the company knows them', () => {
    const parsed = parseEventFile({ name: file, bytes });
    const events = 'events' in parsed ? parsed.events : [];
    const joinsFirst = (id: string) => events.find(({ subject }) => subject === id)?.type === 'tenure.joiner';
    for (const { data } of events) {
      const known = company.people.find(({ id }) => id === data.person.id);
      if (known === undefined) expect(joinsFirst(data.person.id)).toBe(true);
      else expect(known).toMatchObject({ username: data.person.username, email: data.person.email });
    }
    expect(company.people.length).toBeGreaterThanOrEqual(12);
  });
});
