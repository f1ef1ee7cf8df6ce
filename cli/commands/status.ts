import { Command } from 'commander';
import { listFlows, progressOf, type FlowSeen } from '../../client/watch';
import type { Progress, TargetProgress } from '../../domain/flow';
import { nameOf } from '../../domain/person';
import type { KeptFlow } from '../../store/flows';
import type { KnownPerson } from '../../store/people';
import type { AccountLink } from '../../store/links';
import { Complaint, exitCodes } from '../exit';
import { wordsFor } from '../failure';
import { findPlace, type Place, type PlaceOptions } from '../place';
import type { Cli } from '../program';
import { withStore } from '../store';
import { tableOf } from '../table';
import { maybeTemporal, type Temporal } from '../temporal';
import type { Terminal } from '../terminal';
import { placed } from './option';

interface StatusOptions extends PlaceOptions {
  readonly all?: boolean;
}

export function statusCommand(cli: Cli): Command {
  return placed(new Command('status'))
    .description('how the flows stand: all open ones, or one person’s in detail')
    .argument('[person]', 'the person’s id')
    .option('--all', 'ended flows too')
    .action(async (person: string | undefined, options: StatusOptions) => status(cli, person, options));
}

async function status({ terminal, ended }: Cli, personId: string | undefined, options: StatusOptions): Promise<void> {
  const place = findPlace(terminal, options);
  const temporal = await maybeTemporal(terminal, place, 'From the store alone, as last recorded');
  try {
    if (personId !== undefined) return await showPerson(terminal, { place, temporal, personId, options });
    const flows = await flowsOf({ place, temporal, all: options.all === true });
    if (options.json) terminal.out(JSON.stringify(flows, null, 2));
    else terminal.out(flows.length === 0 ? 'No flow is open.' : listOf(flows, terminal));
    ended(flows.some(({ state }) => state === 'blocked' || state === 'held') ? exitCodes.attention : exitCodes.ok);
  } finally {
    await temporal?.close();
  }
}

interface FlowLine {
  readonly workflowId: string;
  readonly personId: string;
  readonly state: string;
  readonly outcome?: string;
  readonly dueAt?: string;
  readonly waitingFor?: string;
  readonly startedAt: string;
}

/** What the store recorded, and over it what Temporal knows by now. */
async function flowsOf({
  place,
  temporal,
  all,
}: {
  readonly place: Place;
  readonly temporal: Temporal | undefined;
  readonly all: boolean;
}): Promise<readonly FlowLine[]> {
  const kept = await withStore(place, (store) => store.flows.list({ open: !all, limit: 10_000 }));
  const seen =
    temporal === undefined
      ? []
      : await listFlows({ client: temporal.client, filter: { flow: 'leaver', isOpen: !all }, limit: 10_000 });
  const lines = new Map<string, FlowLine>();
  for (const flow of kept) lines.set(`${flow.workflowId}/${flow.runId}`, lineOf(flow));
  for (const flow of seen) {
    const key = `${flow.workflowId}/${flow.runId}`;
    lines.set(key, merged(lines.get(key), flow));
  }
  return [...lines.values()].sort((a, b) => a.personId.localeCompare(b.personId));
}

function lineOf({ workflowId, personId, state, outcome, dueAt, waitingFor, startedAt }: KeptFlow): FlowLine {
  return {
    workflowId,
    personId,
    state,
    startedAt,
    ...(outcome === undefined ? {} : { outcome }),
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(waitingFor === undefined ? {} : { waitingFor }),
  };
}

function merged(kept: FlowLine | undefined, seen: FlowSeen): FlowLine {
  const { workflowId, personId = '', state = 'scheduled', outcome, dueAt, startedAt } = seen;
  // What it waited for in another state says nothing any more.
  const waitingFor = kept?.state === state ? kept.waitingFor : undefined;
  return {
    workflowId,
    personId,
    state,
    startedAt,
    ...(outcome === undefined ? {} : { outcome }),
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(waitingFor === undefined ? {} : { waitingFor }),
  };
}

function listOf(flows: readonly FlowLine[], terminal: Terminal): string {
  const rows = flows.map(({ workflowId, state, outcome, dueAt = '', waitingFor = '' }) => [
    workflowId,
    outcome ?? state,
    dueAt,
    waitingFor,
  ]);
  return tableOf({ head: ['flow', 'state', 'due', 'waiting for'], rows, terminal });
}

interface PersonShown {
  readonly place: Place;
  readonly temporal: Temporal | undefined;
  readonly personId: string;
  readonly options: StatusOptions;
}

async function showPerson(terminal: Terminal, { place, temporal, personId, options }: PersonShown): Promise<void> {
  const { person, flows, links } = await withStore(place, async (store) => ({
    person: await store.people.get({ personId }),
    flows: await store.flows.list({ personId }),
    links: await store.links.of({ personId }),
  }));
  const workflowId = `leaver:${personId}`;
  const progress = temporal === undefined ? undefined : await liveProgress(terminal, { temporal, workflowId });
  if (person === undefined && flows.length === 0 && progress === undefined) {
    throw new Complaint(`Nothing is known of a person ${personId}.`);
  }
  if (options.json) {
    terminal.out(JSON.stringify({ person, flows, links, ...(progress === undefined ? {} : { progress }) }, null, 2));
    return;
  }
  terminal.out(personText({ personId, person, links }));
  if (progress !== undefined) terminal.out(`\n${progressText(workflowId, progress, terminal)}`);
  else if (flows.length > 0) terminal.out(`\n${listOf(flows.map(lineOf), terminal)}`);
}

async function liveProgress(
  terminal: Terminal,
  { temporal, workflowId }: { readonly temporal: Temporal; readonly workflowId: string },
): Promise<Progress | undefined> {
  try {
    return await progressOf({ client: temporal.client, workflowId });
  } catch (error) {
    terminal.err(`No live view: ${wordsFor(error)}`);
    return undefined;
  }
}

function personText({
  personId,
  person,
  links,
}: {
  readonly personId: string;
  readonly person: KnownPerson | undefined;
  readonly links: readonly AccountLink[];
}): string {
  const name = person === undefined ? personId : `${nameOf(person.person)} (${personId}), ${person.status}`;
  const accounts = links.map(({ targetId, username, accountId }) => `  ${targetId}: ${username} (${accountId})`);
  return [name, ...(accounts.length === 0 ? ['  no account is linked'] : accounts)].join('\n');
}

/** One flow with its targets by steps. */
export function progressText(workflowId: string, progress: Progress, terminal: Terminal): string {
  const { state, outcome, dueAt, waitingFor, targets, notes = [] } = progress;
  const head = `${workflowId}: ${outcome ?? state}${dueAt === undefined ? '' : `, due ${dueAt}`}`;
  return [
    head,
    ...(waitingFor === undefined ? [] : [`waiting for ${waitingFor}`]),
    ...(targets.length === 0 ? [] : [stepTable(targets, terminal)]),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n');
}

function stepTable(targets: readonly TargetProgress[], terminal: Terminal): string {
  const rows = targets.flatMap(({ id, steps }) =>
    steps.map(({ name, outcome, at = '', detail = '' }, index) => [index === 0 ? id : '', name, outcome, at, detail]),
  );
  return tableOf({ head: ['target', 'step', 'outcome', 'at', 'detail'], rows, terminal });
}
