import path from 'node:path';
import { Argument, Command } from 'commander';
import type { EvidenceEntry, EvidenceHead, EvidenceVerification } from '../../domain/evidence';
import { evidenceJson } from '../../store/evidence-export';
import { evidencePage } from '../../store/evidence-page';
import type { Store } from '../../store/open-store';
import { writeWhole } from '../data-dir';
import { evidenceLines } from '../evidence/lines';
import { headsInTemporal, headWithHash } from '../evidence/head';
import { Complaint, exitCodes } from '../exit';
import { findPlace, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { withStore } from '../store';
import { maybeTemporal, type Temporal } from '../temporal';
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
  const place = findPlace(terminal, options);
  await withStore(place, async (store) => {
    for (const personId of await peopleOf(store, person, options)) {
      const entries = await entriesOf(store, personId);
      if (options.json) for (const entry of entries) terminal.out(JSON.stringify(entry));
      else terminal.out(`${personId}: ${entries.length} entries\n${evidenceLines(entries)}\n`);
    }
  });
}

/** One file a person: that is how an auditor asks, and how a page can be printed. */
async function exportAll({ terminal }: Cli, person: string | undefined, options: EvidenceOptions): Promise<void> {
  const output = options.output ?? (typeof options.html === 'string' ? options.html : undefined);
  const asPage = options.html !== undefined;
  if (options.all === true && output === undefined) throw new Complaint('--all needs --output FOLDER.');
  const place = findPlace(terminal, options);
  await withStore(place, async (store) => {
    for (const personId of await peopleOf(store, person, options)) {
      const text = await exportOf(store, personId, asPage);
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
}

async function exportOf(store: Store, personId: string, asPage: boolean): Promise<string> {
  const entries = await entriesOf(store, personId);
  const verification = await store.evidence.verify({ personId });
  const input = { personId, entries, verification, madeAt: new Date().toISOString() };
  return asPage ? evidencePage(input) : evidenceJson(input);
}

interface Verified extends EvidenceVerification {
  /** Where the head came from that the chain was compared with; absent: with itself alone. */
  readonly comparedWith?: string;
}

async function verify({ terminal, ended }: Cli, person: string | undefined, options: EvidenceOptions): Promise<void> {
  if (options.head !== undefined && person === undefined) throw new Complaint('--head goes with one person.');
  const place = findPlace(terminal, options);
  const temporal = await maybeTemporal(terminal, place, 'Compared with the store alone, not with Temporal');
  const results = await withStore(place, async (store) => {
    const people = await peopleOf(store, person, options);
    const done: Verified[] = person === undefined ? [await store.evidence.verify()] : [];
    for (const personId of people)
      done.push(...(await verifyPerson({ store, temporal, personId, head: options.head })));
    return done;
  }).finally(() => temporal?.close());
  if (options.json) terminal.out(JSON.stringify(results, null, 2));
  else for (const result of results) terminal.out(verdictOf(result));
  ended(results.every(({ intact }) => intact) ? exitCodes.ok : exitCodes.attention);
}

async function verifyPerson({
  store,
  temporal,
  personId,
  head,
}: {
  readonly store: Store;
  readonly temporal: Temporal | undefined;
  readonly personId: string;
  readonly head: string | undefined;
}): Promise<readonly Verified[]> {
  const given = head === undefined ? [] : [await givenHead(store, personId, head)];
  const kept = temporal === undefined ? [] : await headsInTemporal(temporal.client, personId);
  const heads = [...given, ...kept];
  if (heads.length === 0) return [await store.evidence.verify({ personId })];
  return await Promise.all(
    heads.map(async ({ from, ...one }) => ({
      ...(await store.evidence.verify({ personId, head: one })),
      comparedWith: from,
    })),
  );
}

async function givenHead(
  store: Store,
  personId: string,
  hash: string,
): Promise<EvidenceHead & { readonly from: string }> {
  const head = headWithHash(await entriesOf(store, personId), hash);
  // A head that no entry has is compared as the last one: the verification then says how it differs.
  return { ...(head ?? { ...(await store.evidence.head({ personId })), head: hash }), from: '--head' };
}

function verdictOf({ personId, intact, checked, head, globalHead, faults, more, comparedWith }: Verified): string {
  const who = personId ?? 'everybody';
  const against = comparedWith === undefined ? '' : `, compared with ${comparedWith}`;
  const at = personId === undefined ? globalHead : head;
  if (intact) return `${who}: intact, ${checked} entries${against}. Head ${at.head}`;
  const lines = faults.map(({ what, detail }) => `  ${what}: ${detail}`);
  return [`${who}: NOT intact${against}`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

async function peopleOf(
  store: Store,
  person: string | undefined,
  { all }: EvidenceOptions,
): Promise<readonly string[]> {
  if ((person === undefined) !== (all === true)) throw new Complaint('Give one person, or --all.');
  if (person !== undefined) {
    if ((await store.evidence.head({ personId: person })).count === 0) {
      throw new Complaint(`There is no evidence of a person ${person}.`);
    }
    return [person];
  }
  const people: string[] = [];
  for (let after = ''; ;) {
    const page = await store.evidence.heads({ after });
    const last = page.at(-1);
    if (last === undefined) return people;
    people.push(...page.map(({ personId }) => personId));
    after = last.personId;
  }
}

async function entriesOf(store: Store, personId: string): Promise<readonly EvidenceEntry[]> {
  const entries: EvidenceEntry[] = [];
  for await (const entry of store.evidence.entries({ personId })) entries.push(entry);
  return entries;
}
