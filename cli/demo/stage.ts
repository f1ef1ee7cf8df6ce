import type { HrEvent } from '../../domain/event';
import { nameOf } from '../../domain/person';
import type { FlowView } from '../flow-board';
import type { House } from '../start/house';
import type { StopSignal } from '../stop-signal';
import type { Teardown } from '../teardown';
import type { Terminal } from '../terminal';
import { commandLine } from './ask';
import { Cue } from './cue';
import { mistake } from './mistake';
import { rememberAccepted, sampleEvents, sampleSource, sendByWebhook } from './play';
import { show } from './show';

export interface Stage {
  readonly terminal: Terminal;
  readonly house: House;
  readonly play: { readonly hrSecret: string };
  readonly dataDir: string;
  readonly stop: StopSignal;
}

/** Plays the sample company's events through the signed webhook and shows what becomes of them, until it is stopped. */
export async function playDemo({ terminal, house, play, dataDir, stop }: Stage, teardown: Teardown): Promise<void> {
  const { events, isAccepted } = sampleEvents(dataDir);
  const begun = new Map<string, number>();
  const send = (some: readonly HrEvent[]) => sendAll({ house, secret: play.hrSecret, events: some, begun });
  // The sample's rehire comes when there is something to come back from.
  const back = events.find(({ source, type }) => source === sampleSource && type === 'tenure.rehire');
  const command = commandLine({ cwd: terminal.cwd, dataDir });
  if (isAccepted) terminal.err('The events were played before: what was in flight goes on.\n');
  else {
    terminal.err(`Playing ${events.length} HR events of the sample company, signed, over HTTP.\n`);
    await stop.unless(send(events.filter((event) => event !== back)));
    rememberAccepted(dataDir, events);
  }
  const comeBack = (event: HrEvent) =>
    new Cue(event.subject, async ({ name }) => {
      await send([event]);
      return `${name} is hired again: HR event ${event.id} goes out while the accounts are retained.`;
    });
  const ending = new AbortController();
  const { client, namespace, uiUrl } = house.temporal;
  const shown = show({
    terminal,
    people: peopleOf(events),
    targets: house.config.targets.map(({ id }) => id),
    begun,
    ask: {
      ...{ client, namespace, command },
      ...(uiUrl === undefined ? {} : { uiUrl }),
    },
    cues: [mistake(client), ...(back === undefined ? [] : [comeBack(back)])],
    signal: ending.signal,
    settled: (views) => closingWords(views, command),
  });
  // Before anything else is taken down, nothing asks it any more.
  teardown.add('table', async () => {
    ending.abort();
    await shown;
  });
}

async function sendAll({
  house,
  secret,
  events,
  begun,
}: {
  readonly house: House;
  readonly secret: string;
  readonly events: readonly HrEvent[];
  readonly begun: Map<string, number>;
}): Promise<void> {
  const { gatewayUrl = '' } = house;
  await sendByWebhook({
    gatewayUrl,
    secret,
    events,
    sending: ({ subject }) => begun.set(subject, Date.now()),
  });
}

function peopleOf(events: readonly HrEvent[]) {
  const people = new Map(events.map(({ subject, data }) => [subject, nameOf(data.person)]));
  return [...people].map(([personId, name]) => ({ personId, name }));
}

function closingWords(views: readonly FlowView[], command: (words: string) => string): string {
  const count = (state: string) =>
    views.filter(({ progress }) => (progress.outcome ?? progress.state) === state).length;
  const states = [...new Set(views.map(({ progress }) => progress.outcome ?? progress.state))];
  return [
    `Everything rests: ${states.map((state) => `${count(state)} ${state}`).join(', ')}.`,
    `Look closer with \`${command('status')}\`, \`${command('status e1042')}\` or \`${command('evidence show e1042')}\`.`,
    ...views.flatMap((view) => heldWords(view, command)),
    'Ctrl-C stops everything; a second start goes on from here.',
  ].join('\n');
}

/** What a person can do about a flow that stands still. */
function heldWords(
  { name, personId, workflowId, progress }: FlowView,
  command: (words: string) => string,
): readonly string[] {
  const { state, waitingFor = '' } = progress;
  if (state !== 'held' && state !== 'blocked') return [];
  const canRelease = waitingFor.startsWith('release');
  const what = canRelease ? command(`release ${workflowId} --reason "…" --by …`) : command(`status ${personId}`);
  return [`${name} is ${state}, waiting for ${waitingFor}: ${what}`];
}
