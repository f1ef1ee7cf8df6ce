import path from 'node:path';
import { Argument, Command } from 'commander';
import type { EvidenceEntry } from '../../domain/evidence';
import { evidenceJson } from '../../store/evidence-export';
import { evidencePage } from '../../store/evidence-page';
import type { Store } from '../../store/open-store';
import { writeWhole } from '../data-dir';
import { evidenceLines } from '../evidence/lines';
import { headsInTemporal, type HeadsByPerson, type KeptHead } from '../evidence/head';
import { entriesOf, givenHead, verdictOf, verifyPerson, type Verified } from '../evidence/verification';
import { Complaint, exitCodes } from '../exit';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { withStore } from '../store';
import { maybeTemporal } from '../temporal';
import { placed } from './option';

interface EvidenceOptions extends PlaceOptions {
  readonly all?: boolean;
  readonly html?: boolean | string;
  readonly output?: string;
  readonly head?: string;
}

export function evidenceCommand(cli: Cli): Command {
  const command = new Command('evidence').description('read, export and verify the evidence of what was done');
  const below = (name: string, description: string) =>
    placed(new Command(name))
      .description(description)
      .addArgument(new Argument('[person]', 'the person’s id; left out with --all'))
      .option('--all', 'everybody');
  command.addCommand(
    below('show', 'print the entries, oldest first').action(
      async (person: string | undefined, options: EvidenceOptions) => show(cli, person, options),
    ),
  );
  command.addCommand(
    below('export', 'write the entries as JSON, or as a page for people')
      .option('--html [file]', 'a page to read instead of JSON; put the person first')
      .option('--output <file>', 'write to this file instead of standard output; with --all, into this folder')
      .action(async (person: string | undefined, options: EvidenceOptions) => exportAll(cli, person, options)),
  );
  command.addCommand(
    below('verify', 'find any change, removal or reordering; compares with the heads that Temporal keeps, too')
      .option('--head <hash>', 'a head that was kept elsewhere: the chain must have passed through it')
      .action(async (person: string | undefined, options: EvidenceOptions) => verify(cli, person, options)),
  );
  return command;
}

async function show({ terminal }: Cli, person: string | undefined, options: EvidenceOptions): Promise<void> {
  wantOneOrAll(person, options);
  const place = findPlace(terminal, options);
  await withStore(place, async (store) => {
    const people = person === undefined ? await peopleOf(store) : [person];
    const all: EvidenceEntry[] = [];
    for (const personId of people) {
      const entries = await entriesOf(store, personId);
      if (entries.length === 0) throw new Complaint(`There is no evidence of a person ${personId}.`);
      if (options.json) all.push(...entries);
      else terminal.out(`${personId}: ${entries.length} entries\n${evidenceLines(entries)}\n`);
    }
    if (options.json) terminal.out(JSON.stringify(all, null, 2));
  });
}

/** One file a person: that is how an auditor asks, and how a page can be printed. */
async function exportAll(cli: Cli, person: string | undefined, options: EvidenceOptions): Promise<void> {
  const { terminal, ended } = cli;
  const output = options.output ?? (typeof options.html === 'string' ? options.html : undefined);
  const asPage = options.html !== undefined;
  wantOneOrAll(person, options);
  if (options.all === true && output === undefined) throw new Complaint('--all needs --output FOLDER.');
  let isIntact = true;
  await withHeads(cli, { person, options }, async ({ store, people, headsOf }) => {
    for (const personId of people) {
      const verified = await verifyPerson({ store, personId, heads: headsOf(personId) });
      isIntact &&= verified.every(({ intact }) => intact);
      const text = await exportOf({ store, personId, verified, asPage });
      if (output === undefined) {
        terminal.out(text.trimEnd());
        continue;
      }
      const ending = asPage ? 'html' : 'json';
      const place = path.resolve(terminal.cwd, output);
      const file = options.all === true ? path.join(place, `${personId}.${ending}`) : place;
      // It holds who left, when and why.
      writeWhole(file, text, 0o600);
      terminal.err(`Written: ${file}`);
    }
  });
  ended(isIntact ? exitCodes.ok : exitCodes.attention);
}

async function exportOf({
  store,
  personId,
  verified,
  asPage,
}: {
  readonly store: Store;
  readonly personId: string;
  readonly verified: readonly Verified[];
  readonly asPage: boolean;
}): Promise<string> {
  const entries = await entriesOf(store, personId);
  const comparedWith = verified.flatMap((one) => one.comparedWith ?? []);
  // The comparison that shows a fault is the one to tell of.
  const { comparedWith: _from, ...verification } = (verified.find(({ intact }) => !intact) ?? verified[0]) as Verified;
  const input = { personId, entries, verification, comparedWith, madeAt: new Date().toISOString() };
  return asPage ? evidencePage(input) : evidenceJson(input);
}

async function verify(cli: Cli, person: string | undefined, options: EvidenceOptions): Promise<void> {
  const { terminal, ended } = cli;
  const { head } = options;
  if (head !== undefined && person === undefined) throw new Complaint('--head goes with one person.');
  wantOneOrAll(person, options);
  const results = await withHeads(cli, { person, options }, async ({ store, people, headsOf }) => {
    const done: Verified[] = person === undefined ? [await store.evidence.verify()] : [];
    for (const personId of people) {
      const given = head === undefined ? [] : [await givenHead(store, personId, head)];
      done.push(...(await verifyPerson({ store, personId, heads: [...given, ...headsOf(personId)] })));
    }
    return done;
  });
  if (options.json) terminal.out(JSON.stringify(results, null, 2));
  else for (const result of results) terminal.out(verdictOf(result));
  ended(results.every(({ intact }) => intact) ? exitCodes.ok : exitCodes.attention);
}

interface Compared {
  readonly store: Store;
  readonly people: readonly string[];
  readonly headsOf: (personId: string) => readonly KeptHead[];
}

/**
 * The store beside the heads that Temporal keeps. These are fetched first: what a flow says in its result is in the store
 * by then, and somebody of whom the store knows nothing any more is not passed over.
 */
async function withHeads<T>(
  { terminal }: Cli,
  { person, options }: { readonly person: string | undefined; readonly options: EvidenceOptions },
  work: (compared: Compared) => Promise<T>,
): Promise<T> {
  const place = findPlace(terminal, options);
  const temporal = await maybeTemporal(terminal, place, 'Compared with the store alone, not with Temporal');
  const kept: HeadsByPerson = await (
    temporal === undefined ? Promise.resolve(new Map()) : headsInTemporal(temporal.client, person)
  ).finally(() => temporal?.close());
  const headsOf = (personId: string) => kept.get(personId) ?? [];
  return await withStore(place, async (store) => {
    if (person === undefined) {
      const people = new Set([...(await peopleOf(store)), ...kept.keys()]);
      return await work({ store, people: [...people].sort(), headsOf });
    }
    const isKnown = options.head !== undefined || headsOf(person).length > 0;
    if (!isKnown && (await store.evidence.head({ personId: person })).count === 0) {
      const where = temporal === undefined ? 'in the store, and Temporal was not asked' : 'in the store or in Temporal';
      throw new Complaint(`There is no evidence of a person ${person} ${where}.`);
    }
    return await work({ store, people: [person], headsOf });
  });
}

function wantOneOrAll(person: string | undefined, { all }: EvidenceOptions): void {
  if ((person === undefined) !== (all === true)) throw new Complaint('Give one person, or --all.');
}

/** Everybody of whom the store has evidence. */
async function peopleOf(store: Store): Promise<readonly string[]> {
  const people: string[] = [];
  for (let after = ''; ;) {
    const page = await store.evidence.heads({ after });
    const last = page.at(-1);
    if (last === undefined) return people;
    people.push(...page.map(({ personId }) => personId));
    after = last.personId;
  }
}
