import { parseEvents, parseJsonEvents } from '../../client/parse-events';
import type { ParsedEvents, Problem } from '../../client/problem';
import { changed, sampleEvent } from './sample-event';

function problemsOf(parsed: ParsedEvents): readonly Problem[] {
  if ('events' in parsed) throw new Error('was accepted');
  return parsed.problems;
}
function eventsOf(parsed: ParsedEvents) {
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.events;
}
const pathsOf = (parsed: ParsedEvents) => problemsOf(parsed).map(({ path }) => path);

test('an event comes through as it was sent, unknown fields included', () => {
  const event = {
    ...sampleEvent({
      data: { costCentre: { old: 1, next: null }, person: { badge: '17', externalIds: { vault: '4' } } },
    }),
    traceparent: '00-abc',
  };
  expect(eventsOf(parseEvents(event))).toEqual([event]);
});

describe('what is refused, and where', () => {
  test.each<[string, string, unknown, string]>([
    ['another version', 'specversion', '0.3', 'specversion'],
    ['no id', 'id', undefined, 'id'],
    ['an empty id', 'id', '', 'id'],
    ['a blank id', 'id', '  ', 'id'],
    ['a number as id', 'id', 4711, 'id'],
    ['a control character', 'id', 'hr\u00074711', 'id'],
    ['a long id', 'id', 'x'.repeat(257), 'id'],
    ['an empty source', 'source', '', 'source'],
    ['an unknown type', 'type', 'tenure.fired', 'type'],
    ['a local time', 'time', '2026-11-20T09:00:00', 'time'],
    ['no subject', 'subject', undefined, 'subject'],
    ['another subject', 'subject', 'e1043', 'subject'],
    ['no data', 'data', undefined, 'data'],
    ['data that is a list', 'data', [], 'data'],
    ['no person', 'data.person', undefined, 'data.person'],
    ['an unknown zone', 'data.person.timeZone', 'Europe/Olso', 'data.person.timeZone'],
    ['a number as an external id', 'data.person.externalIds', { vault: 4 }, 'data.person.externalIds.vault'],
    ['an alias that is no text', 'data.person.aliases', ['a', 7], 'data.person.aliases[1]'],
    ['a date that is not there', 'data.effectiveAt', '2026-11-31', 'data.effectiveAt'],
    ['the date of no end', 'data.employmentEndsAt', '9999-12-31', 'data.employmentEndsAt'],
    ['urgent as text', 'data.urgent', 'true', 'data.urgent'],
    ['half a sequence', 'data.sequence', 1.5, 'data.sequence'],
    ['a requester without a name', 'data.requestedBy', { phone: '1' }, 'data.requestedBy'],
    ['a leaver without a date', 'data.effectiveAt', undefined, 'data.effectiveAt'],
    ['a NUL in a field nobody knows', 'data.note', 'a\0b', 'data.note'],
    ['half a character', 'data.person.title', '\ud83d', 'data.person.title'],
  ])('%s', (_name, path, value, where) => {
    expect(pathsOf(parseEvents(changed(sampleEvent(), path, value)))).toEqual([where]);
  });

  test.each(['', 'a b', 'æ', 'e/1', 'e:1', 'x'.repeat(129)])('a person id %j', (id) => {
    expect(pathsOf(parseEvents(sampleEvent({ personId: id })))).toEqual(['data.person.id']);
  });

  test.each([null, 'text', 7, true])('no object but %j', (value) => {
    expect(problemsOf(parseEvents(value))).toEqual([{ path: '', message: expect.stringContaining('an object') }]);
  });

  test('all problems at once, those across fields included', () => {
    const broken = changed(changed(sampleEvent({ subject: 'e2' }), 'time', 'now'), 'data.effectiveAt', undefined);
    expect([...pathsOf(parseEvents(broken))].sort()).toEqual(['data.effectiveAt', 'subject', 'time']);
  });

  test('a time that has not come, with the field that is for it; a clock that runs ahead is none', () => {
    const ahead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const urgent = { data: { urgent: true } };
    const far = parseEvents([
      sampleEvent(urgent),
      sampleEvent({ id: '2', time: ahead(25) }),
      changed(sampleEvent({ id: '3', time: '2199-01-01T00:00:00Z' }), 'source', undefined),
    ]);
    expect(pathsOf(far)).toEqual(['[1].time', '[2].source', '[2].time']);
    expect(problemsOf(far)[0]?.message).toMatch(/more than a day ahead.*data\.effectiveAt/);
    expect(eventsOf(parseEvents(sampleEvent({ time: ahead(23) })))).toHaveLength(1);
  });

  test('words that a person can act on', () => {
    const [zone] = problemsOf(parseEvents(changed(sampleEvent(), 'data.person.timeZone', 'CEST!')));
    expect(zone?.message).toBe('must be a time zone of the IANA list, such as Europe/Oslo, not "CEST!"');
    const [missing] = problemsOf(parseEvents(changed(sampleEvent(), 'source', undefined)));
    expect(missing?.message).toBe('is missing');
    const [type] = problemsOf(parseEvents(changed(sampleEvent(), 'type', 'fired')));
    expect(type?.message).toContain('"tenure.leaver"');
  });
});

test('an urgent leaver needs no date, nor does another kind of event', () => {
  const urgent = changed(sampleEvent({ data: { urgent: true } }), 'data.effectiveAt', undefined);
  const hold = changed(sampleEvent({ type: 'tenure.hold' }), 'data.effectiveAt', undefined);
  expect(eventsOf(parseEvents(urgent))).toHaveLength(1);
  expect(eventsOf(parseEvents(hold))).toHaveLength(1);
});

test('null and blank in a known optional field mean that it was not said', () => {
  const sent = changed(changed(sampleEvent(), 'data.person.email', ''), 'data.employmentEndsAt', null);
  const [event] = eventsOf(parseEvents(changed(sent, 'data.person.username', '  ')));
  expect(event?.data.person).not.toHaveProperty('email');
  expect(event?.data.person).not.toHaveProperty('username');
  expect(event?.data).not.toHaveProperty('employmentEndsAt');
  expect(pathsOf(parseEvents(changed(sampleEvent(), 'data.person.id', null)))).toEqual(['data.person.id']);
});

describe('arrays', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, n) => sampleEvent({ id: `hr-${n}` }));

  test('keep their order', () => {
    expect(eventsOf(parseEvents(numbered(500))).map(({ id }) => id)).toEqual(numbered(500).map(({ id }) => id));
  });
  test('are refused whole for one bad entry, which is named', () => {
    const events: unknown[] = numbered(5);
    events[3] = changed(sampleEvent({ id: 'hr-3' }), 'data.person.timeZone', 'Mars/Olympus');
    expect(pathsOf(parseEvents(events))).toEqual(['[3].data.person.timeZone']);
  });
  test('may be neither empty nor longer than 500', () => {
    expect(problemsOf(parseEvents([]))).toHaveLength(1);
    expect(problemsOf(parseEvents(numbered(501)))[0]?.message).toContain('501');
  });
  test('may repeat an event, but not use an id for two', () => {
    const one = sampleEvent();
    expect(eventsOf(parseEvents([one, one]))).toHaveLength(2);
    const other = sampleEvent({ source: '/hr/other', data: { urgent: true } });
    expect(eventsOf(parseEvents([one, other]))).toHaveLength(2);
    expect(pathsOf(parseEvents([one, sampleEvent({ data: { urgent: true } })]))).toEqual(['[1].id']);
  });
});

describe('from bytes', () => {
  const bytes = (text: string) => Buffer.from(text);

  test('as JSON, with or without a byte order mark', () => {
    expect(eventsOf(parseJsonEvents(bytes(JSON.stringify(sampleEvent()))))).toEqual([sampleEvent()]);
    expect(eventsOf(parseJsonEvents(bytes(`\ufeff${JSON.stringify(sampleEvent())}`)))).toHaveLength(1);
  });
  test('not when they are no JSON, and without repeating them', () => {
    for (const text of ['', '{', '{"a":Anna}', 'Anna']) {
      const [only] = problemsOf(parseJsonEvents(bytes(text)));
      expect(only?.message).toMatch(/^is not JSON/);
      expect(only?.message).not.toContain('Anna');
    }
  });
  test('not when they are no UTF-8', () => {
    const latin1 = Buffer.from(JSON.stringify(sampleEvent({ data: { person: { title: 'Bøk' } } })), 'latin1');
    expect(problemsOf(parseJsonEvents(latin1))[0]?.message).toContain('UTF-8');
  });
  test('not when a field would change what objects are', () => {
    const text = JSON.stringify(sampleEvent()).replace('"urgent":false', '"__proto__":{"urgent":true}');
    expect(pathsOf(parseJsonEvents(bytes(text)))).toEqual(['data']);
    expect(({} as { urgent?: boolean }).urgent).toBeUndefined();
  });
  test('not when they nest without end or are too many', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const event = JSON.stringify(sampleEvent());
    expect(problemsOf(parseJsonEvents(bytes(event.replace('false', deep))))[0]?.message).toContain('nested');
    const large = sampleEvent({ data: { attachment: 'x'.repeat(70_000) } });
    expect(problemsOf(parseEvents(large))[0]?.message).toContain('bytes');
  });
});
