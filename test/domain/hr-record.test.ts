import {
  awaitedDay,
  newsOf,
  over,
  type Employment,
  type HrRecord,
  type KnownRecord,
  type RecordLook,
} from '../../domain/hr-record';

const readAt = '2026-11-20T09:00:00.000Z';
const person = { id: 'e1', email: 'anna@acme.test' };

function look(
  employments: readonly Employment[],
  more: Partial<Omit<RecordLook, 'record'>> & { record?: Partial<HrRecord> } = {},
): RecordLook {
  const { record, ...rest } = more;
  return {
    ...{ source: '/hr/bamboohr/acme', recordId: '17', readAt, hints: ['updated'], ...rest },
    record: { person, employments, ...record },
  };
}

/** What is told of the second look, after the first. */
function told(first: RecordLook, second: RecordLook, before?: KnownRecord) {
  const known = before ?? newsOf(first).known;
  const { events } = newsOf({ ...second, before: known });
  return events.map(({ id, type, data }) => ({ id, type, effectiveAt: data.effectiveAt }));
}

const working: Employment = { startsOn: '2020-01-01' };
const leaving: Employment = { ...working, endsOn: '2026-11-30' };

describe('somebody seen for the first time', () => {
  test('a first day ahead makes a joiner, from the beginning of that local day', () => {
    const { events } = newsOf(look([{ startsOn: '2026-12-01' }]));
    expect(events).toEqual([
      {
        ...{ specversion: '1.0', id: '17.1:joiner:2026-12-01', source: '/hr/bamboohr/acme', type: 'tenure.joiner' },
        ...{ time: readAt, subject: 'e1' },
        data: { person, effectiveAt: '2026-12-01T00:00:00', sequence: 1 },
      },
    ]);
  });

  test('somebody who has worked here for long has changed, unless HR says that the record is new', () => {
    const types = (hints: RecordLook['hints']) => newsOf(look([working], { hints })).events.map(({ type }) => type);
    expect(types(['updated'])).toEqual(['tenure.mover']);
    expect(types(['created', 'updated'])).toEqual(['tenure.joiner']);
  });

  test('an end is told however long ago it was, with its reason', () => {
    const ended = look([{ startsOn: '2020-01-01', endsOn: '2026-01-31' }], { record: { reason: 'resignation' } });
    expect(newsOf(ended).events).toMatchObject([
      { type: 'tenure.leaver', data: { effectiveAt: '2026-01-31', reason: 'resignation' } },
    ]);
  });

  test('a record without any employment is kept and tells nothing', () => {
    expect(newsOf(look([])).events).toEqual([]);
  });
});

describe('somebody seen before', () => {
  const first = look([working]);

  test('the same record again is no news, whatever was pinged', () => {
    expect(told(first, look([working], { hints: ['ended', 'created', 'deleted'] }))).toEqual([]);
    expect(told(look([leaving]), look([leaving], { hints: ['ended'] }))).toEqual([]);
  });

  test('an announced end, moved and moved back: each is an event of its own', () => {
    const announced = newsOf({ ...look([leaving]), before: newsOf(first).known });
    const moved = newsOf({ ...look([{ ...working, endsOn: '2026-12-15' }]), before: announced.known });
    const back = newsOf({ ...look([leaving]), before: moved.known });
    const ids = [announced, moved, back].flatMap(({ events }) => events.map(({ id }) => id));
    expect(ids).toEqual(['17.2:leaver:2026-11-30', '17.3:leaver:2026-12-15', '17.4:leaver:2026-11-30']);
  });

  test('an end that is taken back names what it cancels', () => {
    const announced = newsOf({ ...look([leaving]), before: newsOf(first).known });
    const { events, known } = newsOf({ ...look([working]), before: announced.known });
    expect(events).toMatchObject([{ type: 'tenure.leaver.cancelled', data: { cancels: '17.2:leaver:2026-11-30' } }]);
    expect(known.leaver).toBeUndefined();
  });

  test('a new employment after the end is a rehire; taken back, access ends at once', () => {
    const gone = newsOf({ ...look([leaving]), before: newsOf(first).known });
    const again = newsOf({ ...look([leaving, { startsOn: '2027-02-01' }]), before: gone.known });
    expect(again.events).toMatchObject([{ type: 'tenure.rehire', data: { effectiveAt: '2027-02-01T00:00:00' } }]);
    const not = newsOf({ ...look([leaving]), before: again.known });
    expect(not.events).toMatchObject([
      {
        id: '17.4:leaver:withdrawn',
        type: 'tenure.leaver',
        data: { effectiveAt: readAt, employmentEndsAt: '2026-11-30' },
      },
    ]);
  });

  test('a system without history: a rehire in the place of what was before, and taken back', () => {
    const gone = newsOf({ ...look([leaving]), before: newsOf(first).known });
    const again = newsOf({ ...look([{ startsOn: '2027-02-01' }]), before: gone.known });
    expect(again.events).toMatchObject([{ type: 'tenure.rehire', data: { effectiveAt: '2027-02-01T00:00:00' } }]);
    const not = newsOf({ ...look([leaving]), before: again.known });
    expect(not.events).toMatchObject([{ type: 'tenure.leaver', data: { effectiveAt: readAt } }]);
  });

  test('an end without a day is now, once; a day that comes later is told', () => {
    const gone = newsOf({ ...look([{ ...working, endsOn: over }]), before: newsOf(first).known });
    expect(gone.events).toMatchObject([{ id: '17.2:leaver:over', data: { effectiveAt: readAt } }]);
    const later = {
      ...look([{ ...working, endsOn: over }], { readAt: '2026-11-21T09:00:00.000Z' }),
      before: gone.known,
    };
    expect(newsOf(later).events).toEqual([]);
    const dated = newsOf({ ...look([{ ...working, endsOn: '2026-11-18' }]), before: gone.known });
    expect(dated.events).toMatchObject([{ id: '17.3:leaver:2026-11-18', data: { effectiveAt: '2026-11-18' } }]);
  });

  test('an end that was never heard of takes nothing from somebody who is back already', () => {
    const back = look([{ ...working, endsOn: '2026-10-31' }, { startsOn: '2026-11-15' }]);
    expect(told(first, back).map(({ type }) => type)).toEqual(['tenure.rehire']);
    const ahead = look([leaving, { startsOn: '2027-02-01' }]);
    expect(told(first, ahead).map(({ type }) => type)).toEqual(['tenure.leaver', 'tenure.rehire']);
  });

  test('a changed attribute makes a mover; the order of fields does not', () => {
    const moved = look([working], { record: { person: { ...person, department: 'Research' } } });
    expect(told(first, moved)).toEqual([{ id: '17.2:mover', type: 'tenure.mover', effectiveAt: undefined }]);
    const reordered = look([working], { record: { person: { email: person.email, id: person.id } } });
    expect(told(first, reordered)).toEqual([]);
  });

  test('a changed attribute of somebody who has left is remembered, not told', () => {
    const left = look([{ startsOn: '2020-01-01', endsOn: '2026-01-31' }]);
    const edited = { ...left, record: { ...left.record, person: { ...person, title: 'Alumna' } } };
    expect(told(left, edited)).toEqual([]);
  });

  test('revoke now makes the leaver urgent, once', () => {
    const now = look([leaving], { hints: ['revoke-now'] });
    const urgent = newsOf({ ...now, before: newsOf(look([leaving])).known });
    expect(urgent.events).toMatchObject([{ type: 'tenure.leaver', data: { urgent: true } }]);
    expect(newsOf({ ...now, before: urgent.known }).events).toEqual([]);
  });

  test('garden leave suspends, and its end resumes, beside an announced end', () => {
    const announced = newsOf({ ...look([leaving]), before: newsOf(first).known });
    const rests = newsOf({ ...look([leaving], { record: { suspended: true } }), before: announced.known });
    expect(rests.events.map(({ type }) => type)).toEqual(['tenure.suspended']);
    const works = newsOf({ ...look([leaving]), before: rests.known });
    expect(works.events.map(({ type }) => type)).toEqual(['tenure.resumed']);
    const back = newsOf({ ...look([working]), before: works.known });
    expect(back.events).toMatchObject([
      { type: 'tenure.leaver.cancelled', data: { cancels: '17.2:leaver:2026-11-30' } },
    ]);
  });

  test('access that ends before the employment says both', () => {
    const early = look([leaving], { record: { accessEndsAt: '2026-11-25' } });
    expect(newsOf({ ...early, before: newsOf(first).known }).events).toMatchObject([
      { data: { effectiveAt: '2026-11-25', employmentEndsAt: '2026-11-30' } },
    ]);
  });

  test('a moved first day is told while it is ahead', () => {
    const joining = look([{ startsOn: '2026-12-01' }]);
    expect(told(joining, look([{ startsOn: '2027-01-04' }]))).toEqual([
      { id: '17.2:joiner:2027-01-04', type: 'tenure.joiner', effectiveAt: '2027-01-04T00:00:00' },
    ]);
    expect(told(first, look([{ startsOn: '2019-12-01' }]))).toEqual([]);
  });

  test('time never goes back, whatever the clock says', () => {
    const known = newsOf(first).known;
    const { events } = newsOf({ ...look([leaving], { readAt: '2026-11-19T00:00:00.000Z' }), before: known });
    expect(events[0]?.time).toBe(readAt);
  });
});

test('a record is worth another look until its last day has passed', () => {
  const record = (employments: readonly Employment[]): HrRecord => ({ person, employments });
  expect(awaitedDay(record([leaving]), readAt)).toBe('2026-11-30');
  expect(awaitedDay(record([working]), readAt)).toBeUndefined();
  expect(awaitedDay(record([{ startsOn: '2026-12-01' }]), readAt)).toBe('2026-12-01');
  expect(awaitedDay(record([{ ...working, endsOn: '2026-11-19' }]), readAt)).toBeUndefined();
});
