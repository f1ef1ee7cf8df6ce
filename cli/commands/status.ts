import { Command } from 'commander';
import { listFlows, progressOf, type FlowSeen } from '../../client/watch';
import { FlowNotFound } from '../../client/errors';
import { flowKinds, type Progress, type TargetProgress } from '../../domain/flow';
import { nameOf } from '../../domain/person';
import { visible } from '../../domain/visible';
import type { KeptFlow } from '../../store/flows';
import type { KnownPerson } from '../../store/people';
import type { AccountLink } from '../../store/links';
import { flowWorkflowId } from '../../workflows/messages';
import { Complaint, exitCodes } from '../exit';
import { wordsFor } from '../failure';
import { findPlace, type Place, type PlaceOptions } from '../place';
import { openQuestions, questionText } from '../question';
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
      : await listFlows({ client: temporal.client, filter: { flow: flowKinds, isOpen: !all }, limit: 10_000 });
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
  const recorded = kept?.state === state ? kept.waitingFor : undefined;
  const waitingFor = outcome === undefined ? (recorded ?? commonly(state, personId)) : undefined;
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

/** What a flow in this state waits for when nothing was recorded yet: evidence begins with its first step. */
function commonly(state: string, personId: string): string | undefined {
  if (state === 'scheduled') return 'its day';
  if (state === 'retained') return 'the end of the retention';
  const needsPerson = state === 'held' || state === 'blocked' || state === 'awaiting-approval';
  return needsPerson ? `a person: tenure status ${personId} says for what` : undefined;
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
  const { person, flows, links, questions } = await withStore(place, async (store) => ({
    person: await store.people.get({ personId }),
    flows: await store.flows.list({ personId }),
    links: await store.links.of({ personId }),
    questions: await openQuestions(store, personId),
  }));
  const live = temporal === undefined ? [] : await liveFlows(terminal, { temporal, personId, kept: flows });
  if (person === undefined && flows.length + live.length + questions.length === 0) {
    throw new Complaint(`Nothing is known of a person ${personId}.`);
  }
  if (options.json) {
    const [main] = live;
    const progress = main === undefined ? {} : { progress: main.progress, live };
    terminal.out(JSON.stringify({ person, flows, links, questions, ...progress }, null, 2));
    return;
  }
  terminal.out(personText({ personId, person, links }));
  for (const question of questions) terminal.out(questionText(question));
  for (const { workflowId, progress } of live) terminal.out(`\n${progressText(workflowId, progress, terminal)}`);
  if (live.length === 0 && flows.length > 0) terminal.out(`\n${listOf(flows.map(lineOf), terminal)}`);
}

interface LiveFlow {
  readonly workflowId: string;
  readonly progress: Progress;
}

/** The flows that run, the leaver first; else the one that ran last. What waits for its day may have no evidence yet. */
async function liveFlows(
  terminal: Terminal,
  {
    temporal,
    personId,
    kept,
  }: { readonly temporal: Temporal; readonly personId: string; readonly kept: readonly KeptFlow[] },
): Promise<readonly LiveFlow[]> {
  const { client } = temporal;
  const seen: LiveFlow[] = [];
  const filter = { personId, flow: flowKinds, isOpen: true } as const;
  const open = await listFlows({ client, filter }).catch(() => []); // what is kept is asked all the same
  const known = new Set([...kept, ...open].map((flow) => flow.workflowId));
  for (const kind of ['leaver', ...flowKinds.filter((one) => one !== 'leaver')] as const) {
    const workflowId = flowWorkflowId(kind, personId);
    if (kind !== 'leaver' && !known.has(workflowId)) continue;
    try {
      seen.push({ workflowId, progress: await progressOf({ client, workflowId }) });
    } catch (error) {
      if (!(error instanceof FlowNotFound)) terminal.err(`No live view of ${workflowId}: ${wordsFor(error)}`);
    }
  }
  const running = seen.filter(({ progress }) => progress.outcome === undefined);
  if (running.length > 0) return running;
  const last = seen.find(({ workflowId }) => workflowId === kept[0]?.workflowId) ?? seen[0];
  return last === undefined ? [] : [last];
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
  const lines = [name, ...(accounts.length === 0 ? ['  no account is linked'] : accounts)];
  return lines.map((line) => visible(line)).join('\n');
}

/** One flow with its targets by steps. */
export function progressText(workflowId: string, progress: Progress, terminal: Terminal): string {
  const { state, outcome, dueAt, waitingFor, targets, notes = [] } = progress;
  const head = `${workflowId}: ${outcome ?? state}${dueAt === undefined ? '' : `, due ${dueAt}`}`;
  return [
    visible(head),
    ...(waitingFor === undefined ? [] : [visible(`waiting for ${waitingFor}`)]),
    ...(targets.length === 0 ? [] : [stepTable(targets, terminal)]),
    ...notes.map((note) => visible(`note: ${note}`)),
  ].join('\n');
}

function stepTable(targets: readonly TargetProgress[], terminal: Terminal): string {
  const rows = targets.flatMap(({ id, steps }) =>
    steps.map(({ name, outcome, at = '', detail = '' }, index) => [index === 0 ? id : '', name, outcome, at, detail]),
  );
  return tableOf({ head: ['target', 'step', 'outcome', 'at', 'detail'], rows, terminal });
}
