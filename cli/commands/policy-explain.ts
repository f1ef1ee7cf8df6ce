import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parseEventFile, readEventFile } from '../../client/event-file';
import type { TimeBoxes } from '../../domain/access';
import { nameOf, type Person } from '../../domain/person';
import { visible } from '../../domain/visible';
import type { Explanation, LoadedPolicy } from '../../policy/open';
import type { RuleTrace } from '../../policy/trace';
import { loadConfig } from '../../workers/config';
import { eventsOf } from '../event';
import { Complaint, exitCodes } from '../exit';
import { findPlace, type Place, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { withStore } from '../store';
import { tableOf } from '../table';
import { placed } from './option';

interface ExplainOptions extends PlaceOptions {
  readonly policy?: string;
  readonly at?: string;
}

/** Somebody to ask the policy about, and when their time-boxed grants began. */
interface Asked {
  readonly person: Person;
  readonly timeBoxes: TimeBoxes;
}

export function explainCommand(cli: Cli): Command {
  return placed(new Command('explain'))
    .description('which rule gives a person what on each target, which do not, and why')
    .argument('<person>', 'a person’s id, a person or an HR event as JSON, or a file of them (.json, .ndjson, .csv)')
    .option('--policy <file>', 'ask this policy instead of the configuration’s own')
    .option('--at <time>', 'as of this instant, such as 2026-12-01T00:00:00Z (default: now)')
    .action(async (person: string, options: ExplainOptions) => explain(cli, person, options));
}

async function explain({ terminal, ended }: Cli, text: string, options: ExplainOptions): Promise<void> {
  const at = momentOf(options.at);
  const place = findPlace(terminal, options);
  const policy = policyOf({ terminal, ended }, place, options);
  const people = await peopleOf({ text, place, cwd: terminal.cwd });
  const answers = people.map((asked) => answerOf({ ...asked, at, policy }));
  if (options.json) terminal.out(JSON.stringify(answers.length === 1 ? answers[0] : answers, null, 2));
  else for (const answer of answers) terminal.out(textOf(answer, terminal));
  ended(answers.some(({ problems }) => problems.length > 0) ? exitCodes.attention : exitCodes.ok);
}

function momentOf(text: string | undefined): string {
  const at = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(at.getTime())) throw new Complaint(`--at ${text}: write an instant such as 2026-12-01T00:00:00Z.`);
  return at.toISOString();
}

function policyOf({ terminal }: Cli, { config }: Place, { policy: file }: ExplainOptions): LoadedPolicy {
  if (file === undefined) return config.access;
  return loadConfig({ path: config.path, env: terminal.env, policyFile: path.resolve(terminal.cwd, file) }).access;
}

async function peopleOf({
  text,
  place,
  cwd,
}: {
  readonly text: string;
  readonly place: Place;
  readonly cwd: string;
}): Promise<readonly Asked[]> {
  if (/^\s*[{[]/.test(text)) return personOrEvents({ name: 'person.json', bytes: Buffer.from(text) }, 'the text');
  const file = path.resolve(cwd, text);
  if (/[.](json|ndjson|csv)$/i.test(text) || fs.existsSync(file)) {
    if (!fs.existsSync(file)) throw new Complaint(`${text}: there is no such file.`);
    if (/\.json$/i.test(text)) return personOrEvents({ name: text, bytes: fs.readFileSync(file) }, text);
    return distinct(eventsOf(await readEventFile(file), text).map(({ data }) => data.person));
  }
  return await withStore(place, async (store) => {
    const known = await store.people.get({ personId: text });
    if (known === undefined)
      throw new Complaint(
        `Nobody with the id ${text} is in the store: no event of theirs has come. Give JSON instead.`,
      );
    return [{ person: known.person, timeBoxes: await store.timeBoxes.of({ personId: text }) }];
  });
}

/** A person stands alone when the text has an id and is no event. */
function personOrEvents(file: { readonly name: string; readonly bytes: Buffer }, name: string): readonly Asked[] {
  const value = jsonIn(file.bytes, name);
  const { id, specversion } = (value ?? {}) as { readonly id?: unknown; readonly specversion?: unknown };
  if (!Array.isArray(value) && specversion === undefined) {
    if (typeof id !== 'string' || id === '') throw new Complaint(`${name} is no person: it has no id.`);
    return [{ person: value as Person, timeBoxes: {} }];
  }
  return distinct(eventsOf(parseEventFile(file), name).map(({ data }) => data.person));
}

function jsonIn(bytes: Buffer, name: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    throw new Complaint(`${name} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Everybody once, as the last event describes them. */
function distinct(people: readonly Person[]): readonly Asked[] {
  return [...new Map(people.map((person) => [person.id, { person, timeBoxes: {} }])).values()];
}

type Answer = ReturnType<typeof answerOf>;

function answerOf({ person, timeBoxes, at, policy }: Asked & { readonly at: string; readonly policy: LoadedPolicy }) {
  const { access, traces }: Explanation = policy.explain({ person, at, timeBoxes });
  const targets = [...new Set(traces.map(({ target }) => target))].map((target) => ({
    target,
    accounts: access.accounts.filter((account) => account.target === target),
    rules: traces.filter((trace) => trace.target === target),
  }));
  const { reviewAt, problems } = access;
  return {
    person: person.id,
    name: nameOf(person),
    at,
    policy: policy.hash,
    given: policy.isGiven,
    targets,
    problems,
    reviewAt,
  };
}

function textOf({ person, name, at, given, targets, problems, reviewAt }: Answer, terminal: Cli['terminal']): string {
  if (!given) return `${name} (${person}): the configuration says nothing of access (policy.access).\n`;
  const rows = targets.flatMap(({ target, rules }) =>
    rules.map((trace) => [target, trace.rule, saysOf(trace), whatOf(trace), whyOf(trace)]),
  );
  const table = tableOf({ head: ['target', 'rule', 'says', 'what', 'because'], rows, terminal });
  return [
    visible(`${name} (${person}), as of ${at}`),
    table,
    ...(reviewAt === undefined ? [] : [`Looked at again: ${reviewAt}`]),
    ...problems.map((problem) => visible(`Problem: ${problem}`)),
    ...(problems.length === 0 ? [] : ['Nothing is granted and nothing taken away until these are mended.']),
    '',
  ].join('\n');
}

const verdicts: Readonly<Record<RuleTrace['verdict'], string>> = {
  gives: 'gives',
  'does-not-match': 'does not match',
  excepted: 'excepted (unless)',
  excluded: 'excluded',
  undecided: 'cannot be decided',
};

function saysOf({ verdict }: RuleTrace): string {
  return verdicts[verdict];
}

function whatOf({ account, grants, problems }: RuleTrace): string {
  if (account === undefined) return problems.join('; ');
  const given = grants.map(({ kind, name, privileged, until, isOver }) =>
    [
      `${kind} ${name}`,
      ...(privileged ? ['(privileged)'] : []),
      ...(until === undefined ? [] : [isOver ? `(over since ${until})` : `(until ${until})`]),
    ].join(' '),
  );
  return [`account ${account.username}`, ...given].join(', ');
}

function whyOf({ condition, values, why }: RuleTrace): string {
  const seen = Object.entries(values).map(([field, value]) =>
    value === null ? `${field} is absent` : `${field} = ${JSON.stringify(value)}`,
  );
  return [
    ...(why === undefined ? [] : [`${why}:`]),
    condition.replace(/\s+/g, ' ').trim(),
    ...(seen.length === 0 ? [] : [`[${seen.join(', ')}]`]),
  ].join(' ');
}
