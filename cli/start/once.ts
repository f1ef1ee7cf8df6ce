import { setTimeout as wait } from 'node:timers/promises';
import type { HrEvent } from '../../domain/event';
import { nameOf } from '../../domain/person';
import { visible } from '../../domain/visible';
import { openStore, type Store } from '../../store/open-store';
import { personWorkflowId } from '../../workflows/messages';
import { deliverEvents } from '../../client/deliver';
import { progressText } from '../commands/status';
import { exitCodes, type ExitCode } from '../exit';
import { FlowBoard, isAtRest, needsAttention, type FlowView } from '../flow-board';
import { flowPage } from '../link-to';
import { openQuestions, reusedIds } from '../question';
import type { Terminal } from '../terminal';
import type { House } from './house';

const LOOK_AGAIN_MS = 500;
/** A person's flow rests when it was seen at rest so many times on end: the next step may just be coming. */
const TIMES_AT_REST = 3;
const TIMES_BESIDE_DESK = 20;

export interface OnceWish {
  readonly terminal: Terminal;
  readonly house: House;
  readonly events: readonly HrEvent[];
  readonly json: boolean;
  readonly say: (text: string) => void;
  /** Ends what `say` shows. */
  readonly quiet: () => void;
}

interface Known {
  readonly verdict: 'new' | 'superseded' | 'duplicate' | 'needs-person';
  readonly event: HrEvent;
}

/** Submits the events and follows every person's flow to its end, or to its wait for a person or a date. */
export async function runOnce({ terminal, house, events, json, say, quiet }: OnceWish): Promise<ExitCode> {
  const store = await openStore(house.config.store.url, { readOnly: true });
  try {
    const before = await knownAlready(store, events);
    const reused = new Set(await reusedIds(store, events));
    const deliver = deliverEvents({ client: house.temporal.client, deadlineMs: 10_000 });
    for (const [index, event] of events.entries()) {
      say(`handing over event ${index + 1} of ${events.length}`);
      await deliver(event);
    }
    const verdicts = await untilRecorded({ store, events, before, reused, say });
    const people = new Map(events.map(({ subject, data }) => [subject, nameOf(data.person)]));
    const board = new FlowBoard(
      house.temporal.client,
      [...people].map(([personId, name]) => ({ personId, name })),
    );
    await untilAllRest({ board, house, people: [...people.keys()], say });
    quiet();
    return report({ terminal, house, verdicts, board, people: [...people.keys()], json });
  } finally {
    await store.close();
  }
}

async function knownAlready(store: Store, events: readonly HrEvent[]): Promise<ReadonlySet<HrEvent>> {
  const known = new Set<HrEvent>();
  const inFile = new Set<string>();
  for (const event of events) {
    const key = JSON.stringify([event.source, event.id]);
    if (inFile.has(key) || (await store.events.get(event)) !== undefined) known.add(event);
    inFile.add(key);
  }
  return known;
}

/** Waits for the core worker's first step on every event, which says what it takes it for. */
async function untilRecorded({
  store,
  events,
  before,
  reused,
  say,
}: {
  readonly store: Store;
  readonly events: readonly HrEvent[];
  readonly before: ReadonlySet<HrEvent>;
  readonly reused: ReadonlySet<HrEvent>;
  readonly say: (text: string) => void;
}): Promise<readonly Known[]> {
  const verdicts: Known[] = [];
  for (const event of events) {
    let kept = await store.events.get(event);
    for (; kept === undefined; kept = await store.events.get(event)) {
      say(`waiting for event ${event.id} to be recorded`);
      await wait(LOOK_AGAIN_MS);
    }
    if (reused.has(event)) verdicts.push({ event, verdict: 'needs-person' });
    else if (before.has(event)) verdicts.push({ event, verdict: 'duplicate' });
    else verdicts.push({ event, verdict: (await isQuestion(store, event)) ? 'needs-person' : kept.verdict });
  }
  return verdicts;
}

/** Written together with the event: where it is not there, it never comes. */
async function isQuestion(store: Store, { id, source, subject }: HrEvent): Promise<boolean> {
  return (await openQuestions(store, subject)).some((one) => one.event === id && one.source === source);
}

async function untilAllRest({
  board,
  house,
  people,
  say,
}: {
  readonly board: FlowBoard;
  readonly house: House;
  readonly people: readonly string[];
  readonly say: (text: string) => void;
}): Promise<void> {
  const resting = new Map<string, number>();
  for (;;) {
    await board.refresh({ all: true });
    const moving: string[] = [];
    for (const personId of people) {
      const needed = await timesToRest({ board, house, personId });
      const times = needed === undefined ? 0 : (resting.get(personId) ?? 0) + 1;
      resting.set(personId, times);
      if (needed === undefined || times < needed) moving.push(personId);
    }
    if (moving.length === 0) return;
    say(`following ${moving.length} of ${people.length} people: ${doingOf(board.view(moving[0] ?? ''))}`);
    await wait(LOOK_AGAIN_MS);
  }
}

/** How often a person has to be seen at rest to be so; undefined while something moves. */
async function timesToRest({
  board,
  house,
  personId,
}: {
  readonly board: FlowBoard;
  readonly house: House;
  readonly personId: string;
}): Promise<number | undefined> {
  const views = board.viewsOf(personId);
  if (views.some(({ progress }) => !isAtRest(progress))) return undefined;
  const isDeskDone = (await statusOf(house, personWorkflowId(personId))) !== 'RUNNING';
  if (isDeskDone || views.some((view) => view.isOpen)) return TIMES_AT_REST;
  // Ended flows beside a desk that still runs: the next flow may be starting, or a time-boxed grant ends some day.
  return TIMES_BESIDE_DESK;
}

async function statusOf({ temporal }: House, workflowId: string): Promise<string> {
  return await temporal.client.workflow
    .getHandle(workflowId)
    .describe()
    .then(
      ({ status }) => status.name,
      () => 'UNKNOWN',
    );
}

function doingOf(view: FlowView | undefined): string {
  if (view === undefined) return 'its flow is starting';
  return `${view.workflowId} is ${view.progress.state}, waiting for ${view.progress.waitingFor ?? 'its steps'}`;
}

interface Report {
  readonly terminal: Terminal;
  readonly house: House;
  readonly verdicts: readonly Known[];
  readonly board: FlowBoard;
  readonly people: readonly string[];
  readonly json: boolean;
}

function report({ terminal, house, verdicts, board, people, json }: Report): ExitCode {
  const results = people.map((personId) => {
    const flows = board.viewsOf(personId);
    const view = board.view(personId);
    const events = verdicts.filter(({ event }) => event.subject === personId);
    return {
      personId,
      events: events.map(({ event, verdict }) => ({ id: event.id, type: event.type, verdict })),
      ...(view === undefined ? {} : { workflowId: view.workflowId, progress: view.progress }),
      flows: flows.map(({ workflowId, progress }) => ({ workflowId, progress })),
    };
  });
  if (json) terminal.out(JSON.stringify(results, null, 2));
  else for (const one of results) terminal.out(textOf(one, { terminal, house }));
  const asks = verdicts.some(({ verdict }) => verdict === 'needs-person');
  return asks || board.views.some(({ progress }) => needsAttention(progress)) ? exitCodes.attention : exitCodes.ok;
}

interface Followed {
  readonly personId: string;
  readonly events: readonly { readonly id: string; readonly type: string; readonly verdict: string }[];
  readonly flows: readonly Pick<FlowView, 'workflowId' | 'progress'>[];
}

function textOf(
  { personId, events, flows }: Followed,
  { terminal, house }: { readonly terminal: Terminal; readonly house: House },
): string {
  const lines = events.map(({ id, type, verdict }) =>
    visible(
      verdict === 'needs-person'
        ? `event ${id} (${type}): not acted on, needs a person; \`tenure status ${personId}\` says why and what to do`
        : `event ${id} (${type}): ${verdict}`,
    ),
  );
  if (flows.length === 0) return [`${personId}: no flow`, ...lines, ''].join('\n');
  const texts = flows.flatMap(({ workflowId, progress }) => {
    // The Web UI of our own engine is gone by the time that somebody reads this.
    const page = house.ownsEngine ? undefined : flowPage(house.temporal, { workflowId });
    return [progressText(workflowId, progress, terminal), ...(page === undefined ? [] : [page])];
  });
  return [...texts, ...lines, ''].join('\n');
}
