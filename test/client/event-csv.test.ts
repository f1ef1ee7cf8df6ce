import { parseCsvEvents } from '../../client/event-csv';
import type { ParsedEvents } from '../../client/problem';

const HEADER = 'id,source,type,time,person.id';
const ROW = 'hr-1,/hr/acme,tenure.leaver,2026-01-20T09:00:00Z,e1';

function eventsOf(parsed: ParsedEvents) {
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.events;
}
function problemsOf(parsed: ParsedEvents) {
  if ('events' in parsed) throw new Error('was accepted');
  return parsed.problems;
}

test('a row becomes an event, with booleans, numbers and lists where they belong', () => {
  const [event] = eventsOf(
    parseCsvEvents(
      `${HEADER},person.displayName,person.aliases,person.externalIds.vault,person.otherActiveEmployments,effectiveAt,urgent,sequence,reason,requestedBy.email,costCentre.old\n` +
        `${ROW},"Eriksen, Anna",ae; anna.e@acme.test;,0042,false,2026-11-30,FALSE,7,"said ""enough""\nand left",hr@acme.test,17`,
    ),
  );
  expect(event).toEqual({
    specversion: '1.0',
    id: 'hr-1',
    source: '/hr/acme',
    type: 'tenure.leaver',
    time: '2026-01-20T09:00:00Z',
    subject: 'e1',
    data: {
      person: {
        id: 'e1',
        displayName: 'Eriksen, Anna',
        aliases: ['ae', 'anna.e@acme.test'],
        externalIds: { vault: '0042' },
        otherActiveEmployments: false,
      },
      effectiveAt: '2026-11-30',
      urgent: false,
      sequence: 7,
      reason: 'said "enough"\nand left',
      requestedBy: { email: 'hr@acme.test' },
      costCentre: { old: '17' },
    },
  });
});

test('empty cells are absent, groups of empty cells too', () => {
  const [event] = eventsOf(
    parseCsvEvents(`${HEADER},person.email,effectiveAt,urgent,requestedBy.id,requestedBy.email\n${ROW},, ,true,,`),
  );
  expect(event?.data).toEqual({ person: { id: 'e1' }, urgent: true });
});

test.each([
  ['a byte order mark and CRLF', `\ufeff${HEADER},urgent\r\n${ROW},true\r\n`],
  ['empty lines', `${HEADER},urgent\n\n${ROW},true\n\n`],
  ['semicolons', `${HEADER},urgent\n${ROW},true\n`.replaceAll(',', ';')],
  ['tabs', `${HEADER},urgent\n${ROW},true\n`.replaceAll(',', '\t')],
  ['data. before the paths, and spaces', 'id, source ,type,time,data.person.id,data.urgent\n' + `${ROW},true`],
  ['old line ends', `${HEADER},urgent\r${ROW},true\r`],
])('takes %s', (_name, text) => {
  expect(eventsOf(parseCsvEvents(text))).toMatchObject([{ id: 'hr-1', subject: 'e1', data: { urgent: true } }]);
});

test('problems carry the line on which the row begins, line breaks in cells included', () => {
  const rows = [
    `${ROW},true,"one\r\ntwo\r\nthree"`,
    '',
    ROW.replace('e1', 'e 1').replace('hr-1', 'hr-2') + ',true,',
    ROW.replace('2026-01-20', '2026-02-30').replace('hr-1', 'hr-3') + ',maybe,',
  ];
  const parsed = parseCsvEvents(`${HEADER},urgent,reason\r\n${rows.join('\r\n')}`);
  expect(problemsOf(parsed).map(({ path }) => path)).toEqual([
    'line 6: data.person.id',
    'line 7: time',
    'line 7: data.urgent',
    'line 7: data.effectiveAt',
  ]);
});

test('a row of the wrong width hides no other problem', () => {
  const other = (id: string, text: string) => ROW.replace('hr-1', id).replace('e1', text);
  const rows = [
    `${other('hr-2', 'e 2')},true`,
    `${ROW},true,Oslo`,
    `${other('hr-3', 'e3')},maybe`,
    ROW,
    `${other('hr-4', 'e4')},true`,
  ];
  expect(problemsOf(parseCsvEvents([`${HEADER},urgent`, ...rows].join('\n'))).map(({ path }) => path)).toEqual([
    'line 2: data.person.id',
    'line 3',
    'line 4: data.urgent',
    'line 4: data.effectiveAt',
    'line 5',
  ]);
});

test.each([
  ['missing columns, each once', 'id,source,type\na,b,c\nd,e,f', ['the column time', 'the column person.id']],
  ['a column twice', `${HEADER},urgent,urgent\n${ROW},true,false`, ['twice']],
  ['a column without a name', `${HEADER},\n${ROW},true`, ['has no name']],
  ['a value that is a group too', `${HEADER},person\n${ROW},Anna`, ['group']],
  ['a path that is none', `${HEADER},person..x\n${ROW},1`, ['path']],
  ['a path into objects themselves', `${HEADER},__proto__.urgent\n${ROW},true`, ['path']],
  ['a quote left open', `${HEADER},reason\n${ROW},"he said`, ['Quote']],
  ['a cell too many', `${HEADER},urgent\n${ROW},true,Oslo, Norway`, ['8 cells']],
  ['a cell too few', `${HEADER},urgent\n${ROW}`, ['5 cells']],
])('refuses %s', (_name, text, messages) => {
  expect(problemsOf(parseCsvEvents(text)).map(({ message }) => message)).toEqual(
    messages.map((message) => expect.stringContaining(message)),
  );
});

test('a column named after what every object has stays a column', () => {
  const [event] = eventsOf(parseCsvEvents(`${HEADER},urgent,constructor.name,toString\n${ROW},true,x,y`));
  expect(event?.data).toMatchObject({ constructor: { name: 'x' }, toString: 'y' });
  expect({}.constructor).toBe(Object);
  expect(Object.name).toBe('Object');
});
