import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseEventFile, readEventFile } from '../../client/event-file';
import type { ParsedEvents } from '../../client/problem';
import { changed, sampleEvent } from './sample-event';

const file = (name: string, text: string | Buffer): ParsedEvents => parseEventFile({ name, bytes: Buffer.from(text) });
const one = JSON.stringify(sampleEvent({ id: 'hr-1' }));
const two = JSON.stringify(sampleEvent({ id: 'hr-2' }));
const bad = JSON.stringify(changed(sampleEvent({ id: 'hr-3' }), 'data.person.timeZone', 'Nowhere'));

function problemsOf(parsed: ParsedEvents) {
  if ('events' in parsed) throw new Error('was accepted');
  return parsed.problems;
}

describe('one event a line', () => {
  test.each([
    ['line feeds', `${one}\n${two}\n`],
    ['carriage returns as well', `${one}\r\n${two}`],
    ['a byte order mark and empty lines', `\ufeff${one}\n\n  \n${two}\n\n`],
  ])('with %s', (_name, text) => {
    const parsed = file('events.ndjson', text);
    expect(parsed).toEqual({ events: [sampleEvent({ id: 'hr-1' }), sampleEvent({ id: 'hr-2' })] });
  });

  test('nothing is accepted when any line is wrong, and every line is named', () => {
    const parsed = file('EVENTS.NDJSON', `${one}\n\nno json\n${bad}\n[${two}]\n`);
    expect(problemsOf(parsed)).toEqual([
      { path: 'line 3', message: 'is not JSON' },
      { path: 'line 4: data.person.timeZone', message: expect.stringContaining('"Nowhere"') },
      { path: 'line 5', message: expect.stringContaining('an object') },
    ]);
  });

  test('an id that stands for two events is named with both lines', () => {
    const other = JSON.stringify(sampleEvent({ id: 'hr-1', data: { urgent: true } }));
    expect(problemsOf(file('a.jsonl', `${one}\n${other}`))).toEqual([
      { path: 'line 2: id', message: expect.stringContaining('line 1') },
    ]);
  });
});

test('a whole JSON document holds one event or many', () => {
  expect(file('a.json', JSON.stringify(sampleEvent(), null, 2))).toEqual({ events: [sampleEvent()] });
  expect(file('a.json', `[${one},${two}]`)).toMatchObject({ events: [{ id: 'hr-1' }, { id: 'hr-2' }] });
  expect(problemsOf(file('a.json', `[${one},${bad}]`))[0]?.path).toBe('[1].data.person.timeZone');
});

test.each([
  ['an empty file', 'a.ndjson', ''],
  ['blank lines only', 'a.ndjson', '\n \n'],
  ['an empty array', 'a.json', '[]'],
  ['a table without rows', 'a.csv', 'id,source,type,time,person.id\n'],
  ['a table without anything', 'a.csv', ''],
])('%s is a problem, not a success', (_name, name, text) => {
  expect(problemsOf(file(name, text))).toHaveLength(1);
});

test('the ending says how to read a file; an unknown one is asked about', () => {
  expect(problemsOf(file('events.xlsx', one))[0]?.message).toContain('.csv');
});

test('a file that is not UTF-8 says so', () => {
  expect(problemsOf(file('a.csv', Buffer.from('navn\nBjørn', 'latin1')))[0]?.message).toContain('UTF-8');
});

describe('from disk', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'tenure-events-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('reads 20,000 events and takes the last line as seriously as the first', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) =>
      JSON.stringify(sampleEvent({ id: `hr-${n}`, personId: `e${n}` })),
    );
    const name = path.join(folder, 'many.ndjson');
    await writeFile(name, lines.join('\n'));
    expect(await readEventFile(name)).toMatchObject({ events: { length: 20_000 } });
    await writeFile(name, `${lines.join('\n')}\n{}`);
    expect(problemsOf(await readEventFile(name))[0]?.path).toMatch(/^line 20001/);
  });

  test('does not read a file of more than 50 MB', async () => {
    const name = path.join(folder, 'huge.csv');
    await writeFile(name, Buffer.alloc(50 * 1024 * 1024 + 1, 32));
    expect(problemsOf(await readEventFile(name))[0]?.message).toContain('split');
  });

  test('throws when there is no such file', async () => {
    await expect(readEventFile(path.join(folder, 'none.csv'))).rejects.toThrow('ENOENT');
  });
});
