import { setTimeout as wait } from 'node:timers/promises';
import { FlowBoard, isAtRest, type Followed, type FlowView } from '../flow-board';
import type { Terminal } from '../terminal';
import { askText, type AskPlace } from './ask';
import { ChangeLines } from './change-lines';
import type { Cue } from './cue';
import { liveTable } from './live-table';
import { Screen } from './screen';

const LOOK_AGAIN_MS = 1000;

export interface ShowWish {
  readonly terminal: Terminal;
  readonly people: readonly Followed[];
  readonly targets: readonly string[];
  readonly begun: ReadonlyMap<string, number>;
  readonly ask: AskPlace;
  readonly cues: readonly Cue[];
  /** Ends the show. */
  readonly signal: AbortSignal;
  /** Called once, when everything rests for the first time. */
  readonly settled: (views: readonly FlowView[]) => string;
}

/** Shows the flows as they go on, for as long as it is let; what has to be sent is told once for each plan. */
export async function show({ terminal, people, targets, begun, ask, cues, signal, settled }: ShowWish): Promise<void> {
  const board = new FlowBoard(ask.client, people);
  const screen = terminal.screen === undefined ? undefined : new Screen(terminal.screen);
  const lines = new ChangeLines();
  const told = new Set<string>();
  let isSettled = false;
  const print = (text: string) => (screen === undefined ? terminal.out(text) : screen.print(text));
  while (!signal.aborted) {
    await board.refresh();
    if (signal.aborted) return;
    const { views } = board;
    const table = liveTable({
      views,
      targets,
      begun,
      width: screen?.width ?? 0,
      colour: terminal.env.NO_COLOR === undefined,
    });
    if (screen?.fits(table) === true) screen.draw(table);
    else for (const line of lines.changesIn(views, begun)) terminal.out(line);
    for (const text of await newAsks({ views, told, ask })) print(text);
    const done = (await Promise.all(cues.map((cue) => cue.lookAt(views)))).filter((text) => text !== undefined);
    for (const text of done) print(text);
    if (!isSettled && done.length === 0 && views.length > 0 && views.every(({ progress }) => isAtRest(progress))) {
      isSettled = true;
      print(settled(views));
    }
    await wait(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The first plan in full; the others are the same with another name. A person's further plans need no second call. */
async function newAsks({
  views,
  told,
  ask,
}: {
  readonly views: readonly FlowView[];
  readonly told: Set<string>;
  readonly ask: AskPlace;
}): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const view of views) {
    const open = view.progress.approvals ?? [];
    const isFirst = told.size === 0;
    const isKnown = open.some(({ planHash }) => told.has(planHash));
    for (const { planHash } of open) told.add(planHash);
    const [approval] = open;
    if (approval === undefined || isKnown) continue;
    const also = `${view.name} waits for approval, too: ${ask.command(`approve ${view.workflowId} --reason "…" --approver …`)}`;
    texts.push(isFirst ? await askText(view, approval, ask) : also);
  }
  return texts;
}
