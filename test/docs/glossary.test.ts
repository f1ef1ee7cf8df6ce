import { readFileSync } from 'node:fs';
import { flowStates } from '../../domain/flow';
import { modes } from '../../domain/target';

const read = (path: string) => readFileSync(`${__dirname}/../../${path}`, 'utf8');
const page = read('docs/reference/glossary.md');

const section = (title: string): string => {
  const found = page.split(/^## /m).find((one) => one.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`the glossary has no section ${title}`);
  return found;
};
/** The first cell of every row, as code. */
const wordsIn = (title: string) => [...section(title).matchAll(/^\| `([^`]+)` +\|/gm)].map(([, word]) => word ?? '');

/** The texts of a union of the domain, comments aside. */
function unionOf(name: string): readonly string[] {
  const source = read('domain/flow.ts').replace(/\/\/.*$/gm, '');
  const body = new RegExp(`export type ${name} =([^;]*);`).exec(source)?.[1] ?? '';
  const words = [...body.matchAll(/'([^']+)'/g)].map(([, word]) => word ?? '');
  if (words.length === 0) throw new Error(`${name} is not in domain/flow.ts any more`);
  return words;
}

test('every outcome of a step is explained, and no other', () => {
  expect(wordsIn('Outcomes of a step')).toEqual(unionOf('StepOutcome'));
});

test('every state and outcome of a flow is explained, and no other', () => {
  expect(wordsIn('States and outcomes of a flow')).toEqual([...flowStates, ...unionOf('FlowOutcome')]);
});

test('every mode is explained', () => {
  const row =
    section('Targets')
      .split('\n')
      .find((line) => line.startsWith('| mode ')) ?? '';
  expect([...row.matchAll(/`([^`]+)`/g)].map(([, word]) => word)).toEqual([...modes]);
});

test('no word is explained twice in one table', () => {
  for (const table of page.split(/^## /m).slice(1)) {
    const words = [...table.matchAll(/^\| ([^|]+?) +\|/gm)]
      .map(([, word]) => word)
      .filter((word) => !/^-+$/.test(word ?? ''));
    expect(words).toEqual([...new Set(words)]);
  }
});
