import { environment } from '../../policy/cel/environment';
import { knownFields } from '../../policy/person-field';
import { policySchema } from '../../policy/schema';
import { rowsOf, shapeOf, tableOf } from './reference-table';

/** The reference of `policy:` in Markdown, made from the schemas and the language that check it. */
export function policyReference(): string {
  const { properties = {} } = shapeOf(policySchema({ personFields: [], momentOf: () => ({}) }));
  const { access, ...flows } = properties;
  return (
    [
      '# Policy reference',
      'Made from the schemas that check a policy; `test/docs/policy.test.ts` keeps them equal. A policy is `policy:` in `tenure.yaml`, or a file of its own that `policyFile:` names. `tenure policy check` lists every problem with its line; unknown keys are refused. [How to write one](../how-to/write-a-policy.md).',
      '## What happens to whom',
      tableOf(rowsOf({ properties: flows }, '')),
      '## Who gets what: `access`',
      tableOf(rowsOf(access ?? {}, '')),
      conditions,
      ['### Fields of `person`', fieldTable(), fieldText].join('\n\n'),
      ['### Functions', functionText, functionList()].join('\n\n'),
      meaning,
    ].join('\n\n') + '\n'
  );
}

const conditions = [
  '## Conditions',
  '`when`, `unless`, `exclude[].when` and `until` are [CEL](https://cel.dev) over two names: `person`, as HR described them last, and `now`, a timestamp. They are evaluated in activities only, never in workflow code: a changed policy changes no flow that is replayed.',
  '- **A field that the person does not have is absent**, never empty. A condition that reads it cannot be decided: that is a problem of this rule for this person, and while there is one, nothing is granted to them and nothing taken away. Guard it where absence is fine: `has(person.department) && person.department == "Platform"`. `&&` and `||` pass over a part that cannot be decided when the other part decides.',
  '- **Checked when it is read**: syntax, unknown names, fields and functions, texts compared with numbers, times and regular expressions that are written wrong, and conditions that can never be true (`person.title == "A" && person.title == "B"`).',
  '- **Small**: at most 2000 characters, two loops inside each other, 500 entries of a list. Regular expressions are RE2.',
].join('\n');

function fieldTable(): string {
  const kinds = {
    text: 'text',
    texts: 'list of texts',
    'named-texts': 'texts by name',
    any: 'as HR sends it',
  } as const;
  const rows = Object.entries(knownFields).map(([name, type]) => `| \`person.${name}\` | ${kinds[type]} |`);
  return ['| field | what it holds |', '|---|---|', ...rows].join('\n');
}

const fieldText =
  'Every other field that HR sends can be used once `access.personFields` names it: a name that is in neither list is a slip of the pen until somebody says otherwise. Templates (`{username}-adm`, `{externalIds.badge}`; `{{` and `}}` are braces) know the same fields; a template whose field is absent is a problem like a condition’s.';

const functionText =
  'The operators and macros of CEL (`==`, `in`, `&&`, `||`, `!`, `? :`, `has`, `all`, `exists`, `exists_one`, `filter`, `map`…), and these functions:';

function functionList(): string {
  const names = [...environment.funcs].map(({ name }) => name).filter((name) => /^[a-z]/i.test(name));
  return [...new Set(names)]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ');
}

const meaning = [
  '## How rules add up',
  '- The order of rules means nothing. Whatever any matching rule gives is wanted; rules that name the same account of the same target (case aside) add to one account.',
  '- Two rules that set one attribute of one account to different values are a problem of that person. What a rule sets wins over `defaults`; null takes a default away.',
  '- A grant of several rules lasts as long as the longest of them, and is privileged when one of them says so.',
  '- `for` counts from the day on which the rule first gave this grant to this person, which the store keeps for good: leaving and coming back does not start it anew. With `for` and `until`, the earlier end counts. What is over is not wanted any more; the person is looked at again at the next end, and at times that a condition compares with `now`. A joiner, mover or suspension that waits for a later day lets that look pass and waits again. Where one is at work, waits for people or is held back, the look waits for its end, and for somebody who is suspended until they are back: a grant whose time is over is held for so long.',
  '- What some rule gives to somebody is managed: a mover loses it where policy no longer gives it. Everything else is left alone and reported.',
].join('\n');
