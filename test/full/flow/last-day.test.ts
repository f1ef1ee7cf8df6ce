import type { HrEventData } from '../../../domain/event';
import { SkippingRig } from '../../rig/skipping';
import { hrEvent, seedPerson } from '../../rig/tenure';

const appliance = 'beyondtrust-rest';
const minute = 60_000;
/** Far enough that no case is over when the test begins. */
const year = new Date().getUTCFullYear() + 2;
const oslo = { spring: sundayOf(2, -1), autumn: sundayOf(9, -1) };
const newYork = { spring: sundayOf(2, 2), autumn: sundayOf(10, 1) };

interface LastDay {
  readonly id: string;
  readonly what: string;
  readonly effectiveAt: string;
  readonly timeZone: string | undefined;
  readonly at: string;
}

/** Clocks change in Oslo at 01:00 UTC, in New York at 02:00 local time. */
const lastDays: readonly LastDay[] = [
  lastDay(
    'gap-oslo',
    'an hour that never comes',
    `${oslo.spring}T02:30:00`,
    'Europe/Oslo',
    `${oslo.spring}T01:30:00.000Z`,
  ),
  lastDay(
    'overlap-oslo',
    'an hour that comes twice',
    `${oslo.autumn}T02:30:00`,
    'Europe/Oslo',
    `${oslo.autumn}T00:30:00.000Z`,
  ),
  lastDay('short-oslo', 'a day of 23 hours alone', oslo.spring, 'Europe/Oslo', `${oslo.spring}T22:00:00.000Z`),
  lastDay('long-oslo', 'a day of 25 hours alone', oslo.autumn, 'Europe/Oslo', `${oslo.autumn}T23:00:00.000Z`),
  lastDay(
    'gap-ny',
    'an hour that never comes',
    `${newYork.spring}T02:30:00`,
    'America/New_York',
    `${newYork.spring}T07:30:00.000Z`,
  ),
  lastDay(
    'overlap-ny',
    'an hour that comes twice',
    `${newYork.autumn}T01:30:00`,
    'America/New_York',
    `${newYork.autumn}T05:30:00.000Z`,
  ),
  lastDay(
    'short-ny',
    'a day of 23 hours alone',
    newYork.spring,
    'America/New_York',
    `${after(newYork.spring)}T04:00:00.000Z`,
  ),
  lastDay(
    'long-ny',
    'a day of 25 hours alone',
    newYork.autumn,
    'America/New_York',
    `${after(newYork.autumn)}T05:00:00.000Z`,
  ),
  lastDay('no-zone', 'no zone: the default one', `${year}-07-01T17:00:00`, undefined, `${year}-07-01T11:30:00.000Z`),
  lastDay(
    'odd-zone',
    'a zone that nobody knows: the default one',
    `${year}-08-01`,
    'Mars/Olympus',
    `${year}-08-01T18:30:00.000Z`,
  ),
].sort((a, b) => (a.at < b.at ? -1 : 1));

const moving = ['later', 'earlier'];
const people = [...lastDays.map(({ id }) => id), ...moving].map((id) => seedPerson(id));
const person = (id: string) => people.find((one) => one.id === id) ?? seedPerson(id);

describe('the end of access, to the minute', () => {
  let rig: SkippingRig;
  beforeAll(async () => {
    rig = await SkippingRig.start({ types: [appliance], people, config: { defaultTimeZone: 'Asia/Kolkata' } });
  }, 180_000);
  afterAll(async () => rig.stop(), 120_000);

  const isEnabled = (id: string) => rig.standIn(appliance).account(`${id}@acme.test`)?.enabled;
  const leave = (id: string, data: Partial<HrEventData>) => rig.send(hrEvent(person(id), 'tenure.leaver', data));
  const from = (start: number, days: number) => new Date(start + days * 24 * 60 * minute).toISOString();
  const due = (id: string, at: string) => rig.until(id, ({ dueAt }) => dueAt === at, `the end of access at ${at}`);
  const ends = async (id: string, at: string) => {
    await rig.passUntil(new Date(Date.parse(at) - 5 * minute).toISOString());
    expect([id, isEnabled(id)]).toEqual([id, true]);
    expect((await rig.progress(id)).state).toBe('scheduled');
    await rig.passUntil(new Date(Date.parse(at) + 5 * minute).toISOString());
    await rig.untilOver(id);
    expect([id, isEnabled(id)]).toEqual([id, false]);
  };

  test('a last day that is moved while it is waited for holds in both directions, whoever moves it', async () => {
    const start = await rig.now();
    await leave('later', { effectiveAt: from(start, 10) });
    await leave('earlier', { effectiveAt: from(start, 40) });
    await due('later', from(start, 10));
    await due('earlier', from(start, 40));
    await rig.passUntil(from(start, 9));
    await leave('later', { effectiveAt: from(start, 20) });
    await rig.say('earlier', 'reschedule', {
      effectiveAt: from(start, 15),
      reason: 'hands over sooner',
      by: 'ann@acme.test',
    });
    await due('later', from(start, 20));
    await due('earlier', from(start, 15));
    await rig.passUntil(from(start, 11));
    expect(isEnabled('later')).toBe(true);
    await ends('earlier', from(start, 15));
    await ends('later', from(start, 20));
  }, 120_000);

  describe('where clocks change', () => {
    beforeAll(async () => {
      for (const { id, effectiveAt, timeZone } of lastDays) {
        const { username, email, displayName } = person(id);
        const zone = timeZone === undefined ? {} : { timeZone };
        await leave(id, { effectiveAt, person: { id, username, email, displayName, ...zone } });
      }
      for (const { id, at } of lastDays) await due(id, at);
    }, 120_000);

    test.each(lastDays)('$id: $what ($effectiveAt)', async ({ id, at }) => ends(id, at), 60_000);

    test('a zone that was assumed is in the evidence', async () => {
      for (const id of ['no-zone', 'odd-zone']) {
        const [event] = await rig.store.evidence.list({ personId: id });
        expect(event?.detail).toContain('Asia/Kolkata was taken');
      }
    });
  });
});

function lastDay(id: string, what: string, effectiveAt: string, timeZone: string | undefined, at: string): LastDay {
  return { id, what, effectiveAt, timeZone, at };
}

/** A Sunday of that month (0 is January): the second, or counted from the end. */
function sundayOf(month: number, which: number): string {
  const days = Array.from({ length: 31 }, (_, index) => new Date(Date.UTC(year, month, index + 1)));
  const sundays = days.filter((one) => one.getUTCMonth() === month && one.getUTCDay() === 0);
  return dateOf(sundays.at(which < 0 ? which : which - 1) ?? new Date(NaN));
}

function after(date: string): string {
  return dateOf(new Date(Date.parse(date) + 24 * 60 * minute));
}

function dateOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
