import { readFileSync } from 'node:fs';
import * as errors from '../../connectors/errors';
import { errorTable, type ConnectorErrorName } from '../../connectors/errors';

const read = (path: string) => readFileSync(`${__dirname}/../../${path}`, 'utf8');
const page = read('docs/reference/errors.md');

/** Heading and text of every section of the page, in order. */
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [name = '', ...lines] = section.split('\n');
    return { name, text: lines.join('\n') };
  });
const line = (text: string, label: string) => new RegExp(`^- \\*\\*${label}\\*\\*: (.*)$`, 'm').exec(text)?.[1];
const documented = sections.filter(({ text }) => line(text, 'Do') !== undefined);
const names = Object.keys(errorTable) as ConnectorErrorName[];

test('the page has every error of the table, and no other', () => {
  expect(documented.map(({ name }) => name)).toEqual(names);
});

test('every error of the table is a class of its name, and the other way round', () => {
  const classes = Object.entries(errors).filter(([, value]) => typeof value === 'function');
  expect(
    classes
      .map(([name]) => name)
      .filter((name) => name !== 'ConnectorError')
      .sort(),
  ).toEqual([...names].sort());
  for (const name of names) {
    const error = new errors[name]('why', { target: 't', operation: 'o' });
    expect(error).toBeInstanceOf(errors.ConnectorError);
    expect(error.name).toBe(name);
  }
});

test.each(names)('%s: the page says what the code does', (name) => {
  const text = documented.find((section) => section.name === name)?.text ?? '';
  const { retryable, delayMs, advice } = errorTable[name];
  const step = line(text, 'Step') ?? '';
  expect(step.split(',', 1)[0]).toBe(retryable ? 'repeats' : 'parks');
  expect(/first after (\d+) s/.exec(step)?.[1]).toBe(delayMs === undefined ? undefined : String(delayMs / 1000));
  expect(line(text, 'Do')).toBe(advice);
  const comment = new RegExp(`/\\*\\* (.*) \\*/\\nexport class ${name} `).exec(read('connectors/errors.ts'))?.[1];
  expect(text.trim().split('\n', 1)[0]).toBe(comment);
});

test('the page has every reason to park, and no other', () => {
  const union = /export type ParkReason =([^;]*);/.exec(read('domain/containment.ts'))?.[1] ?? '';
  const reasons = [...union.matchAll(/'([^']+)'/g)].map(([, reason]) => reason);
  const table = sections.find(({ name }) => name === 'Why a step parks')?.text ?? '';
  expect(reasons.length).toBeGreaterThan(0);
  expect([...table.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, reason]) => reason).sort()).toEqual([...reasons].sort());
});
